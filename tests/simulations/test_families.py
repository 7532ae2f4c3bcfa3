"""Graph families: formulas, seeds, settings and bounds of all; then of each one moments over draws, and limits."""

from dataclasses import fields
from typing import Literal

import numpy as np
import pytest
import scipy.linalg
import scipy.stats
from hypothesis import given, reject
from hypothesis import strategies as st

from pairbounds import FAMILIES, PairGraph, check_bounds, induced_labelling_error, labelling_error, probe, spectrum
from pairbounds.simulations.families.circle import Circle
from pairbounds.simulations.families.difficult_examples import DifficultExamples
from pairbounds.simulations.families.gaussian_mixture import GaussianMixture
from pairbounds.simulations.families.hierarchical_captions import HierarchicalCaptions
from pairbounds.simulations.families.hypercube import Hypercube
from pairbounds.simulations.families.linear_gaussian import LinearGaussian
from pairbounds.simulations.families.ring_of_cliques import RingOfCliques
from pairbounds.simulations.families.sharp_linear_probe import SharpLinearProbe
from pairbounds.simulations.families.stochastic_block import StochasticBlock
from pairbounds.simulations.families.zipf_captions import ZipfCaptions
from pairbounds.theory.bounds.measured import Encoder

DRAWN = {"gaussian_mixture", "hierarchical_captions", "stochastic_block", "zipf_captions"}


def small(maximum: int, minimum: int = 1):
    return st.integers(minimum, maximum)


# Products of few of them stay within the range of a float, or are 0: what lies below is refused as weights.
PROBABILITY = st.floats(0, 1).map(lambda p: 0.0 if p < 1e-50 else p)
BY_TYPE = {int: small(4), float: PROBABILITY, Literal["first", "parity"]: st.sampled_from(["first", "parity"])}
PLACED = {"n_positions": small(6), "reach": small(2, 0)}
SPECIAL = {  # settings of other sizes
    "circle": PLACED,
    "torus": {**PLACED, "n_circles": small(3)},
    "ring_of_cliques": {"n_classes": small(7, 3)},
    "sharp_linear_probe": {"m": st.floats(1, 1e6)},
    "stochastic_block": {"within": st.floats(0.05, 1)},
    "zipf_captions": {"n_vocabulary": small(12, 4), "exponent": st.floats(0, 3)},
}


@st.composite
def valid(draw, name: str):
    """A family with any valid settings."""
    if name == "difficult_examples":
        images = draw(small(6, 2))
        across, within = sorted((draw(PROBABILITY), draw(PROBABILITY)))
        boundary = across + draw(PROBABILITY) * (1 - within) * (1 - 1e-12)
        return DifficultExamples(draw(small(4)), images, draw(small(images - 1)), within, across, boundary)
    special = SPECIAL.get(name, {})
    values = {field.name: draw(special.get(field.name, BY_TYPE[field.type])) for field in fields(FAMILIES[name])}
    try:
        return FAMILIES[name](**values)
    except ValueError:
        reject()


@pytest.mark.parametrize("name", sorted(FAMILIES.keys() - {"gaussian_mixture", "linear_gaussian"}))
def test_the_spectrum_and_the_induced_labelling_error_are_those_of_the_formula(name):
    @given(valid(name))
    def holds(family):
        graph = family.expected()
        k = min(graph.n_left, graph.n_right)
        computed = spectrum(graph, k, method="dense").singular_values
        np.testing.assert_allclose(family.singular_values(k) ** 2, computed**2, atol=1e-12)
        assert family.singular_values(k + 3)[k:].max() < 1e-7
        assert family.induced_labelling_error() == pytest.approx(induced_labelling_error(graph), abs=1e-12)

    holds()


@pytest.mark.parametrize("name", FAMILIES)
def test_the_seed_determines_the_graph_and_every_bound_holds(name):
    first, again, other = (FAMILIES[name]().graph(seed) for seed in (0, 0, 1))
    assert first.left_labels is not None
    assert first.right_labels is not None
    assert (first.joint != again.joint).nnz == 0
    np.testing.assert_array_equal(first.right_labels, again.right_labels)
    differs = first.joint.shape != other.joint.shape or (first.joint != other.joint).nnz > 0
    assert differs == (name in DRAWN)
    smaller = min(other.joint.shape)
    for k in sorted({1, smaller // 2 or 1, smaller}):
        assert check_bounds(other, k)["holds"].all(), k


@pytest.mark.parametrize(
    ("family", "bad", "message"),
    [
        (Circle, {"n_positions": 25}, "n_positions=25 must be a multiple of n_classes=3"),
        (Circle, {"n_classes": 0}, "n_classes=0 is not a positive integer"),
        (Circle, {"reach": 12}, "reach=12 must be an integer, at least 0 and below 24 / 2"),
        (Hypercube, {"flip": 1.1}, "flip=1.1 is not a probability"),
        (Hypercube, {"n_label_bits": 6}, "n_label_bits=6 must be at most n_bits=5"),
        (GaussianMixture, {"n_dimensions": 1}, "n_dimensions=1 is too small for a circle of means"),
        (HierarchicalCaptions, {"class_share": 0.7}, "sum to more than 1"),
        (ZipfCaptions, {"exponent": np.inf}, "exponent=inf must be finite"),
        (ZipfCaptions, {"n_vocabulary": 2}, "n_vocabulary=2 must be at least n_classes=3"),
        (DifficultExamples, {"n_difficult": 8}, "n_difficult=8 must be less than n_images=8"),
        (DifficultExamples, {"boundary": 0.8}, "boundary - across <= 1"),
        (LinearGaussian, {"n_bins": 5}, "n_bins=5 must be even"),
        (LinearGaussian, {"image_loadings": ((1.0,),)}, "need rows of the same, positive length"),
        (RingOfCliques, {"n_classes": 2}, "n_classes=2 is too small for a ring"),
        (SharpLinearProbe, {"m": 0.5}, "m=0.5 must be finite and at least 1"),
        (StochasticBlock, {"within": 0.0, "across": 0.0}, "give no pairs"),
    ],
)
def test_bad_settings(family, bad, message):
    with pytest.raises(ValueError, match=message):
        family(**bad)


def test_an_expected_graph_of_all_pairs_is_small_and_a_drawn_one_may_be_large():
    large = HierarchicalCaptions(n_instances=2_000)
    with pytest.raises(ValueError, match="are more than 4000000 pairs"):
        large.expected()
    assert large.graph().n_left == 12_000


# Each family.

DRAWS = 400  # of a family whose moments are tested


def assert_mean(draws, expected) -> None:
    """The mean over draws, along the first axis, within 5 standard errors."""
    error = np.std(draws, axis=0, ddof=1) / np.sqrt(len(draws))
    assert np.all(np.abs(np.mean(draws, axis=0) - expected) < 5 * error)


def counts_by_class(graph: PairGraph, r: int) -> np.ndarray:
    """Number of pairs between classes, (r, r)."""
    rows, columns = graph.joint.nonzero()
    counts = np.zeros((r, r))
    np.add.at(counts, (graph.left_labels[rows], graph.right_labels[columns]), 1)
    return counts


def test_pairs_of_the_block_model_are_independent_trials():
    """Mean and variance of the counts are those of binomials."""
    block = StochasticBlock(n_classes=2, n_left=6, n_right=5, within=0.5, across=0.2)
    counts = np.array([counts_by_class(block.graph(seed), 2) for seed in range(DRAWS)])
    chances = np.array([[0.5, 0.2], [0.2, 0.5]])
    assert_mean(counts, 30 * chances)
    np.testing.assert_allclose(counts.var(axis=0), 30 * chances * (1 - chances), rtol=5 * np.sqrt(2 / DRAWS))


@pytest.mark.parametrize("dimensions", [2, 4])
def test_neighbours_in_a_mixture_are_as_many_as_expected(dimensions):
    mixture = GaussianMixture(n_points=12, n_dimensions=dimensions, separation=1.5, radius=1.2)
    counts = np.array([counts_by_class(mixture.graph(seed), 3) for seed in range(DRAWS)])
    # Points of two classes differ by a normal vector of covariance 2 I, and each point is a view of itself.
    apart = np.where(np.eye(3), 0, 1.5)
    near = scipy.stats.ncx2.cdf(1.2**2 / 2, dimensions, apart**2 / 2)
    expected = 12 * np.eye(3) + (144 - 12 * np.eye(3)) * near
    assert_mean(counts, expected)
    assert np.linalg.norm(mixture.means[0] - mixture.means[1]) == pytest.approx(1.5)


def test_hierarchical_captions_estimate_their_expectation():
    family = HierarchicalCaptions(n_captions=4_000, noise=0.2)
    graph, expected = family.graph(), family.expected()
    chances = expected.joint.toarray()
    error = np.sqrt(chances / (expected.n_left * family.n_captions))
    assert np.abs((graph.joint.toarray() - chances) / error).max() < 5
    assert labelling_error(expected) == pytest.approx(0.2 * (1 - 1 / 3))


def test_words_follow_zipfs_law():
    """The weight of a word in a drawn graph has the law's mean, and its class follows from its rank."""
    family = ZipfCaptions(n_images=4, n_vocabulary=12, n_words=5, exponent=1.2, noise=0.3)
    np.testing.assert_allclose(np.diff(np.log(family.frequencies)) / np.diff(np.log(np.arange(1, 13))), -1.2)
    np.testing.assert_allclose(family.expected().right_marginal, family.frequencies)
    weights = np.zeros((DRAWS, 12))
    for seed in range(DRAWS):
        graph = family.graph(seed)
        words = graph.right_ids.astype(int)
        weights[seed, words] = graph.right_marginal
        np.testing.assert_array_equal(graph.right_labels, words % 3)
    assert_mean(weights, family.frequencies)


# Linear Gaussian factors.

NUMBER = st.floats(-2, 2).map(lambda x: round(x, 3))


@st.composite
def factors(draw) -> LinearGaussian:
    n = draw(st.integers(1, 2))
    loadings = [tuple(draw(st.tuples(*[NUMBER] * n)) for _ in range(draw(st.integers(1, 2)))) for _ in range(2)]
    return LinearGaussian(*loadings, noise=draw(st.floats(0.3, 3)), n_bins=draw(st.sampled_from([2, 4])))


@given(factors())
def test_canonical_correlations_and_what_bins_leave_of_them(family):
    A, B = np.array(family.image_loadings), np.array(family.caption_loadings)
    xx, ll = (C @ C.T + family.noise**2 * np.eye(len(C)) for C in (A, B))
    squares = scipy.linalg.eigvals(np.linalg.solve(xx, A @ B.T) @ np.linalg.solve(ll, B @ A.T)).real
    rho = family.canonical_correlations
    np.testing.assert_allclose(rho**2, np.sort(squares)[::-1][: len(rho)], atol=1e-10)
    graph = family.graph()
    k = min(graph.shape)
    assert np.all(spectrum(graph, k).singular_values <= family.singular_values(k) + 1e-7)
    assert labelling_error(graph) == pytest.approx(np.arccos(rho[0]) / np.pi, abs=1e-7)


def test_fine_bins_have_the_powers_of_the_correlation():
    """Mehler: 1, ρ, ρ², ...; the distance of the leading ones shrinks with the square of the number of bins."""
    families = [LinearGaussian(((1.0,),), ((1.0,),), noise=0.5, n_bins=bins) for bins in (40, 80)]
    limit = families[1].singular_values(5)
    np.testing.assert_allclose(limit, 0.8 ** np.arange(5))
    coarse, fine = (limit[1:] - spectrum(family.graph(), 5).singular_values[1:] for family in families)
    assert coarse[0] / fine[0] == pytest.approx(4, rel=0.05)
    assert np.all((coarse > 2 * fine) & (fine > 0) & (fine < 0.011))
    error = families[1].induced_labelling_error()
    assert induced_labelling_error(families[1].graph()) == pytest.approx(error, abs=2e-3)


@given(st.floats(1, 1e4))
def test_the_ratio_to_theorem_4_tends_to_two(m):
    family = SharpLinearProbe(m)
    graph = family.graph()
    error = probe(graph, Encoder.optimum(graph, spectrum(graph, 2), 2).left).error
    assert error == pytest.approx((2 * m + 1) / (2 * m + 3))
    ratio = error / (family.induced_labelling_error() / (1 - family.singular_values(3)[2] ** 2))
    assert ratio == pytest.approx(3 * (2 * m + 1) / (3 * m + 4))

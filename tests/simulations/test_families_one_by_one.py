"""Each graph family: moments over draws, limits, and quantities computed in a second way."""

import numpy as np
import pytest
import scipy.linalg
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from pairbounds import PairGraph, induced_labelling_error, labelling_error, probe, spectrum
from pairbounds.simulations.families.difficult_examples import DifficultExamples
from pairbounds.simulations.families.gaussian_mixture import GaussianMixture
from pairbounds.simulations.families.hierarchical_captions import HierarchicalCaptions
from pairbounds.simulations.families.linear_gaussian import LinearGaussian
from pairbounds.simulations.families.sharp_linear_probe import SharpLinearProbe
from pairbounds.simulations.families.stochastic_block import StochasticBlock
from pairbounds.simulations.families.zipf_captions import ZipfCaptions
from pairbounds.theory.bounds.measured import Encoder

DRAWS = 400


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


# Stochastic block model.


def test_pairs_of_the_block_model_are_independent_trials():
    """Mean and variance of the counts are those of binomials."""
    block = StochasticBlock(n_classes=2, n_left=6, n_right=5, within=0.5, across=0.2)
    counts = np.array([counts_by_class(block.graph(seed), 2) for seed in range(DRAWS)])
    chances = np.array([[0.5, 0.2], [0.2, 0.5]])
    assert_mean(counts, 30 * chances)
    np.testing.assert_allclose(counts.var(axis=0), 30 * chances * (1 - chances), rtol=5 * np.sqrt(2 / DRAWS))


# Gaussian mixture.


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


# Captions.


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


# Difficult examples.


def test_induced_pairs_are_the_similarity_matrix():
    family = DifficultExamples(n_classes=4, n_images=5, n_difficult=2)
    same_class = np.kron(np.eye(4), np.ones((5, 5)))
    counterparts = np.kron(np.ones((4, 4)), np.diag([1, 1, 0, 0, 0]))  # the difficult ones
    others = np.where(counterparts, family.boundary, family.across)
    expected = np.where(same_class, family.within, others)
    np.fill_diagonal(expected, 1)
    np.testing.assert_allclose(family.graph().induced().joint.toarray(), expected / expected.sum(), atol=1e-15)


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


# Extremal families.


@given(st.floats(1, 1e4))
def test_the_ratio_to_theorem_4_tends_to_two(m):
    family = SharpLinearProbe(m)
    graph = family.graph()
    error = probe(graph, Encoder.optimum(graph, spectrum(graph, 2), 2).left).error
    assert error == pytest.approx((2 * m + 1) / (2 * m + 3))
    ratio = error / (family.induced_labelling_error() / (1 - family.singular_values(3)[2] ** 2))
    assert ratio == pytest.approx(3 * (2 * m + 1) / (3 * m + 4))

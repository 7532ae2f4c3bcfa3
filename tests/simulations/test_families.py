"""Graph families: formulas, moments over draws, settings, the bounds, and quantities worked out in another way."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairbounds import PairGraph, check_bounds, conductance, induced_labelling_error, label_energy, probe, spectrum
from pairbounds.__main__ import app
from pairbounds.simulations.families import FAMILIES
from pairbounds.simulations.families.difficult_examples import DifficultExamples
from pairbounds.simulations.families.hypercube import Hypercube
from pairbounds.simulations.families.sharp_linear_probe import SharpLinearProbe
from pairbounds.simulations.families.stochastic_block import StochasticBlock
from pairbounds.simulations.families.zipf_captions import ZipfCaptions
from pairbounds.theory.bounds import Encoder

DRAWN = {"stochastic_block", "zipf_captions"}
DRAWS = 400


def small(most: int, least: int = 1):
    return st.integers(least, most)


# Products of few of them stay within the range of a float, or are 0: what lies below is refused as weights.
PROBABILITY, POSITIVE = st.floats(0, 1).map(lambda p: 0.0 if p < 1e-50 else p), st.floats(0.05, 1)


@st.composite
def hypercubes(draw) -> Hypercube:
    bits = draw(small(5))
    label = draw(st.sampled_from(["first", "parity", "majority"]))
    label_bits = draw(small(bits).filter(lambda m: label != "majority" or m % 2))
    return Hypercube(bits, draw(PROBABILITY), label_bits, label)


@st.composite
def difficult(draw) -> DifficultExamples:
    images = draw(small(6, 2))
    across, within = sorted((draw(PROBABILITY), draw(PROBABILITY)))
    boundary = across + draw(PROBABILITY) * (1 - within) * (1 - 1e-12)
    return DifficultExamples(draw(small(4)), images, draw(small(images - 1)), within, across, boundary)


VALID = {
    "difficult_examples": difficult(),
    "hypercube": hypercubes(),
    "sharp_linear_probe": st.builds(SharpLinearProbe, st.floats(1, 1e6)),
    "stochastic_block": st.builds(StochasticBlock, small(4), small(4), small(4), POSITIVE, PROBABILITY),
    "zipf_captions": st.builds(
        ZipfCaptions, small(4), small(4), small(12, 4), small(3), exponent=st.floats(0, 3), noise=PROBABILITY
    ),
}


@pytest.mark.parametrize("name", FAMILIES)
def test_the_spectrum_and_the_induced_labelling_error_are_those_of_the_formula(name):
    @given(VALID[name])
    def holds(family):
        graph = family.expected()
        k = min(graph.n_left, graph.n_right)
        computed = spectrum(graph, k, method="dense").singular_values
        np.testing.assert_allclose(family.singular_values(k) ** 2, computed**2, atol=1e-12)
        assert family.singular_values(k + 3)[k:].max() < 1e-7
        assert family.induced_labelling_error() == pytest.approx(induced_labelling_error(graph), abs=1e-12)

    holds()


@pytest.mark.parametrize("name", FAMILIES)
def test_one_seed_gives_one_graph_and_another_another_where_something_is_drawn_and_every_bound_holds(name):
    first, again, other = (FAMILIES[name]().graph(seed) for seed in (0, 0, 1))
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
        (Hypercube, {"n_bits": 0}, "n_bits=0 is not a positive integer"),
        (Hypercube, {"flip": 1.1}, "flip=1.1 is not a probability"),
        (Hypercube, {"n_label_bits": 6}, "n_label_bits=6 is more than n_bits=5"),
        (Hypercube, {"label": "sum"}, "label='sum' is none of"),
        (Hypercube, {"label": "majority", "n_label_bits": 2}, "n_label_bits=2 is even"),
        (ZipfCaptions, {"exponent": np.inf}, "exponent=inf is not a finite number"),
        (ZipfCaptions, {"n_vocabulary": 2}, "leaves some of 3 classes without a word"),
        (DifficultExamples, {"n_difficult": 8}, "leaves none of n_images=8 easy"),
        (DifficultExamples, {"boundary": 0.8}, "boundary - across <= 1"),
        (SharpLinearProbe, {"m": 0.5}, "m=0.5 is not a finite number of at least 1"),
        (StochasticBlock, {"within": 0.0, "across": 0.0}, "leave no pair"),
    ],
)
def test_bad_settings(family, bad, message):
    with pytest.raises(ValueError, match=message):
        family(**bad)


def test_an_expected_graph_of_all_pairs_is_small_and_a_drawn_one_may_be_large():
    large = StochasticBlock(n_left=4_000, n_right=1_000, within=0.02, across=0.0)
    with pytest.raises(ValueError, match="are more than 4000000 pairs"):
        large.expected()
    assert large.graph().n_left == 12_000


def test_the_families_are_listed(call):
    code, out, _ = call(app, "families")
    assert code == 0
    assert all(name in out and family.models.split()[0] in out for name, family in FAMILIES.items())


def counts_by_class(graph: PairGraph, r: int) -> np.ndarray:
    """The number of pairs between classes, (r, r)."""
    rows, columns = graph.joint.nonzero()
    counts = np.zeros((r, r))
    np.add.at(counts, (graph.left_labels[rows], graph.right_labels[columns]), 1)
    return counts


def test_pairs_of_the_block_model_are_independent_trials():
    """Mean, variance and covariance of the counts are those of binomials: within 5 standard errors."""
    block = StochasticBlock(n_classes=2, n_left=6, n_right=5, within=0.5, across=0.2)
    counts = np.array([counts_by_class(block.graph(seed), 2).ravel() for seed in range(DRAWS)])
    chances = np.array([0.5, 0.2, 0.2, 0.5])
    mean, variance = 30 * chances, 30 * chances * (1 - chances)
    np.testing.assert_array_less(np.abs(counts.mean(axis=0) - mean), 5 * np.sqrt(variance / DRAWS))
    covariance = np.cov(counts.T)
    np.testing.assert_allclose(np.diag(covariance), variance, rtol=5 * np.sqrt(2 / DRAWS))
    scale = np.sqrt(np.outer(variance, variance))
    assert np.abs((covariance - np.diag(np.diag(covariance))) / scale).max() < 5 / np.sqrt(DRAWS)


def test_words_follow_zipfs_law():
    """The weight of a word in a drawn graph: its moments, within 5 standard errors."""
    family = ZipfCaptions(n_images=4, n_vocabulary=12, n_words=5, exponent=1.2, noise=0.3)
    ranks = np.arange(1, 13)
    np.testing.assert_allclose(np.diff(np.log(family.frequencies)) / np.diff(np.log(ranks)), -1.2)
    np.testing.assert_allclose(family.expected().right_marginal, family.frequencies)
    drawn = np.zeros((DRAWS, 12))
    for seed in range(DRAWS):
        graph = family.graph(seed)
        for word, label, weight in zip(graph.right_ids, graph.right_labels, graph.right_marginal, strict=True):
            drawn[seed, word] = weight
            assert label == word % 3
    masses = family.class_masses[:, None]
    chances = family.expected().joint.toarray()[::4] * 4 / masses  # a word's, given the class
    variance = np.sum(masses**2 / (4 * 5) * chances * (1 - chances), axis=0)
    assert np.abs((drawn.mean(axis=0) - family.frequencies) / np.sqrt(variance / DRAWS)).max() < 5
    np.testing.assert_allclose(drawn.var(axis=0, ddof=1), variance, rtol=5 * np.sqrt(2 / DRAWS))


@pytest.mark.parametrize(
    ("label", "m"), [("first", 2), ("parity", 3), ("majority", 1), ("majority", 3), ("majority", 5)]
)
def test_label_energy_lives_at_the_degrees_of_the_label(label, m):
    cube = Hypercube(n_bits=5, flip=0.1, n_label_bits=m, label=label)
    graph = cube.graph()
    triplets = spectrum(graph, 32)
    degrees = np.rint(np.log(triplets.singular_values) / np.log(0.8)).astype(int)
    found = np.bincount(degrees, label_energy(graph, triplets), minlength=6)
    np.testing.assert_allclose(found[: m + 1], cube.label_energy_by_degree(), atol=1e-12)
    assert len(np.unique(cube.labels)) == (2**m if label == "first" else 2)


def test_a_cut_at_one_bit_attains_the_lower_side_of_cheegers_inequality():
    graph = Hypercube(flip=0.1).graph()
    gap = 1 - spectrum(graph, 2).singular_values[1] ** 2
    assert conductance(graph, graph.left_labels == 0) == pytest.approx(gap / 2, abs=1e-12)


def test_induced_pairs_of_difficult_examples_are_the_similarity_matrix():
    family = DifficultExamples(n_classes=4, n_images=5, n_difficult=2)
    images = [(c, i) for c in range(family.n_classes) for i in range(family.n_images)]
    expected = np.eye(len(images))
    for (row, (a, i)), (column, (b, j)) in permutations(enumerate(images), 2):
        counterparts = i == j < family.n_difficult
        expected[row, column] = family.within if a == b else family.boundary if counterparts else family.across
    np.testing.assert_allclose(family.graph().induced().joint.toarray(), expected / expected.sum(), atol=1e-15)


def test_two_images_attain_the_factor_two_of_theorem_4_with_ties():
    block = StochasticBlock(n_classes=2, n_left=1, n_right=1, within=0.9, across=0.1)
    graph = block.expected()
    error = probe(graph, Encoder.optimum(graph, spectrum(graph, 1), 1).left).error
    conjectured = block.induced_labelling_error() / (1 - block.singular_values(2)[1] ** 2)
    assert error / conjectured == pytest.approx(2)


@given(st.floats(1, 1e4))
def test_the_ratio_to_theorem_4_comes_as_near_two_as_one_likes(m):
    family = SharpLinearProbe(m)
    graph = family.graph()
    error = probe(graph, Encoder.optimum(graph, spectrum(graph, 2), 2).left).error
    assert error == pytest.approx((2 * m + 1) / (2 * m + 3))
    ratio = error / (family.induced_labelling_error() / (1 - family.singular_values(3)[2] ** 2))
    assert ratio == pytest.approx(3 * (2 * m + 1) / (3 * m + 4))

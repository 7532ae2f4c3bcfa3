from fractions import Fraction

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from pairbounds import HypothesisError, PairGraph, induced_labelling_error, label_energy, labelling_error, spectrum
from pairbounds.theory.graph.classes import class_cuts
from pairbounds.theory.quantities.consistency import joined_classes, label_coordinates
from tests.families import ANY_RNG, ANY_SEED, GRAPHS, family_graph, targets


@st.composite
def labelled_graphs(draw):
    rng = np.random.default_rng(draw(ANY_SEED))
    n_left, n_right, classes = draw(st.integers(1, 9)), draw(st.integers(1, 9)), draw(st.integers(1, 4))
    joint = rng.random((n_left, n_right)) * (rng.random((n_left, n_right)) < draw(st.floats(0.2, 1)))
    joint[0, 0] += 0.1
    labels = 3 * rng.integers(classes, size=n_left), 3 * rng.integers(classes, size=n_right)
    return PairGraph(joint, *labels, drop_isolated=True)


@given(labelled_graphs())
def test_labelling_error_from_its_formula(graph):
    differ = graph.left_labels[:, None] != graph.right_labels
    assert labelling_error(graph) == pytest.approx(graph.joint.toarray()[differ].sum(), abs=1e-14)


@given(labelled_graphs())
def test_joined_classes_from_their_formula(graph):
    joined, induced = joined_classes(graph), graph.induced().joint.toarray()
    np.testing.assert_allclose(class_cuts(graph), joined.sum(axis=1) - np.diag(joined), atol=1e-14)
    for (c, d), share in np.ndenumerate(joined):
        rows, columns = (graph.left_labels == joined.index[label] for label in (c, d))
        assert share == pytest.approx(induced[np.ix_(rows, columns)].sum(), abs=1e-14)
    assert np.trace(joined) == pytest.approx(1 - induced_labelling_error(graph), abs=1e-14)


@pytest.mark.parametrize("family", GRAPHS)
def test_label_energy_from_its_formula_sums_to_one(family):
    graph = family_graph(family, 2)
    triplets = spectrum(graph, min(graph.shape))
    energy = label_energy(graph, triplets)
    naive = triplets.left.T @ targets(graph)
    np.testing.assert_allclose(label_coordinates(graph, triplets), naive, atol=1e-14)
    np.testing.assert_allclose(energy, np.sum(naive**2, axis=1), atol=1e-13)
    assert energy.sum() <= 1 + 1e-12
    assert graph.n_left > graph.n_right or energy.sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(
    "measure", [labelling_error, induced_labelling_error, lambda graph: label_energy(graph, spectrum(graph, 1))]
)
def test_missing_labels_raise(measure):
    with pytest.raises(HypothesisError, match="no left labels"):
        measure(PairGraph(np.ones((3, 3))))


def test_memory_is_linear_in_the_pairs():
    """A million left nodes: their induced graph would not fit anywhere."""
    n = 1_000_000
    joint = sp.coo_array((np.ones(n), (np.arange(n), np.arange(n) % 10)), shape=(n, 10))
    graph = PairGraph(joint, np.arange(n) % 2)
    assert induced_labelling_error(graph) == 0


@given(ANY_RNG, st.floats(0, 60))
def test_a_small_labelling_error_is_accurate(rng, decades):
    """If nearly all the mass of a right node has one class, 1 minus its share is round-off."""
    joint = 10.0 ** rng.uniform(-decades, 0, (6, 4))
    labels = np.arange(6) % 3
    graph = PairGraph(joint, labels)
    exact = 0
    weights = [[Fraction(float(w)) for w in row] for row in graph.joint.toarray()]
    for column in zip(*weights, strict=True):
        masses = [sum(w for w, y in zip(column, labels, strict=True) if y == c) for c in range(3)]
        exact += sum(a * (sum(masses) - a) for a in masses) / sum(masses)
    assert induced_labelling_error(graph) == pytest.approx(float(exact), rel=1e-12, abs=0)

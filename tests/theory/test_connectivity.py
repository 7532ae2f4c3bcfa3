import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from scipy.special import stirling2

from pairbounds import LatentWorld, PairGraph, spectrum
from pairbounds.theory.quantities import connectivity
from pairbounds.theory.quantities.connectivity import (
    class_second_eigenvalues,
    cross_class_leaks,
    part_conductances,
    sparsest_partition,
)
from tests.families import ANY_SEED, GRAPHS, block_diagonal, family_graph
from tests.theory.test_consistency import labelled_graphs

LARGE = PairGraph(np.random.default_rng(9).random((20, 20)))


def naive_second_eigenvalue(induced: np.ndarray, inside: np.ndarray) -> float:
    block = induced[np.ix_(inside, inside)]
    degrees = block.sum(axis=1)
    values = np.linalg.eigvalsh(block / np.sqrt(np.outer(degrees, degrees)))
    return values[-2] if len(values) > 1 else 0.0


def naive_conductance(induced: np.ndarray, inside: np.ndarray) -> float:
    """`cut(S) / vol(S)`."""
    return induced[np.ix_(inside, ~inside)].sum() / induced[inside].sum()


def naive_sparsest(induced: np.ndarray, m: int) -> float:
    """Over all functions from nodes onto parts."""
    best = math.inf
    for parts in itertools.product(range(m), repeat=len(induced)):
        if len(set(parts)) == m:
            sets = [np.array(parts) == part for part in range(m)]
            best = min(best, max(naive_conductance(induced, inside) for inside in sets))
    return best


# Inside the classes, and between them.


def require_dense_values(graph: PairGraph) -> None:
    induced = graph.induced().joint.toarray()
    expected = [naive_second_eigenvalue(induced, graph.left_labels == c) for c in np.unique(graph.left_labels)]
    result = class_second_eigenvalues(graph)
    np.testing.assert_allclose(result, expected, atol=1e-11)
    assert np.all(result >= np.minimum(1, expected) - 1e-14)
    stays = np.sum(induced * (graph.left_labels[:, None] == graph.left_labels), axis=1) / graph.left_marginal
    np.testing.assert_allclose(cross_class_leaks(graph), 1 - stays, atol=1e-12)


@pytest.mark.parametrize("size", [9, 30])
@pytest.mark.parametrize("family", GRAPHS)
def test_leaks_and_eigenvalues_agree_with_the_dense_induced_graph(family, size):
    require_dense_values(family_graph(family, size, size))


@pytest.mark.parametrize("seed", range(3))
def test_classes_in_many_pieces(seed):
    """LAPACK's search for a single eigenvalue ended in an error on the first, on some processors."""
    require_dense_values(LatentWorld(seed=seed).augmentation_graph(0.23322897052362127))


# Cuts and partitions.


@given(labelled_graphs(), ANY_SEED)
def test_conductances_from_their_formula(graph, seed):
    induced = graph.induced().joint.toarray()
    parts = np.random.default_rng(seed).integers(3, size=graph.n_left) * 5
    numbers = np.unique(parts)
    naive = [naive_conductance(induced, parts == number) for number in numbers]
    np.testing.assert_allclose(part_conductances(graph, parts), naive, atol=1e-13)


@pytest.mark.parametrize("m", [1, 2, 3, 4])
@pytest.mark.parametrize("seed", range(2))
def test_tiny_graphs_are_cut_exactly(seed, m):
    rng = np.random.default_rng(seed)
    graph = PairGraph(rng.random((6, 5)) ** 5)
    result = sparsest_partition(graph, m)
    assert result.lower == result.upper
    assert result.upper == pytest.approx(naive_sparsest(graph.induced().joint.toarray(), m), abs=1e-14)
    assert part_conductances(graph, result.parts).max() == result.upper
    assert len(np.unique(result.parts)) == m


@pytest.mark.parametrize("m", [1, 2, 3, 5])
@pytest.mark.parametrize("family", GRAPHS)
def test_intervals_hold_what_enumeration_finds(family, m, monkeypatch):
    graph = family_graph(family, 4, 6)
    m = min(m, graph.n_left)
    if stirling2(graph.n_left, m) > 200_000:
        m = 2
    monkeypatch.setattr(connectivity, "EXACT_NODES", 18)
    monkeypatch.setattr(connectivity, "EXACT_PARTITIONS", 200_000)
    exact = sparsest_partition(graph, m)
    monkeypatch.setattr(connectivity, "EXACT_NODES", 0)
    interval = sparsest_partition(graph, m)
    assert exact.lower == exact.upper
    assert interval.lower <= exact.upper + 1e-14
    assert interval.upper >= exact.upper - 1e-14
    assert len(np.unique(interval.parts)) == m
    assert part_conductances(graph, interval.parts).max() == interval.upper


def test_components_have_conductance_0():
    """As many as are asked for, whatever vectors a solver may have given."""
    graph = PairGraph(block_diagonal([np.ones((10, 2)) for _ in range(5)]))
    result = spectrum(graph, 5)
    any_vectors = np.linalg.qr(np.random.default_rng(0).standard_normal((50, 5)))[0]
    poor = type(result)(result.singular_values, any_vectors, result.right, result.residuals, "dense")
    for m in range(1, 6):
        best = sparsest_partition(graph, m, poor)
        assert (best.lower, best.upper) == (0, 0)
        np.testing.assert_array_equal(np.unique(best.parts), range(m))


@pytest.mark.parametrize("seed", range(3))
def test_round_off_does_not_change_the_parts(seed):
    """Copies of a node tie as pivots, and a node may be as near to two of them: three loose parts of ten each."""
    rng = np.random.default_rng(seed)
    graph = PairGraph(block_diagonal([np.ones((10, 4)) for _ in range(3)]).toarray() + 0.01)
    result = spectrum(graph, 3)
    noise = 1e-14 * rng.standard_normal(result.left.shape)
    shaken = type(result)(result.singular_values, result.left + noise, result.right, result.residuals, "dense")
    for m in (2, 3):
        parts = [connectivity._parts_by_pivots(triplets.left[:, :m]) for triplets in (result, shaken)]
        np.testing.assert_array_equal(*parts)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda g: part_conductances(g, [0, 1]), r"parts is int64 of shape \(2,\): give 4 integers"),
        (lambda g: sparsest_partition(g, 0), r"m=0 is not in 1\.\.4"),
        (lambda g: sparsest_partition(g, 5), r"m=5 is not in 1\.\.4"),
        (lambda _: sparsest_partition(LARGE, 3, spectrum(LARGE, 2)), "m=3 needs 3 triplets: triplets has 2"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call(PairGraph(np.ones((4, 6))))

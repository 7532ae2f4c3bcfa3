from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse.linalg import aslinearoperator

from pairbounds import PairGraph, spectrum
from pairbounds.theory.graph.singular_triplets import residual_norms
from pairbounds.theory.spectrum import triplets as module
from pairbounds.theory.spectrum.triplets import operator_norm
from tests.families import GRAPHS, block_diagonal, dense_values, family_graph, slow_decay

EPS = float(np.finfo(np.float64).eps)
SIZE = 60  # large enough for the sparse route to have room


@pytest.mark.parametrize("route", ["dense", "small Gram matrix", "ARPACK"])
@pytest.mark.parametrize("k", [1, 15])
@pytest.mark.parametrize("family", GRAPHS)
def test_values_and_vectors_agree_with_dense_svd(family, k, route, monkeypatch):
    method = "dense" if route == "dense" else "sparse"
    if route == "ARPACK":
        monkeypatch.setattr(module, "DENSE_SIDE", 0)
    graph = family_graph(family, 3, SIZE)
    if min(graph.shape) <= k + module.GUARD:
        k = 1
    result = spectrum(graph, k, method=method)
    np.testing.assert_allclose(result.singular_values, dense_values(graph)[:k], atol=1e-8)
    residuals = residual_norms(graph.normalized, result.left, result.singular_values, result.right)
    np.testing.assert_allclose(result.residuals, residuals, rtol=0, atol=1e-14)
    assert result.residuals.max() <= (1e-13 if method == "dense" else 1e-6)
    for side in (result.left, result.right):
        np.testing.assert_allclose(side.T @ side, np.eye(k), atol=1e-10)
    assert result.method == method


@given(st.lists(st.floats(0, 1), min_size=4, max_size=4))
def test_residuals_below_round_off_count_as_round_off(parts):
    """The order of summation decides how large they come out, and is to change no bound."""
    graph = PairGraph([[4, 1, 0, 2], [1, 3, 1, 0], [0, 1, 5, 1], [2, 0, 1, 2], [1, 1, 0, 0]])
    result = spectrum(graph, 4)
    none = replace(result, residuals=np.zeros(4))
    some = replace(result, residuals=np.array(parts) * result.round_off / 2)  # their norm is no more than round-off
    large = replace(result, residuals=np.full(4, 3 * result.round_off))
    assert some.rounding == none.rounding < large.rounding
    np.testing.assert_array_equal(some.upper_values, none.upper_values)
    np.testing.assert_array_equal(some.lower_values, none.lower_values)
    assert np.all(large.upper_values[1:] > none.upper_values[1:])
    assert np.all(large.lower_values < none.lower_values)


@pytest.mark.parametrize("k", [3, 40])
@pytest.mark.parametrize("family", ["many_components", "identity"])
def test_the_optimum_of_many_components_is_the_same_for_every_solver(family, k):
    """The vectors of value 1 are in closed form, and the first is constant to the last bit."""
    graph = family_graph(family, 4, SIZE)
    dense, sparse = (spectrum(graph, k, method=method) for method in ("dense", "sparse"))
    ones = dense.singular_values == 1
    assert ones.sum() == min(k, graph.n_components)
    np.testing.assert_array_equal(dense.left[:, ones], sparse.left[:, ones])
    np.testing.assert_array_equal(dense.right[:, ones], sparse.right[:, ones])
    np.testing.assert_array_equal(dense.left[:, 0], np.sqrt(graph.left_marginal))


def test_all_copies_of_a_repeated_value_are_found():
    """40 components, 45 values: `scipy.sparse.linalg.svds` is wrong by 0.7 here, at every tolerance."""
    rng = np.random.default_rng(5)
    graph = PairGraph(block_diagonal([rng.random((20, 18)) for _ in range(40)]))
    result = spectrum(graph, 45, method="sparse")
    np.testing.assert_allclose(result.singular_values, dense_values(graph)[:45], atol=1e-8)


def test_a_value_that_the_first_solve_missed_is_found_by_the_search(monkeypatch):
    graph = slow_decay(np.random.default_rng(6), 800, 700)
    expected = dense_values(graph)[:10]
    solve, calls = module._leading, []

    def forgetful(product, side, count, tol, rng):
        vectors = solve(product, side, count, tol, rng)
        calls.append(count)
        if len(calls) > 1:
            return vectors
        values = np.linalg.norm(product(vectors), axis=0)
        return np.delete(vectors, np.argsort(values)[-3], axis=1)

    monkeypatch.setattr(module, "_leading", forgetful)
    result = spectrum(graph, 10, method="sparse")
    np.testing.assert_allclose(result.singular_values, expected, atol=1e-8)
    assert len(calls) > 2


@pytest.mark.parametrize("dense_side", [0, 600])
@pytest.mark.parametrize("family", GRAPHS)
def test_the_second_eigenvalue_from_the_first_vector(family, dense_side, monkeypatch):
    """Repeated or not, next to 1 or equal to it: an upper end, as close as it says."""
    monkeypatch.setattr(module, "DENSE_SIDE", dense_side)
    graph = family_graph(family, 14, SIZE)
    expected = dense_values(graph)[1] ** 2
    result = module.second_eigenvalue(graph.normalized, 3 * np.sqrt(graph.left_marginal))
    assert min(1, expected) - 1e-14 <= result <= 1
    assert result <= expected * (1 + (0 if dense_side else module.SECOND_TOLERANCE)) + 32 * EPS * np.sqrt(2 * SIZE)


def test_the_dense_method_rejects_a_large_graph():
    with pytest.raises(ValueError, match="the dense method takes at most"):
        spectrum(PairGraph(sp.eye_array(10_000)), 5, method="dense")


def test_the_tolerance_is_met_or_raises(monkeypatch):
    graph = slow_decay(np.random.default_rng(13), 1500, 1200)
    loose, tight = (spectrum(graph, 20, method="sparse", tol=tol) for tol in (1e-1, 1e-12))
    assert tight.residuals.max() <= 1e-12 < loose.residuals.max() <= 1e-1
    assert tight.unseen <= tight.singular_values[-1] * (1 + 1e-9)  # nothing was skipped, and no end is raised for it
    solve = module._leading
    monkeypatch.setattr(
        module, "_leading", lambda product, side, count, tol, rng: solve(product, side, count, 0.1, rng)
    )
    with pytest.raises(RuntimeError, match=r"is above tol=1\.0e-13"):
        spectrum(graph, 20, method="sparse", tol=1e-13)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        *(({"k": k}, r"in 1\.\.4") for k in (5, 2.0, True)),
        ({"method": "magic"}, "is none of 'auto', 'dense', 'sparse'"),
    ],
)
def test_bad_options(options, message):
    with pytest.raises(ValueError, match=message):
        spectrum(PairGraph(np.ones((4, 6))), **{"k": 2, **options})


@pytest.mark.parametrize("noise", [0.0, 1e-6, 1e-2, 1.0])
def test_a_true_value_is_within_the_residual_of_any_triplet(noise):
    """For any vectors of unit length. For singular vectors it is an equality."""
    rng = np.random.default_rng(12)
    matrix = GRAPHS["dense_random"](rng, 12).normalized.toarray()
    u, values, w_t = np.linalg.svd(matrix, full_matrices=False)
    for _ in range(200):
        left, right = (side + noise * rng.standard_normal(side.shape) for side in (u, w_t.T))
        left, right = (side / np.linalg.norm(side, axis=0) for side in (left, right))
        inexact = np.abs(values + noise * rng.standard_normal(len(values)))  # of a negative one it is not true
        away = np.abs(inexact[:, None] - values).min(axis=1)
        assert np.all(away <= residual_norms(matrix, left, inexact, right) + 64 * EPS)
    exact = residual_norms(matrix, u, values + 1e-3, w_t.T)
    np.testing.assert_allclose(exact, 1e-3, rtol=1e-9)


@pytest.mark.parametrize("shape", [(30, 20), (700, 900)])
def test_the_operator_norm_is_at_least_the_largest_singular_value_and_close(shape):
    rng = np.random.default_rng(0)
    matrix = rng.standard_normal(shape) / 10
    true = np.linalg.norm(matrix, 2)
    for seed in range(3):
        assert true <= operator_norm(aslinearoperator(matrix), seed=seed) * (1 + 1e-14) <= true * (1 + 1e-3)
    assert operator_norm(aslinearoperator(np.zeros((3, 2)))) == 0


def test_the_second_eigenvalue_does_not_depend_on_a_lucky_start(monkeypatch):
    """Without guard values, and at a loose tolerance, one start in six takes the third value for it."""
    monkeypatch.setattr(module, "DENSE_SIDE", 0)
    graph = slow_decay(np.random.default_rng(16), 700, 600)
    expected = dense_values(graph)[1] ** 2
    for seed in range(6):
        result = module.second_eigenvalue(graph.normalized, np.sqrt(graph.left_marginal), seed=seed)
        assert expected - 1e-14 <= result <= expected + module.SECOND_TOLERANCE

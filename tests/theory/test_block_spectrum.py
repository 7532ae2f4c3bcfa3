"""Block Lanczos, against dense factorisations and against the ARPACK route of `spectrum`."""

from itertools import pairwise, product

import numpy as np
import pytest
import scipy.sparse as sp
import torch
from numpy.polynomial import chebyshev

from pairbounds import PairGraph, spectrum
from pairbounds.theory.spectrum import block_lanczos
from pairbounds.theory.spectrum.block_spectrum import block_spectrum
from pairbounds.theory.spectrum.probed_end import deflated_end
from pairbounds.theory.spectrum.sparse_products import SparseProducts
from tests.families import GRAPHS, many_copies, slow_decay


def dense_values(graph: PairGraph) -> np.ndarray:
    return np.linalg.svd(graph.normalized.toarray(), compute_uv=False)


@pytest.mark.parametrize("family", GRAPHS)
def test_values_vectors_and_what_is_left_agree_with_dense_svd(family, tol=1e-10):
    graph = GRAPHS[family](np.random.default_rng(3), 250)
    exact = dense_values(graph)
    for k in (1, 15):
        if k > min(graph.joint.shape) // 4 - block_lanczos.GUARD:
            continue
        found = block_spectrum(graph, k, tol=tol)
        np.testing.assert_allclose(found.singular_values, exact[:k], atol=1e-10)
        assert found.residuals.max() <= tol
        for side in (found.left, found.right):
            np.testing.assert_allclose(side.T @ side, np.eye(k), atol=1e-10)
        assert found.unseen >= exact[k] - 1e-12


@pytest.mark.parametrize("seeds", [(0, 12), pytest.param(range(1, 30), marks=pytest.mark.slow)])
@pytest.mark.parametrize(("copies", "joined", "k"), [(3, 0, 7), (5, 0, 8), (30, 0, 45), (30, 1e-6, 40)])
def test_copies_of_a_value_are_all_found(copies, joined, k, seeds):
    """Up to residuals: of weakly joined copies the values are 1e-8 apart, one for another is an error of 1e-8 or so."""
    graph = many_copies(copies, joined)
    exact = dense_values(graph)
    for seed, tol in product(seeds, (1e-6, 1e-10)):
        found = block_spectrum(graph, k, tol=tol, seed=seed)
        assert np.all(np.abs(found.singular_values - exact[:k]) <= 1e-10 + found.residuals * (joined > 0))
        assert np.all(found.upper_values >= exact[:k] - 1e-12)
        assert exact[k] - 1e-12 <= found.unseen <= exact[k - 1] + 1e-3


@pytest.mark.parametrize("seeds", [range(1), pytest.param(range(1, 10), marks=pytest.mark.slow)])
@pytest.mark.parametrize(("size", "drawn", "copies", "k"), [(160, 1, 30, 70), (200, 0, 30, 70), (200, 1, 20, 50)])
def test_of_more_copies_than_guards_none_is_skipped(size, drawn, copies, k, seeds):
    """Float32 is enough here: one run does not find them all, and the next begins with what looks converged."""
    one = slow_decay(np.random.default_rng(drawn), size, size // 2)
    graph = PairGraph(sp.block_diag([one.joint] * copies).tocsr())
    exact = np.repeat(dense_values(one), copies)[:k]
    for seed in seeds:
        found = block_spectrum(graph, k, tol=1e-6, seed=seed)
        np.testing.assert_allclose(found.singular_values, exact, atol=1e-9)
        assert found.unseen <= exact[-1] + 1e-3


def test_the_arpack_route_finds_the_same():
    graph = slow_decay(np.random.default_rng(6), 3000, 2000)
    found, old = (spectrum(graph, 30, method=method) for method in ("blocks", "sparse"))
    with pytest.raises(ValueError, match=r"is not in 1\.\."):
        block_spectrum(PairGraph(np.ones((70, 80))), 3)
    assert found.method == "blocks"
    np.testing.assert_allclose(found.singular_values, old.singular_values, atol=1e-10)
    assert found.unseen <= found.singular_values[-1] + 1e-6
    wide = PairGraph(sp.csr_array(graph.joint.T))
    np.testing.assert_allclose(block_spectrum(wide, 30).singular_values, old.singular_values, atol=1e-10)


def test_a_basis_that_is_full_goes_on(monkeypatch):
    graph = slow_decay(np.random.default_rng(8), 3000, 2400)
    expected = block_spectrum(graph, 20).singular_values
    monkeypatch.setattr(block_lanczos, "MOST_BYTES", 1)
    restarts, restart = [], block_lanczos._Run._restart

    def counted(run, projected, kept):
        restarts.append(kept)
        return restart(run, projected, kept)

    monkeypatch.setattr(block_lanczos._Run, "_restart", counted)
    monkeypatch.setattr(block_lanczos, "PILOT", 2)
    np.testing.assert_allclose(block_spectrum(graph, 20).singular_values, expected, atol=1e-10)
    assert restarts


def test_weights_that_float32_cannot_hold():
    """Entries down to 1e-300, of which float32 makes 0."""
    rng = np.random.default_rng(9)
    joint = (
        rng.random((400, 300)) * 10.0 ** rng.uniform(-300, 0, (400, 300)) + np.eye(400, 300) + np.eye(400, 300, -100)
    )
    graph = PairGraph(joint)
    found = block_spectrum(graph, 10)
    np.testing.assert_allclose(found.singular_values, dense_values(graph)[:10], atol=1e-9)


@pytest.mark.parametrize("error", [0.0, 1e-9, 1e-6])
def test_the_upper_end_holds_with_errors_as_large_as_is_said(error):
    """Products are off by exactly the error that is declared, in the direction that hides the leading vector."""
    rng = np.random.default_rng(11)
    values = np.r_[0.6, rng.uniform(0, 0.5, 299)]
    basis = np.linalg.qr(rng.standard_normal((300, 300)))[0]
    matrix, leading = torch.from_numpy(basis * values @ basis.T), torch.from_numpy(basis[:, 0])

    def product(rows: torch.Tensor) -> torch.Tensor:
        exact = rows @ matrix
        side = torch.sign(exact @ leading)[:, None]
        return exact - error * torch.linalg.vector_norm(rows, dim=1, keepdim=True) * side * leading

    none = torch.empty((0, 300), dtype=torch.float64), np.empty(0)
    for seed in range(2):
        start = torch.randn(2, 300, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
        end, _ = deflated_end(product, *none, start, 0.5, 0.6, rounding=error, failure=1e-6, steps=60)
        assert 0.6 - 1e-12 <= end <= 0.72
        below, _ = deflated_end(product, *none, start, 0.61, 0.62, rounding=error, failure=1e-6, steps=400)
        assert 0.6 <= below <= 0.63


@pytest.mark.parametrize(
    "rows", [np.eye(3, 300), np.ones((3, 300)), np.random.default_rng(1).standard_normal((3, 300))]
)
def test_vectors_of_any_length_and_angle_count_with_their_rounding(rows):
    """As with their spectral norm, or more; of orthogonal ones no more. They are so long that it is a large part."""
    rows = 1e5 * rows / np.linalg.norm(rows, axis=1, keepdims=True)
    norm, vectors = np.linalg.norm(rows, 2), torch.from_numpy(rows)
    summed = 1.01 * np.finfo(float).eps / 2 * (np.linalg.norm(rows) * norm * (300 + 2 * 3) + 2 * (1 + norm**2))
    start = torch.randn(2, 300, generator=torch.Generator().manual_seed(0), dtype=torch.float64)

    def end(vectors, values, product, rounding):
        options = {"rounding": rounding, "failure": 1e-6, "steps": 20}
        return deflated_end(product, vectors, values, start, 0.5, 0.0, **options)[0]

    found = end(vectors, np.full(3, 0.25 + 1e-12), lambda x: x / 3, 0.0)
    oracle = end(vectors[:0], np.empty(0), lambda x: x / 3 - 1e-12 * (x @ vectors.T) @ vectors, summed)
    assert found >= oracle * (1 - 1e-9)
    assert found <= oracle * (1 + 1e-9) or np.count_nonzero(rows) > 3


@pytest.mark.parametrize(("highest", "degree"), [(0.52, 4), (0.65, 3), (1.0, 2), (4.0, 2)])
def test_the_polynomial_is_as_steep_as_its_largest_value_allows(highest, degree):
    """Chebyshev's polynomial of a diagonal matrix is the oracle, and `back` inverts it with its slope."""
    values = np.r_[np.linspace(0, 0.5, 6), np.linspace(0.501, highest, 5)]
    rows = torch.eye(len(values), dtype=torch.float64)
    filtered = block_lanczos._Filter(lambda block: block * torch.from_numpy(values), 0.5, highest)
    image = filtered(rows).diagonal().numpy()
    np.testing.assert_allclose(image, chebyshev.chebval(4 * values - 1, [0] * degree + [1]), rtol=1e-12, atol=1e-12)
    above = values > 0.5
    slope = 4 * chebyshev.chebval(4 * values - 1, chebyshev.chebder([0] * degree + [1]))
    back, residuals = filtered.back(image[above], slope[above])
    np.testing.assert_allclose(back, values[above], rtol=1e-9)
    np.testing.assert_allclose(residuals, 1.0, rtol=1e-6)


def looked(excess, room=600, restarts=0):
    """The rows of the basis at each look at a run, given the excess as a function of them and of the looks so far."""
    values, looks = torch.linspace(0, 1, 900, dtype=torch.float64) ** 2, []
    start, random = torch.randn(8, 900, dtype=torch.float64), torch.Generator().manual_seed(0)
    run = block_lanczos._Run(block_lanczos._Filter(lambda rows: rows * values), start[:0], room, random)
    run.until(start, lambda *_: looks.append(len(run.values)) or excess(looks[-1], len(looks)), 20, restarts)
    return looks


@pytest.mark.parametrize(("good", "scale"), [(60, 30), (200, 3), (200, 30), (455, 30), (455, 300)])
def test_looks_are_few_and_soon_after_all_is_good(good, scale):
    """Excesses fall as geometric ones do; a run ends at most a quarter later, and hardly so where they fall slowly."""
    looks = looked(lambda count, _: np.exp((good - count) / scale))
    assert len(looks) <= 12
    assert good <= looks[-1] <= (1.06 if scale >= 30 else 1.25) * good + block_lanczos.BLOCK


@pytest.mark.parametrize(
    "excess", [lambda _, looks: 2 + 1 / looks, lambda _, looks: 2.0**looks, lambda *_: np.inf, lambda *_: np.nan]
)
def test_a_run_that_does_not_converge_ends_and_is_looked_at_all_the_way(excess):
    looks = looked(excess, 300, restarts=2)
    assert sum(count > 300 - block_lanczos.BLOCK for count in looks) == 3
    assert len(looks) <= 60
    assert max(later / before for before, later in pairwise(looks)) <= 1.25 + block_lanczos.BLOCK / 40


@pytest.mark.parametrize("shape", [(300, 200), (50, 1), (70_000, 5)])
def test_products_in_both_precisions_are_as_near_as_they_say(shape):
    rng = np.random.default_rng(12)
    matrix = sp.csr_array(PairGraph(rng.random(shape) * (rng.random(shape) < 0.3) + 1e-3).normalized)
    exact = (matrix.T @ matrix).toarray()
    for device in (None, torch.device("cpu")):  # the second is the path that a GPU takes
        products = SparseProducts(matrix, device)
        for dtype, error in ((torch.float32, 2**29 * products.rounding), (torch.float64, products.rounding)):
            rows = torch.from_numpy(rng.standard_normal((11, shape[1]))).to(dtype)
            off = products.gram(rows).double().numpy() - rows.double().numpy() @ exact
            assert np.all(np.linalg.norm(off, axis=1) <= 2 * error * np.linalg.norm(rows.double().numpy(), axis=1))
        np.testing.assert_allclose(products.images(rows), matrix @ rows.numpy().T, atol=1e-13)
        assert products.trace == pytest.approx(np.trace(exact))

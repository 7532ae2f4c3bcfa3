"""Ties, `σ_k = σ_{k+1} > 0`: the range of errors over all optima, and its note in the table."""

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from pairbounds import BOUNDS, HypothesisError, PairGraph, check_bounds, spectrum
from pairbounds.theory.bounds.rows import TIED
from pairbounds.theory.quantities import consistency
from pairbounds.theory.quantities.consistency import optimum_range
from pairbounds.theory.spectrum import eigenspaces
from pairbounds.theory.spectrum.triplets import Spectrum
from tests.bounds.checks.check import QUICK
from tests.families import GRAPHS, dense_values, family_graph, row_of, targets

SIZE = 16
ROTATIONS = 60
TYING = ("cycle", "torus", "hypercube", "many_components", "identity", "split_by_class")
TOLERANCE = 1e-10
EQUAL = 1e-13  # singular values that differ by less are one


def naive_error(graph, basis):
    """`ε₂` of the features `D_L^{-1/2} basis`, by weighted least squares, a column for each class."""
    labels = targets(graph)
    probe, *_ = np.linalg.lstsq(basis, labels, rcond=None)
    return float(np.sum((basis @ probe - labels) ** 2))


def singular_space(graph, k):
    """By a dense decomposition of its own: the vectors above the tie at k, and those of the tie."""
    u, sigma, _ = np.linalg.svd(graph.normalized.toarray())
    near = np.abs(sigma - sigma[k - 1]) < EQUAL
    return u[:, : len(sigma)][:, (sigma > sigma[k - 1]) & ~near], u[:, : len(sigma)][:, near]


def tied_widths(graph):
    sigma = dense_values(graph)
    return [k for k in range(1, len(sigma)) if sigma[k - 1] - sigma[k] < EQUAL < sigma[k]]


@pytest.mark.parametrize("family", TYING)
@pytest.mark.parametrize("seed", range(2))
def test_every_optimum_is_within_the_range_and_both_ends_are_attained(family, seed):
    rng = np.random.default_rng([seed, 5])
    graph = GRAPHS[family](rng, SIZE)
    widths = tied_widths(graph)
    assert widths
    for k in widths:
        smallest, largest = optimum_range(graph, spectrum(graph, k + 1), k)
        above, tied = singular_space(graph, k)
        n_tied = k - above.shape[1]
        for _ in range(ROTATIONS):
            chosen, _ = np.linalg.qr(rng.standard_normal((tied.shape[1], n_tied)))
            error = naive_error(graph, np.hstack([above, tied @ chosen]))
            assert smallest - TOLERANCE <= error <= largest + TOLERANCE
        coordinates = tied.T @ targets(graph)
        _, vectors = np.linalg.eigh(coordinates @ coordinates.T)  # the smallest first
        for end, chosen in ((largest, vectors[:, :n_tied]), (smallest, vectors[:, -n_tied:])):
            assert naive_error(graph, np.hstack([above, tied @ chosen])) == pytest.approx(end, abs=TOLERANCE)


@pytest.mark.parametrize("family", GRAPHS)
def test_the_table_gives_the_range_of_the_squared_error_and_of_nothing_else(family):
    graph = family_graph(family, 3, SIZE)
    bounds = [name for name in QUICK if BOUNDS[name].subject in ("optimum", "encoder")]
    for k in (1, 2, 3, min(graph.shape) - 1):
        table = check_bounds(graph, k, np.ones((graph.n_left, k)), bounds=bounds).set_index("bound")
        squared = (table["quantity"] == "probe_mse") & (table["measured_of"] == "optimum") & table["applicable"]
        assert table.loc[~squared, ["measured_least", "measured_most"]].isna().all(axis=None)
        rows = table[squared]
        assert len(rows) >= 4
        assert (rows["measured_least"] <= rows["measured"] + TOLERANCE).all()
        assert (rows["measured_most"] >= rows["measured"] - TOLERANCE).all()
        tie = k in tied_widths(graph)
        assert rows["note"].str.contains(TIED, regex=False).eq(tie).all()
        if not tie:
            assert (rows["measured_least"] == rows["measured"]).all()
            assert (rows["measured_most"] == rows["measured"]).all()


def pieces_and_copies(rng, classes, copies=30):
    """Copies of one piece, and a right node that all share: σ_2 = … = σ_copies < 1."""
    piece = sp.coo_array([[2, 1, 0.0], [1, 1, 0], [0, 1, 2]])
    joint = sp.hstack([sp.block_diag([piece] * copies), np.full((3 * copies, 1), 0.1)])
    return PairGraph(joint, rng.integers(classes, size=3 * copies))


@pytest.fixture
def requested_widths(monkeypatch):
    """The widths of the spectra that a tie asks for."""
    widths = []
    monkeypatch.setattr(consistency, "spectrum", lambda graph, k: widths.append(k) or spectrum(graph, k))
    return widths


def test_a_tie_whose_end_is_not_computed_has_verdicts_and_no_range(monkeypatch):
    graph = pieces_and_copies(np.random.default_rng(1), 3)
    before = check_bounds(graph, 3)
    monkeypatch.setattr(eigenspaces, "LANCZOS_STEPS", 1)
    with pytest.raises(HypothesisError, match="1 steps of Lanczos do not tell a tied value from the next"):
        optimum_range(graph, spectrum(graph, 4), 3)
    after = check_bounds(graph, 3)
    assert after[["measured_least", "measured_most"]].isna().all(axis=None)
    assert after["holds"].equals(before["holds"])
    assert after["note"].equals(before["note"])


@pytest.mark.parametrize("classes", [2, 5, 30])
def test_a_tie_beyond_the_spectrum_has_the_range_of_all_its_vectors(requested_widths, classes):
    """Also if the solver skipped copies, and for more classes than tied vectors, where the tie's end is computed."""
    graph = pieces_and_copies(np.random.default_rng(classes), classes)
    exact = optimum_range(graph, spectrum(graph, 90), 4)
    assert requested_widths == []
    assert optimum_range(graph, spectrum(graph, 5), 4) == pytest.approx(exact, abs=1e-9)
    assert max(requested_widths) <= max(10, 4 + classes + 1)
    every = spectrum(graph, 90)
    indices = np.r_[:8, 30:40]  # of σ_2 = … = σ_30
    parts = (every.singular_values[indices], every.left[:, indices], every.right[:, indices], every.residuals[indices])
    skipped = Spectrum(*parts, "sparse", unseen=float(every.singular_values[29]))
    assert optimum_range(graph, skipped, 4) == pytest.approx(exact, abs=1e-9)


def test_a_tie_of_thousands_needs_few_triplets(requested_widths, monkeypatch):
    """One to one, and a caption that all images share: σ_2 = … = σ_n."""
    n, k = 3_000, 8
    graph = PairGraph(sp.hstack([0.9 * sp.eye_array(n), np.full((n, 1), 0.1)]), np.arange(n) % 4)
    smallest, largest = optimum_range(graph, spectrum(graph, k + 1), k)
    assert requested_widths == [2 * (k + 1)]
    assert smallest == pytest.approx(0, abs=1e-9)  # three directions beside the constant have all labels
    assert largest == pytest.approx(1 - 0.25, abs=1e-9)
    monkeypatch.setattr(consistency, "TIE_ENTRIES", 2 * (k + 1) * n)  # too few for twice as many triplets
    assert optimum_range(graph, spectrum(graph, k + 1), k) == pytest.approx((smallest, largest), abs=1e-9)
    assert len(requested_widths) == 1


@given(seed=st.integers(0, 10**6), copies=st.integers(1, 5), above=st.integers(0, 2))
def test_the_part_in_an_eigenspace_is_that_of_its_projector(seed, copies, above):
    rng = np.random.default_rng(seed)
    values = np.concatenate([np.linspace(1, 0.95, above), np.full(copies, 0.9), rng.uniform(0, 0.8, 12)])
    basis, _ = np.linalg.qr(rng.standard_normal((len(values), len(values))))
    start, tied = rng.standard_normal(len(values)), basis[:, above : above + copies]
    start /= np.linalg.norm(start)
    matrix = (basis * values) @ basis.T
    part = eigenspaces.leading_part(matrix.__matmul__, start, basis[:, :above], 0.9 - 1e-12)
    np.testing.assert_allclose(part, tied @ (tied.T @ start), atol=1e-9)
    remainder = start - tied @ (tied.T @ start)
    np.testing.assert_allclose(
        eigenspaces.leading_part(matrix.__matmul__, remainder, basis[:, :above], 0.9 - 1e-12), 0, atol=1e-9
    )


def test_values_of_zero_do_not_tie():
    """Beyond the rank the optimum has columns of 0, whatever basis of the null space a solver gives."""
    graph = family_graph("low_rank", 2, SIZE)
    for k in (3, 4, 8, SIZE):
        smallest, largest = optimum_range(graph, spectrum(graph, min(k + 1, SIZE)), k)
        assert smallest == largest == pytest.approx(row_of("probe-mse", graph, k)["measured"])
        assert not check_bounds(graph, k)["note"].str.contains(TIED, regex=False).any()

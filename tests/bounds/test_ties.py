"""Ties, `σ_k = σ_{k+1} > 0`: the range of errors over all optima, and its note in the table."""

import numpy as np
import pytest
import scipy.sparse as sp

from pairbounds import BOUNDS, HypothesisError, PairGraph, check_bounds, spectrum
from pairbounds.theory.bounds.rows import TIED
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.quantities import consistency
from pairbounds.theory.quantities.consistency import optimum_range
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
    monkeypatch.setattr(consistency, "TIE_ENTRIES", 1)
    with pytest.raises(HypothesisError, match="at least 4 values tie at k = 3, too many to be computed here"):
        optimum_range(graph, spectrum(graph, 4), 3)
    after = check_bounds(graph, 3)
    assert after[["measured_least", "measured_most"]].isna().all(axis=None)
    assert after["holds"].equals(before["holds"])
    assert after["note"].equals(before["note"])


@pytest.mark.parametrize("classes", [2, 30])
def test_a_tie_beyond_the_spectrum_has_the_range_of_all_its_vectors(requested_widths, classes):
    """Also if the solver skipped copies."""
    graph = pieces_and_copies(np.random.default_rng(classes), classes)
    exact = optimum_range(graph, spectrum(graph, 90), 4)
    assert requested_widths == []
    assert optimum_range(graph, spectrum(graph, 5), 4) == pytest.approx(exact, abs=1e-9)
    assert requested_widths == [10, 20, 40]
    every = spectrum(graph, 90)
    indices = np.r_[:8, 30:40]  # of σ_2 = … = σ_30
    parts = (every.singular_values[indices], every.left[:, indices], every.right[:, indices], every.residuals[indices])
    skipped = Spectrum(*parts, "sparse", unseen=float(every.singular_values[29]))
    assert optimum_range(graph, skipped, 4) == pytest.approx(exact, abs=1e-9)


def test_values_of_zero_do_not_tie():
    """Beyond the rank the optimum has columns of 0, whatever basis of the null space a solver gives."""
    graph = family_graph("low_rank", 2, SIZE)
    for k in (3, 4, 8, SIZE):
        smallest, largest = optimum_range(graph, spectrum(graph, min(k + 1, SIZE)), k)
        assert smallest == largest == pytest.approx(row_of("probe-mse", graph, k)["measured"])
        assert not check_bounds(graph, k)["note"].str.contains(TIED, regex=False).any()

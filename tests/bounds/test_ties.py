"""Where `σ_k = σ_{k+1} > 0` the optimum is one among many: the range over all of them, and that the table says so."""

import numpy as np
import pytest
import scipy.sparse as sp

from pairbounds import HypothesisError, PairGraph, check_bounds, spectrum
from pairbounds.theory.bounds.rows import TIED
from pairbounds.theory.quantities import consistency
from pairbounds.theory.quantities.consistency import optimum_range
from tests.families import GRAPHS, family_graph, targets

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
    sigma = np.linalg.svd(graph.normalized.toarray(), compute_uv=False)
    return [k for k in range(1, len(sigma)) if sigma[k - 1] - sigma[k] < EQUAL < sigma[k]]


@pytest.mark.parametrize("family", TYING)
@pytest.mark.parametrize("seed", range(2))
def test_every_optimum_is_within_the_range_and_both_ends_are_attained(family, seed):
    rng = np.random.default_rng([seed, 5])
    graph = GRAPHS[family](rng, SIZE)
    widths = tied_widths(graph)
    assert widths
    for k in widths:
        least, most = optimum_range(graph, spectrum(graph, k + 1), k)
        above, tied = singular_space(graph, k)
        kept = k - above.shape[1]
        for _ in range(ROTATIONS):
            chosen, _ = np.linalg.qr(rng.standard_normal((tied.shape[1], kept)))
            error = naive_error(graph, np.hstack([above, tied @ chosen]))
            assert least - TOLERANCE <= error <= most + TOLERANCE
        coordinates = tied.T @ targets(graph)
        _, vectors = np.linalg.eigh(coordinates @ coordinates.T)  # the smallest first
        for end, chosen in ((most, vectors[:, :kept]), (least, vectors[:, -kept:])):
            assert naive_error(graph, np.hstack([above, tied @ chosen])) == pytest.approx(end, abs=TOLERANCE)


@pytest.mark.parametrize("family", GRAPHS)
def test_the_table_gives_the_range_of_the_squared_error_and_of_nothing_else(family):
    graph = family_graph(family, 3, SIZE)
    for k in (1, 2, 3, min(graph.shape) - 1):
        table = check_bounds(graph, k, np.ones((graph.n_left, k))).set_index("bound")
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


def pieces_and_copies(rng):
    """Twelve copies of one piece within a weak common mixture: σ_2 to σ_12 are one value below 1."""
    piece = sp.block_diag([sp.coo_array(np.ones((2, 2)))] * 12).toarray()
    return PairGraph(piece + 0.01, rng.integers(3, size=24))


def test_a_tie_without_an_end_in_reach_has_no_range_and_every_verdict(monkeypatch):
    graph = pieces_and_copies(np.random.default_rng(1))
    before = check_bounds(graph, 3)
    monkeypatch.setattr(consistency, "TIE_ENTRIES", 10 * sum(graph.shape))
    with pytest.raises(HypothesisError, match="more than 10 values tie at k = 3, too many to be computed here"):
        optimum_range(graph, spectrum(graph, 4), 3)
    after = check_bounds(graph, 3)
    assert after[["measured_least", "measured_most"]].isna().all(axis=None)
    assert after["holds"].equals(before["holds"])
    assert after["note"].equals(before["note"])


def test_values_of_zero_do_not_tie():
    """Beyond the rank the optimum has columns of 0, whatever basis of the null space a solver gives."""
    graph = family_graph("low_rank", 2, SIZE)
    for k in (3, 4, 8, SIZE):
        least, most = optimum_range(graph, spectrum(graph, min(k + 1, SIZE)), k)
        assert least == most == pytest.approx(check_bounds(graph, k).set_index("bound").loc["probe-mse", "measured"])
        assert not check_bounds(graph, k)["note"].str.contains(TIED, regex=False).any()

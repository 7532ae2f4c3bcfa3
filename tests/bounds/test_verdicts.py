"""Verdicts that were wrong once: each graph here was "violated", or "held" for no reason, before its fix."""

import itertools

import numpy as np
import pandas as pd
import pytest

from pairbounds import BOUNDS, PairGraph, bound, check_bounds, induced_labelling_error, over_gap, spectrum
from tests.families import embeddings, family_graph, require_all_hold, row_of


def verdicts(graph: PairGraph, k: int, features=None):
    """The table by bound, after a check that no row is violated."""
    table = check_bounds(graph, k, features)
    require_all_hold(table)
    return table.set_index("bound")


# 1. k above the rank: the optimum spans the range of Ā, and no basis of the null space that a solver happens to return.


@pytest.mark.parametrize("method", ["dense", "sparse"])
def test_above_the_rank_nothing_more_is_learned(method):
    rng = np.random.default_rng(0)
    graph = PairGraph(rng.random((30, 4)) @ rng.random((4, 20)), rng.integers(0, 3, 30), rng.integers(0, 3, 20))
    at_rank, above = verdicts(graph, 4), check_bounds(graph, 19, triplets=spectrum(graph, 20, method=method))
    above = above.set_index("bound")
    require_all_hold(above)
    for name in ("probe-error", "probe-mse", "sharp-probe-mse", "zero-shot", "nearest-mean", "optimum", "mmcl-is-sscl"):
        assert above.loc[name, "measured"] == pytest.approx(at_rank.loc[name, "measured"], abs=1e-9), name
    # At the rank and above it the two-sided form closes on the truth: no label energy is lost with the null space.
    for name in ("sharp-probe-mse", "sharp-probe-mse-below"):
        assert above.loc[name, "value"] == pytest.approx(above.loc[name, "measured"], abs=1e-9)


# 2. One node of tiny mass must not tie all others.


@pytest.mark.parametrize("decades", [0, 12, 24, 60, 150, 290])
def test_a_light_node_is_judged_by_its_own_round_off(decades):
    """Two classes apart but for one light node: the heavy nodes are classified whatever it does."""
    light = 10.0**-decades
    graph = PairGraph([[1, 0], [0, 1], [light, light]], [0, 1, 1])
    assert verdicts(graph, 2).loc["probe-error", "measured"] <= light


# 3. Constant features are ties.


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_constant_features_tie_in_any_order_of_the_rows(order):
    joint, labels = np.array([[1, 2, 0], [3, 1, 1], [1, 1, 4]]), np.array([0, 1, 1])
    table = verdicts(PairGraph(joint[list(order)], labels[list(order)]), 1)
    assert table.loc["nearest-mean", "measured"] == pytest.approx(1.0)
    assert table.loc["probe-error", "measured"] == pytest.approx(3 / 14)


def test_features_that_hardly_differ_are_no_ties():
    """A difference of 1e-9 beside 1 has seven digits in float64."""
    graph = PairGraph(np.eye(4), [0, 0, 1, 1])
    features = 1 + 1e-9 * np.array([[0.0], [0.0], [1.0], [1.0]])
    table = verdicts(graph, 1, features)
    assert table.loc["nearest-mean", "measured"] == 0


def test_a_bound_that_holds_only_by_near_ties_has_a_note():
    """Just where the class means come out of the round-off the bound is 0, and every node still ties."""
    graph = PairGraph([[2, 1], [1, 2]], [0, 1])
    rows = [
        verdicts(graph, 1, np.array([[1.0], [1 + apart]])).loc["nearest-mean"]
        for apart in np.geomspace(1e-15, 1e-12, 33)
    ]
    in_doubt = {(row["measured"], row["value"]) for row in rows if row["note"].startswith("holds only if tied nodes")}
    assert in_doubt == {(1, 0)}
    assert {(row["measured"], row["value"]) for row in rows if row["note"] == ""} == {(1, 1), (0, 0)}


# Beyond 24 decades a violation is one only if it is confirmed in higher precision.


def conjecture(name, evaluate):
    bound(name, quantity="probe_mse", status="conjecture")(evaluate)


def test_a_false_claim_is_refuted_on_an_extreme_graph():
    """A checker that abstains proves nothing."""
    conjecture("half-of-it", lambda graph, spectrum, k: 0.5 * over_gap(induced_labelling_error(graph), spectrum, k))
    graph = PairGraph([[1, 1e-60, 0], [0, 1, 1], [0, 1e-90, 1], [0, 1, 0]], [0, 1, 0, 1])
    row = row_of("half-of-it", graph, 2)
    assert not row["holds"]


def test_round_off_alone_is_not_applicable_on_an_extreme_graph():
    """Below the true value by less than the arithmetic of the value itself may be off."""
    conjecture("rough", lambda graph, spectrum, k: 4 / 9 - 1e-11 * (1.1 + np.sin(1e15 * spectrum.singular_values[0])))
    graph = PairGraph([[1, 0], [1, 1e-60], [1, 0]], [0, 1, 1])
    row = row_of("rough", graph, 1)
    assert row["note"].startswith("not applicable: float64 cannot judge weights that span 60 orders of magnitude")
    assert not row["applicable"]


def test_a_large_extreme_graph_is_not_judged_by_round_off():
    conjecture("zero", lambda graph, spectrum, k: 0.0)
    rng = np.random.default_rng(0)
    joint = 10.0 ** rng.uniform(-60, 0, (40, 30))
    row = row_of("zero", PairGraph(joint, np.arange(40) % 2), 3)
    assert "too large for higher precision" in row["note"]
    within = row_of("zero", PairGraph(rng.random((40, 30)), np.arange(40) % 2), 3)
    assert not within["holds"]


def test_a_single_bound_has_the_row_of_the_full_table():
    graph = family_graph("latent_captions")
    options = {"penalty": 0.6, "critic": embeddings(graph, 4)}
    every = check_bounds(graph, 3, **options)
    for name in BOUNDS:
        single = check_bounds(graph, 3, bounds=[name], **options)
        pd.testing.assert_frame_equal(single, every[every["bound"] == name].reset_index(drop=True))


def test_weights_beyond_the_range_of_float64_raise():
    with pytest.raises(ValueError, match="the limit of float64"):
        PairGraph([[1e-300, 0], [0, 1e300]])

"""Every measure against its formula."""

import math
from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import entr

from pairbounds import PairGraph
from pairbounds.real_data.measures import off_diagonal as module
from pairbounds.real_data.measures.comparison import Bootstrap, Comparison, Draw, estimate, t_interval
from pairbounds.real_data.measures.consistency_frontier import Frontier, frontiers
from pairbounds.real_data.measures.off_diagonal import OffDiagonal, chance_agreement, off_diagonal
from pairbounds.real_data.pairings.pairing import Pairing
from pairbounds.real_data.pairings.similarities import membership_similarities
from tests.families import ANY_SEED
from tests.theory.test_consistency import labelled_graphs


def naive_anchors(graph: PairGraph, labels, groups):
    """Agreement, entropy without and with its own group, and own share of each anchor.

    From `P_T(x, x') = Σ_z P(x, z) P(x', z) / P(z)`.
    """
    P = graph.joint.toarray()
    positives = np.einsum("xz,yz,z->xy", P, P, 1 / P.sum(axis=0)) / P.sum(axis=1, keepdims=True)
    is_own = np.equal.outer(groups, groups)
    others = np.where(is_own, 0, positives)
    with np.errstate(invalid="ignore"):  # an anchor without others has NaN
        others /= others.sum(axis=1, keepdims=True)
    agreement = (others * np.equal.outer(labels, labels)).sum(axis=1)
    return agreement, entr(others).sum(axis=1), entr(positives).sum(axis=1), (positives * is_own).sum(axis=1)


@given(labelled_graphs(), ANY_SEED, st.sampled_from([1, module.BLOCK]))
def test_off_diagonal_from_its_formula_by_blocks_of_rows(graph, seed, block):
    groups = np.random.default_rng(seed).integers(4, size=graph.n_left)
    exclusions = {"image": np.arange(graph.n_left), "group": groups}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BLOCK", block)  # 1: row by row, and by the sparse route
        result = off_diagonal(graph, {"y": graph.left_labels}, exclusions)
    for name, ids in exclusions.items():
        anchors = result[name]
        values = anchors.agreement["y"], anchors.entropy, anchors.entropy_with_own, anchors.own_share
        np.testing.assert_allclose(values, naive_anchors(graph, graph.left_labels, ids), atol=1e-12)


def test_means_are_over_anchors_with_positives():
    entropy, with_own = np.array([math.log(2), math.log(8), np.nan]), np.log([3, 9, 1])
    anchors = OffDiagonal({"y": np.array([1, 0, np.nan])}, entropy, with_own, np.ones(3))
    assert anchors.consistency("y") == 0.5
    assert anchors.effective_positives() == pytest.approx(4)  # the geometric mean
    assert anchors.effective_positives(with_own=True) == pytest.approx(3)
    assert anchors.alone == pytest.approx(1 / 3)


@given(st.lists(st.integers(0, 3), min_size=3, max_size=12))
def test_chance_is_the_share_of_the_others_with_ones_label(labels):
    agrees = np.equal.outer(labels, labels)[~np.eye(len(labels), dtype=bool)]
    assert chance_agreement(labels, np.arange(len(labels))) == pytest.approx(agrees.mean())


def made_up_frontier(*points: tuple[float, float]) -> Frontier:
    """Points (effective positives, agreement), of two anchors that are alike, at temperatures 1, 10, 100, ..."""
    anchors = [OffDiagonal({"y": np.full(2, c)}, *np.log([[d, d], [2 * d, 2 * d]]), np.zeros(2)) for d, c in points]
    return Frontier(10.0 ** np.arange(len(points)), anchors)


def test_between_two_points_a_frontier_is_linear_in_the_logarithm():
    frontier = made_up_frontier((2, 0.8), (8, 0.4))
    assert frontier.agreement_at(4, "y") == pytest.approx(np.full(2, 0.6))
    assert frontier.agreement_at(2, "y") == pytest.approx(np.full(2, 0.8))
    assert frontier.temperature_at(4) == pytest.approx(math.sqrt(10))
    for beyond in (1.9, 8.1):
        assert np.isnan(frontier.agreement_at(beyond, "y")).all()
        assert math.isnan(frontier.temperature_at(beyond))


def test_a_frontier_counts_all_positives_and_takes_the_hottest_of_equal_points():
    frontier = replace(made_up_frontier((2, 0.8), (8, 0.4)), with_own=True)  # 4 and 16 positives
    assert frontier.agreement_at(8, "y") == pytest.approx(np.full(2, 0.6))
    assert np.isnan(frontier.agreement_at(3, "y")).all()
    back = made_up_frontier((2, 0.1), (4, 0.2), (2, 0.8), (8, 0.4))
    assert back.agreement_at(4, "y") == pytest.approx(np.full(2, 0.6))
    still = made_up_frontier((2, 0.8), (2, 0.8), (8, 0.4))
    assert still.agreement_at(2, "y") == pytest.approx(np.full(2, 0.8))


def test_a_bootstrap_from_its_definition():
    """The quantiles of means over clusters drawn with replacement, written out."""
    members = {"a": [5.0], "b": [1.0, 2.0], "c": []}
    bootstrap = Bootstrap.of(["b", "a", "b", "c"], np.random.default_rng(2))
    values = np.array([1.0, 5.0, 2.0, np.nan])
    means = []
    for counts in bootstrap.counts:
        resample = [v for cluster, times in zip("abc", counts, strict=True) for v in members[cluster] * int(times)]
        means += [np.mean(resample)] if resample else []
    assert bootstrap.interval(values) == pytest.approx(np.quantile(means, [0.025, 0.975]))
    assert set(bootstrap.counts.sum(axis=1)) == {3}


def test_an_estimate_is_the_mean_of_the_draws_and_covers_both_intervals():
    values, draws = np.random.default_rng(4).normal(size=40), np.repeat([0, 1, 2, 3], 10)
    values[3] = np.nan
    bootstrap = Bootstrap.of(np.arange(40) // 2, np.random.default_rng(5))
    result = estimate(values, draws, bootstrap)
    means = np.array([np.nanmean(values[draws == d]) for d in range(4)])
    ends = t_interval(means), bootstrap.interval(values)
    assert result.value == pytest.approx(np.mean(means))
    assert (result.low, result.high) == (min(ends[0][0], ends[1][0]), max(ends[0][1], ends[1][1]))
    assert (result.draws, result.images) == (4, 39)
    values[draws == 1] = np.nan
    assert estimate(values, draws, bootstrap) is None


def made_up_comparison(*pairings: tuple[tuple[float, float], ...]) -> Comparison:
    """Three draws with the same frontiers, named a, b, ..., and a chance of 0.2."""
    frontiers_by_name = {name: made_up_frontier(*points) for name, points in zip("abc", pairings, strict=False)}
    draws = [Draw(frontiers_by_name, {"y": 0.2}, np.array([f"{d}-0", f"{d}-1"])) for d in range(3)]
    return Comparison(draws, np.random.default_rng(0))


def test_arms_are_compared_at_one_diversity_and_corrected_for_chance():
    comparison = made_up_comparison(((2, 0.8), (8, 0.4)), ((4, 0.4), (16, 0.4)))
    assert comparison.consistency("a", "y", [4] * 3).value == pytest.approx(0.5)
    result = comparison.difference("a", "b", "y", [4] * 3)
    assert (result.value, result.low, result.high) == pytest.approx((0.25, 0.25, 0.25))
    assert comparison.difference("a", "b", "y", [2] * 3) is None
    assert comparison.difference("a", "b", "y", [4, 8, 4]).value == pytest.approx((0.25 + 0 + 0.25) / 3)


def test_between_the_temperatures_of_a_frontier_diversity_grows_in_small_steps_and_consistency_as_interpolated():
    """Captions known exactly go from few positives to all within a small range of temperatures."""
    rng = np.random.default_rng(9)
    labels = np.repeat(np.arange(10), 20)
    members, images = sp.csr_array(np.eye(10)[labels]), {"image": np.arange(200)}
    pairing = Pairing("labels", "labels", membership_similarities(members))
    result = frontiers(pairing, {"y": labels}, images)["image"]
    assert np.diff(np.log(result.effective_positives)).max() <= math.log(1.3)
    for diversity in rng.uniform(20, 190, size=5):
        graph = pairing.graph(result.temperature_at(diversity))
        exact = off_diagonal(graph, {"y": labels}, images)["image"]
        assert exact.effective_positives() == pytest.approx(diversity, rel=0.03)
        assert result.agreement_at(exact.effective_positives(), "y").mean() == pytest.approx(
            exact.consistency("y"), abs=0.005
        )

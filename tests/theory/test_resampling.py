import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pairbounds import (
    BOUNDS,
    HypothesisError,
    LatentWorld,
    PairGraph,
    check_bounds,
    induced_labelling_error,
    optimal_embeddings,
    probe,
    spectral_loss,
    spectrum,
)
from pairbounds.theory.quantities.connectivity import class_second_eigenvalues
from pairbounds.theory.resampling import (
    RULES,
    Resampled,
    WeightedOptimum,
    add_new_positive,
    drop_easy_negative,
    drop_false_negative,
    drop_false_positive,
    guide_graph,
    resampling_effect,
    resampling_effects,
    weighted_optimum,
    weighted_spectral_loss,
)
from pairbounds.theory.resampling import guides as module
from pairbounds.theory.resampling.negatives import drop_negatives
from tests.theory.test_consistency import labelled_graphs

SEEDS = st.integers(0, 2**31)


def similarities(guide: np.ndarray) -> np.ndarray:
    unit = guide / np.linalg.norm(guide, axis=1, keepdims=True)
    return unit @ unit.T


def function(similarity: np.ndarray):
    """The guide that returns these very numbers, so that ties are ties."""
    return lambda rows, columns: similarity[np.ix_(rows, columns)]


def guide_of(graph: PairGraph, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((graph.n_left, 3))


def similarity_of(graph: PairGraph, ties: bool) -> np.ndarray:
    """Random, or the labels': exactly 1 and 0."""
    if ties:
        return (graph.left_labels[:, None] == graph.left_labels).astype(float)
    return np.maximum(similarities(guide_of(graph)), np.eye(graph.n_left))


def world(seed: int = 0) -> tuple[PairGraph, np.ndarray]:
    """Augmentations, and the embedding of the same images that their captions make."""
    latent = LatentWorld(n_classes=3, n_styles=2, n_positions=4, seed=seed)
    guide, _ = optimal_embeddings(latent.caption_graph(0.05, 0.3), 4)
    return latent.augmentation_graph(2), guide


def nodes(graph: PairGraph) -> range:
    return range(graph.n_left)


# AddNewPositive: the guide's pairs, and the mixture.


def naive_neighbours(similarity: np.ndarray, count: int, floor: float) -> list[list[int]]:
    n = len(similarity)
    ranked = [sorted((j for j in range(n) if j != i), key=lambda j: (-similarity[i, j], j)) for i in range(n)]
    return [[j for j in ranked[i][:count] if similarity[i, j] >= floor] for i in range(n)]


def naive_guide_pairs(graph: PairGraph, neighbours: list[list[int]]) -> np.ndarray:
    """The induced pairs of the guide's graph: draw x, one of its edges evenly, then an end of it by its mass."""
    n = graph.n_left
    edges = sorted({tuple(sorted((i, j))) for i in range(n) for j in neighbours[i]})
    edges += [(i,) for i in range(n) if not any(i in edge for edge in edges)]
    mass = [{i: graph.left_marginal[i] / sum(i in other for other in edges) for i in edge} for edge in edges]
    pairs = np.zeros((n, n))
    for ends in mass:
        for i in ends:
            for j in ends:
                pairs[i, j] += ends[i] * ends[j] / sum(ends.values())
    return pairs


@pytest.mark.parametrize("block", [module.BLOCK, 20])
@given(labelled_graphs().filter(lambda graph: graph.n_left > 1), st.data(), st.floats(-1, 1), st.booleans())
def test_the_guides_pairs_from_their_definition(block, graph, data, floor, ties):
    similarity = similarity_of(graph, ties)
    count = data.draw(st.integers(1, graph.n_left - 1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BLOCK", block)
        guided = guide_graph(graph, function(similarity), count=count, floor=floor)
    expected = naive_guide_pairs(graph, naive_neighbours(similarity, count, floor))
    np.testing.assert_allclose(guided.induced().joint.toarray(), expected, atol=1e-15)
    np.testing.assert_allclose(guided.left_marginal, graph.left_marginal, rtol=1e-12)
    assert np.array_equal(guided.left_labels, graph.left_labels)


@given(labelled_graphs().filter(lambda graph: graph.n_left > 1), st.floats(0.1, 5))
def test_theorem_12_for_new_positives(graph, weight):
    guided = guide_graph(graph, guide_of(graph))
    after = add_new_positive(graph, guide_of(graph), weight=weight)
    mean = lambda a, b: (a + weight * b) / (1 + weight)  # noqa: E731
    expected = mean(graph.induced().joint.toarray(), guided.induced().joint.toarray())
    np.testing.assert_allclose(after.induced().joint.toarray(), expected, atol=1e-15)
    errors = [induced_labelling_error(one) for one in (after, graph, guided)]
    assert errors[0] == pytest.approx(mean(*errors[1:]), abs=1e-14)
    for m in range(1, graph.n_left + 1):
        sums = [np.sum(spectrum(one, min(m, *one.joint.shape)).singular_values ** 2) for one in (after, graph, guided)]
        assert sums[0] <= mean(*sums[1:]) + 1e-12


def test_a_weight_of_zero_is_no_new_positive_and_a_right_guide_helps():
    graph, guide = world()
    assert add_new_positive(graph, guide, weight=0) is graph
    after = add_new_positive(graph, function(similarity_of(graph, True)), count=3)
    assert induced_labelling_error(after) == pytest.approx(induced_labelling_error(graph) / 2, abs=1e-14)
    assert guide_graph(graph, guide, floor=1.1).n_right == graph.n_left  # no node has a neighbour


# DropFalsePositive.


def naive_pair_similarity(graph: PairGraph, similarity: np.ndarray) -> np.ndarray:
    joint, result = graph.joint.toarray(), np.zeros(graph.joint.shape)
    for x in nodes(graph):
        for caption in range(graph.n_right):
            others = [other for other in nodes(graph) if joint[other, caption] > 0 and other != x] or [x]
            total = sum(joint[other, caption] * similarity[x, other] for other in others)
            result[x, caption] = total / (sum(joint[other, caption] for other in others) or math.inf)
    return result.round(12)  # round-off makes no difference


def naive_drop_pairs(graph: PairGraph, similarity: np.ndarray, fraction: float) -> np.ndarray:
    joint, score = graph.joint.toarray(), naive_pair_similarity(graph, similarity)
    pairs = [(x, caption) for caption in range(graph.n_right) for x in nodes(graph) if joint[x, caption] > 0]
    best = {max((p for p in pairs if p[0] == x), key=lambda p: score[p]) for x in nodes(graph)}
    left = fraction
    for pair in sorted((p for p in pairs if p not in best), key=lambda p: score[p]):
        gone = min(left, joint[pair])
        joint[pair] -= gone
        left -= gone
    return joint / joint.sum()


@pytest.mark.parametrize("block", [module.BLOCK, 2])
@given(labelled_graphs(), st.floats(0, 1), st.booleans())
def test_dropped_positives_from_their_definition(block, graph, part, ties):
    similarity, joint = similarity_of(graph, ties), graph.joint.toarray()
    score = np.where(joint > 0, naive_pair_similarity(graph, similarity), -2)
    fraction = part * max(0.0, 1 - sum(joint[x, np.argmax(score[x])] for x in nodes(graph)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BLOCK", block)
        after = drop_false_positive(graph, function(similarity), fraction=fraction)
    found = np.zeros(joint.shape)
    found[:, np.searchsorted(graph.right_ids, after.right_ids)] = after.joint.toarray()
    np.testing.assert_allclose(found, naive_drop_pairs(graph, similarity, fraction), atol=1e-13)
    assert np.array_equal(after.left_labels, graph.left_labels)


def test_a_fraction_of_zero_drops_nothing_and_too_large_a_one_is_an_error():
    graph, guide = world()
    same = drop_false_positive(graph, guide, fraction=0)
    np.testing.assert_allclose(same.joint.toarray(), graph.joint.toarray(), atol=1e-15)
    assert drop_false_positive(graph, guide).joint.nnz < graph.joint.nnz
    with pytest.raises(ValueError, match=r"fraction=0.99 is more than can go, 0\.\d+: each left node keeps its most"):
        drop_false_positive(graph, guide, fraction=0.99)
    alone = PairGraph(np.eye(3))
    with pytest.raises(ValueError, match="more than can go, 0:"):
        drop_false_positive(alone, np.ones((3, 1)), fraction=0.1)


@given(labelled_graphs())
def test_where_all_goes_that_can_no_pair_of_round_off_is_left(graph):
    similarity, joint = similarity_of(graph, False), graph.joint.toarray()
    score = np.where(joint > 0, naive_pair_similarity(graph, similarity), -2)
    fraction = 1 - sum(joint[x, np.argmax(score[x])] for x in nodes(graph))
    if fraction > 1e-9:
        assert drop_false_positive(graph, function(similarity), fraction=fraction).joint.nnz == graph.n_left


def test_of_equal_pairs_the_first_go_and_exactly_the_fraction():
    graph = PairGraph(np.ones((2, 4)))
    after = drop_false_positive(graph, np.ones((2, 1)), fraction=3 / 16)
    # Caption 0 holds the pairs that are kept as the best: caption 1 loses both of its pairs but for half of the second.
    np.testing.assert_allclose(after.joint.toarray() * 13, [[2, 0, 2, 2], [2, 1, 2, 2]], atol=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_every_bound_holds_on_what_the_positive_techniques_make(seed):
    graph, guide = world(seed)
    for after in (add_new_positive(graph, guide), drop_false_positive(graph, guide)):
        assert check_bounds(after, 5)["holds"].all()


# The negative rules: the measure.


def naive_measure(graph: PairGraph, similarity: np.ndarray, fraction: float, keep: float, sign: int) -> np.ndarray:
    induced, p = graph.induced().joint.toarray(), graph.left_marginal
    measure = np.zeros((graph.n_left, graph.n_left))
    for x in nodes(graph):
        true = [other for other in nodes(graph) if induced[x, other] == 0]
        left, kept = fraction * sum(p[other] for other in true), p.copy()
        for other in sorted(true, key=lambda other: (-sign * similarity[x, other], other)):
            gone = min(left, p[other])
            kept[other] -= (1 - keep) * gone
            left -= gone
        measure[x] = p[x] * kept / sum(kept)
    return measure


@given(labelled_graphs(), st.floats(0, 0.99), st.sampled_from([0.0, 0.3, 1.0]), st.booleans())
def test_measures_from_their_definition(graph, fraction, keep, ties):
    similarity = similarity_of(graph, ties)
    for drop, sign in ((drop_false_negative, 1), (drop_easy_negative, -1)):
        found = drop(graph, function(similarity), fraction=fraction, keep=keep)
        expected = naive_measure(graph, similarity, fraction, keep, sign)
        np.testing.assert_allclose(found, expected, atol=1e-14)
        np.testing.assert_allclose(found.sum(axis=1), graph.left_marginal, rtol=1e-12)
        assert np.all(found[graph.induced().joint.toarray() > 0] > 0)


def test_a_measure_is_the_product_in_the_limit_and_else_differs():
    graph, guide = world()
    product = np.outer(graph.left_marginal, graph.left_marginal)
    for drop in (drop_false_negative, drop_easy_negative):
        for options in ({"fraction": 0.0}, {"keep": 1.0}):
            np.testing.assert_allclose(drop(graph, guide, **options), product, rtol=1e-12)
        assert np.any(drop(graph, guide, fraction=0.3) == 0)
    assert np.abs(drop_false_negative(graph, guide) - drop_easy_negative(graph, guide)).max() > product.max() / 20


# The weighted loss and its optimum.


@given(SEEDS, st.integers(1, 5), st.integers(1, 5), st.integers(1, 3))
def test_the_weighted_loss_from_its_definition(seed, n_left, n_right, k):
    rng = np.random.default_rng(seed)
    pairs, measure = PairGraph(rng.random((n_left, n_right)) + 1e-3), rng.random((n_left, n_right))
    f, g = rng.standard_normal((n_left, k)), rng.standard_normal((n_right, k))
    naive = 0.0
    for x in range(n_left):
        for caption in range(n_right):
            score = sum(f[x, j] * g[caption, j] for j in range(k))
            naive += -2 * pairs.joint[x, caption] * score + measure[x, caption] * score**2
    assert weighted_spectral_loss(pairs, measure, f, g) == pytest.approx(naive, rel=1e-10, abs=1e-12)
    product = np.outer(pairs.left_marginal, pairs.right_marginal)
    assert weighted_spectral_loss(pairs, product, f, g) == pytest.approx(spectral_loss(pairs, f, g), rel=1e-10)


@given(SEEDS, st.integers(1, 6), st.integers(1, 6))
def test_for_a_product_measure_the_optimum_is_exact(seed, n_left, n_right):
    rng = np.random.default_rng(seed)
    pairs, k = PairGraph(rng.random((n_left, n_right)) + 1e-3), int(rng.integers(1, min(n_left, n_right) + 1))
    left, right = rng.random(n_left) + 0.1, rng.random(n_right) + 0.1
    found = weighted_optimum(pairs, np.outer(left, right), k)
    values = np.linalg.svd(pairs.joint.toarray() / np.sqrt(np.outer(left, right)), compute_uv=False)[:k]
    assert found.exact
    assert found.loss == pytest.approx(-np.sum(values**2), rel=1e-10)
    reached = weighted_spectral_loss(pairs, np.outer(left, right), found.left, found.right)
    assert reached == pytest.approx(found.loss, rel=1e-9)


def test_for_the_marginals_it_is_theorem_2():
    graph, _ = world()
    pairs = graph.induced()
    found = weighted_optimum(pairs, np.outer(pairs.left_marginal, pairs.right_marginal), 4)
    assert found.loss == pytest.approx(-np.sum(spectrum(graph, 4).singular_values ** 4), rel=1e-12)
    for ours, theirs in zip((found.left, found.right), optimal_embeddings(pairs, 4), strict=True):
        np.testing.assert_allclose(ours @ np.linalg.pinv(ours), theirs @ np.linalg.pinv(theirs), atol=1e-8)


def gradient(pairs: PairGraph, measure: np.ndarray, found) -> float:
    f, g = (torch.tensor(side, requires_grad=True) for side in (found.left, found.right))
    joint, weights = torch.tensor(pairs.joint.toarray()), torch.tensor(measure)
    scores = f @ g.T
    (-2 * (joint * scores).sum() + (weights * scores**2).sum()).backward()
    return max(f.grad.abs().max().item(), g.grad.abs().max().item())


@pytest.mark.parametrize("seed", range(5))
def test_any_other_optimum_is_stationary_better_than_the_start_and_above_its_lower_end(seed):
    rng = np.random.default_rng(seed)
    pairs = PairGraph(rng.random((8, 7)) ** 3)
    measure = np.outer(pairs.left_marginal, pairs.right_marginal) * rng.uniform(0.5, 2, pairs.joint.shape)
    start = weighted_optimum(pairs, measure, 2, iterations=0)
    found = weighted_optimum(pairs, measure, 2, tol=1e-14, iterations=5_000)
    assert not start.converged
    assert found.converged
    assert not found.exact
    assert start.lower == found.lower < found.loss < start.loss
    assert found.loss == pytest.approx(weighted_spectral_loss(pairs, measure, found.left, found.right), rel=1e-12)
    assert gradient(pairs, measure, found) < 1e-6
    # Nothing that gradient descent finds from elsewhere lies below the interval.
    for trial in range(3):
        f, g = (torch.tensor(rng.standard_normal((n, 2)), requires_grad=True) for n in (8, 7))
        joint, weights = torch.tensor(pairs.joint.toarray()), torch.tensor(measure)
        optimizer = torch.optim.LBFGS([f, g], max_iter=500, line_search_fn="strong_wolfe")

        def closure(f=f, g=g, optimizer=optimizer, joint=joint, weights=weights):
            optimizer.zero_grad()
            loss = -2 * (joint * (f @ g.T)).sum() + (weights * (f @ g.T) ** 2).sum()
            loss.backward()
            return loss

        optimizer.step(closure)
        assert closure().item() >= found.lower, trial


def test_at_full_width_scores_of_p_over_q_are_the_optimum():
    rng = np.random.default_rng(1)
    pairs = PairGraph(rng.random((5, 4)))
    measure = rng.uniform(0.5, 2, (5, 4))
    found = weighted_optimum(pairs, measure, 4)
    assert found.loss == pytest.approx(found.lower, rel=1e-9)
    np.testing.assert_allclose(found.left @ found.right.T, pairs.joint.toarray() / measure, rtol=1e-4)


def test_the_second_lower_end_is_the_better_one_near_a_product():
    rng = np.random.default_rng(2)
    pairs = PairGraph(rng.random((8, 8)) ** 3)
    product = np.outer(pairs.left_marginal, pairs.right_marginal)
    found = weighted_optimum(pairs, product * rng.uniform(0.99, 1.01, (8, 8)), 2)
    assert found.lower <= found.loss
    assert found.loss - found.lower < 0.05 * abs(found.loss)
    assert -np.sum(pairs.joint.toarray() ** 2 / product) < 1.3 * found.lower


def test_a_measure_that_leaves_out_a_pair_is_unbounded():
    """A counterexample to masking a positive: the loss falls without end."""
    pairs, measure = PairGraph(np.eye(2)), np.array([[0.0, 0.5], [0.5, 0.5]])
    with pytest.raises(HypothesisError, match="leaves out pairs: the loss is unbounded below"):
        weighted_optimum(pairs, measure, 1)
    for size in (1e1, 1e2, 1e3):
        f = np.array([[size], [0.0]])
        assert weighted_spectral_loss(pairs, measure, f, f) == pytest.approx(-(size**2))


def test_the_least_loss_need_not_be_attained():
    """A counterexample to "the optimum under masked negatives": -1 is approached as a masked score grows."""
    pairs, measure = PairGraph([[0, 1], [1, 0]]), np.array([[0.5, 0.5], [0.5, 0.0]])
    for size in (1e-1, 1e-2, 1e-3):
        f = np.array([[size], [1 / size]])
        assert weighted_spectral_loss(pairs, measure, f, f) == pytest.approx(-1 + 0.5 * size**4, abs=1e-14)
    for pair, score in ((1e-1, 9.5), (1e-2, 99.5), (1e-3, 999.5)):
        near = PairGraph([[pair, 1], [1, 0]])
        found = weighted_optimum(near, measure, 1, tol=1e-14)
        assert found.loss == pytest.approx(found.lower, rel=1e-9)
        assert np.abs(found.left @ found.right.T).max() == pytest.approx(score, rel=0.01)
        kept = weighted_optimum(near, np.maximum(measure, 0.05), 1)
        assert kept.converged
        assert np.abs(kept.left @ kept.right.T).max() < 1.4


def test_both_negative_techniques_together():
    graph, guide = world()
    p = graph.left_marginal
    both = drop_negatives(graph, guide, hard=0.2, easy=0.3, keep=0.5)
    apart = [drop(graph, guide, fraction=f, keep=0.5) for drop, f in
             ((drop_false_negative, 0.2), (drop_easy_negative, 0.3))]  # fmt: skip
    ratio = both / (apart[0] * apart[1] / np.outer(p, p**2))
    np.testing.assert_allclose(ratio / ratio[:, :1], 1, rtol=1e-12)
    np.testing.assert_allclose(both.sum(axis=1), p, rtol=1e-12)
    for options, alone in (({"easy": 0.0}, drop_false_negative), ({"hard": 0.0}, drop_easy_negative)):
        expected = alone(graph, guide, keep=0.5)
        np.testing.assert_allclose(drop_negatives(graph, guide, keep=0.5, **options), expected, rtol=1e-12)


# What a rule does, in a table.


def test_effect_of_the_positive_techniques():
    graph, guide = world(2)
    for after in (add_new_positive(graph, guide), drop_false_positive(graph, guide)):
        table = resampling_effect(graph, Resampled(after), 5)
        assert table["stage"].tolist() == ["before", "after"]
        for row, one in zip(table.to_dict("records"), (graph, after), strict=True):
            known = spectrum(one, 6)
            assert row["induced_labelling_error"] == induced_labelling_error(one)
            assert row["next_singular_value"] == pytest.approx(known.singular_values[5], abs=1e-12)
            assert row["bound"] == BOUNDS["probe-error"](one, known, 5)
            assert row["multihop_bound"] == BOUNDS["multihop-error"](one, known, 5)
            assert row["local_multihop_bound"] == BOUNDS["local-multihop-error"](one, known, 5)
            assert row["probe_error"] <= row["trained_bound"] <= 1 + 1e-9
            assert row["probe_error"] == probe(one, optimal_embeddings(one, 5)[0]).error <= row["multihop_bound"]
            assert [row[f"second_eigenvalue_{c}"] for c in range(3)] == class_second_eigenvalues(one).tolist()
        assert table["induced_labelling_error"].nunique() == 2


@pytest.mark.parametrize("drop", [drop_false_negative, drop_easy_negative, drop_negatives])
def test_effect_of_the_negative_techniques(drop):
    graph, guide = world(3)
    pairs = graph.induced()
    found = weighted_optimum(pairs, drop(graph, guide, keep=0.5), 5)
    before, after = resampling_effect(graph, Resampled(graph, found), 5).to_dict("records")
    changed = {name for name in before if before[name] != after[name]}
    assert {"stage", "bound", "multihop_bound"} <= changed
    assert changed <= {"stage", *(name for name in before if name.endswith("bound")), "probe_error"}
    assert math.isnan(after["local_multihop_bound"])  # theorem 16 is of the optimum of a graph
    assert after["probe_error"] <= after["trained_bound"]
    assert after["probe_error"] == pytest.approx(probe(graph, found.left).error)
    assert after["probe_error"] <= after["multihop_bound"] <= after["bound"]


@pytest.mark.parametrize("seed", range(4))
def test_the_bounds_of_a_negative_technique_that_drops_nothing_are_those_before(seed):
    """Else a rule would look worse than none by the mere change of theorem."""
    graph, guide = world(seed)
    unchanged = weighted_optimum(graph.induced(), drop_false_negative(graph, guide, keep=1.0), 5)
    before, after = resampling_effect(graph, Resampled(graph, unchanged), 5).to_dict("records")
    for bound in ("bound", "multihop_bound", "trained_bound"):
        assert after[bound] == pytest.approx(before[bound], rel=1e-4)
        assert after[bound] >= before[bound] * (1 - 1e-12)


@given(labelled_graphs(), st.data())
def test_the_bounds_of_any_embedding_hold(graph, data):
    k = data.draw(st.integers(1, min(graph.joint.shape)))
    away = np.random.default_rng(data.draw(SEEDS)).standard_normal((graph.n_left, k))
    near = optimal_embeddings(graph, k)[0] + data.draw(st.sampled_from([0.0, 1e-3, 1e-1, 10.0])) * away
    after = resampling_effect(graph, Resampled(graph, WeightedOptimum(near, near, 0, 0, True)), k).iloc[1]
    assert after["probe_error"] <= min(after[name] for name in ("bound", "multihop_bound", "trained_bound")) + 1e-9


def test_without_a_gap_the_bound_on_another_embedding_is_infinite():
    graph = PairGraph(np.eye(4), [0, 0, 1, 1])
    found = weighted_optimum(graph.induced(), drop_easy_negative(graph, guide_of(graph)), 2)
    assert resampling_effect(graph, Resampled(graph, found), 2)["bound"].tolist() == [math.inf, math.inf]


def test_the_effects_of_all_techniques_by_all_guides():
    graph, guide = world(1)
    guides = {"captions": guide, "random": guide_of(graph)}
    table = resampling_effects(graph, guides, 4).set_index(["guide", "rule"])
    assert table.index.tolist() == [(name, rule) for name in guides for rule in RULES]
    assert table["converged"].all()
    for (name, rule), row in table.iterrows():
        before, after = resampling_effect(graph, RULES[rule](graph, guides[name], 4), 4).to_dict("records")
        for stage, facts in (("before", before), ("after", after)):
            for quantity in ("induced_labelling_error", "next_singular_value", "bound", "multihop_bound"):
                assert row[f"{quantity}_{stage}"] == facts[quantity]
            inside = [facts[f"second_eigenvalue_{c}"] for c in range(3)]
            assert row[f"largest_second_eigenvalue_{stage}"] == max(inside)
            assert row[f"probe_error_{stage}"] <= row[f"multihop_bound_{stage}"]
    assert table["multihop_bound_after"].nunique() == 2 * len(RULES)


# Guides, and what is refused.


def test_a_guide_is_an_embedding_or_a_function():
    graph, guide = world()
    compare = function(similarities(guide))
    for operation in (add_new_positive, drop_false_positive):
        ours, theirs = operation(graph, guide), operation(graph, compare)
        np.testing.assert_allclose(ours.joint.toarray(), theirs.joint.toarray(), atol=1e-14)
        tensor = operation(graph, torch.tensor(guide))
        assert np.array_equal(ours.joint.toarray(), tensor.joint.toarray())
    np.testing.assert_allclose(drop_easy_negative(graph, guide), drop_easy_negative(graph, compare), atol=1e-15)
    assert guide_graph(graph, np.zeros((graph.n_left, 2))).n_right == graph.n_left - 1  # all alike: a star


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda g, e: guide_graph(g, e, count=0), r"count=0 is not in 1\.\.3"),
        (lambda g, e: guide_graph(g, e, count=4), r"count=4 is not in 1\.\.3"),
        (lambda g, e: guide_graph(g, e, count=True), "count=True"),
        (lambda g, e: guide_graph(g, e, floor=math.nan), "floor is not a number"),
        (lambda g, e: guide_graph(g, e[:2]), r"guide has shape \(2, 2\): this graph takes \(4, k\)"),
        (lambda g, e: guide_graph(g, lambda rows, columns: np.ones(3)), r"guide returned shape \(3,\), 0 values not"),
        (lambda g, e: guide_graph(g, lambda rows, columns: np.full((4, 4), np.nan)), "16 values not finite: give"),
        (lambda g, e: add_new_positive(g, e, weight=-1), r"weight=-1 is not in \[0, inf\)"),
        (lambda g, e: add_new_positive(g, e, weight=math.nan), "weight=nan"),
        (lambda g, e: drop_false_positive(g, e, fraction=1), r"fraction=1 is not in \[0, 1\)"),
        (lambda g, e: drop_false_negative(g, e, fraction=math.nan), "fraction=nan"),
        (lambda g, e: drop_easy_negative(g, e, keep=1.5), r"keep=1.5 is not in \[0, 1\]"),
        (lambda g, e: weighted_optimum(g, np.ones((3, 4)), 1), r"measure has shape \(3, 4\): give finite non-negative"),
        (lambda g, e: weighted_optimum(g, -np.ones((4, 4)), 1), "measure has shape"),
        (lambda g, e: weighted_optimum(g, np.ones((4, 4)), 5), r"k=5 is not in 1\.\.4"),
        (lambda g, e: weighted_spectral_loss(g, np.ones((4, 4)), e, e[:2]), r"g has shape \(2, 2\)"),
        (lambda g, e: resampling_effect(PairGraph(g.joint), Resampled(g), 2), "the graph has no left labels"),
        (
            lambda g, e: resampling_effect(g, Resampled(g, weighted_optimum(g, np.ones((4, 4)), 1)), 2),
            "f has width 1 and k is 2",
        ),
    ],
)
def test_bad_input(call, message):
    graph = PairGraph(np.random.default_rng(0).random((4, 4)), [0, 0, 1, 1])
    with pytest.raises(ValueError, match=message) as error:
        call(graph, np.random.default_rng(1).standard_normal((4, 2)))
    assert "\n" not in str(error.value)

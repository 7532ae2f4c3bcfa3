import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairbounds import (
    BOUNDS,
    HypothesisError,
    LatentWorld,
    PairGraph,
    class_second_eigenvalues,
    induced_labelling_error,
    optimal_embeddings,
    probe,
    spectrum,
)
from pairbounds.theory.resampling import graph_rules as module
from pairbounds.theory.resampling.effects import CLAIMS, RULES, Resampled, resampling_effects
from pairbounds.theory.resampling.graph_rules import (
    add_new_positive,
    drop_easy_negative,
    drop_false_negative,
    drop_false_positive,
    drop_negatives,
    guide_graph,
)
from pairbounds.theory.resampling.optimum import WeightedOptimum, weighted_optimum
from tests.families import ANY_RNG, ANY_SEED
from tests.theory.test_consistency import labelled_graphs


def similarities(guide: np.ndarray) -> np.ndarray:
    unit = guide / np.linalg.norm(guide, axis=1, keepdims=True)
    return (unit @ unit.T).round(12)


def guide_of(graph: PairGraph, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((graph.n_left, 3))


def guide_with(graph: PairGraph, ties: bool) -> np.ndarray:
    """Random, or the labels': similarities are exactly 1 and 0."""
    return np.eye(10)[graph.left_labels] if ties else guide_of(graph)


def world(seed: int = 0) -> tuple[PairGraph, np.ndarray]:
    """Augmentations, and the embedding of the same images that their captions make."""
    latent = LatentWorld(n_classes=3, n_styles=2, n_positions=4, seed=seed)
    guide, _ = optimal_embeddings(latent.caption_graph(0.05, 0.3), 4)
    return latent.augmentation_graph(2), guide


def nodes(graph: PairGraph) -> range:
    return range(graph.n_left)


# AddNewPositive: the guide's pairs, and the mixture.


def naive_guide_pairs(graph: PairGraph, similarity: np.ndarray) -> np.ndarray:
    """The induced pairs of the guide's graph: draw x, one of its edges evenly, then an end of it by its mass."""
    nearest = np.argmax(similarity - 3 * np.eye(graph.n_left), axis=1)
    edges = {tuple(sorted(pair)) for pair in enumerate(nearest.tolist())}
    is_end = np.array([[x in edge for edge in edges] for x in nodes(graph)])
    mass = graph.left_marginal[:, None] * is_end / is_end.sum(axis=1, keepdims=True)
    return mass / mass.sum(axis=0) @ mass.T


@pytest.mark.parametrize("block", [module.BLOCK, 20])
@given(labelled_graphs().filter(lambda graph: graph.n_left > 1), st.booleans())
def test_the_guides_pairs_from_their_definition(block, graph, ties):
    guide = guide_with(graph, ties)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BLOCK", block)
        guided = guide_graph(graph, guide)
    expected = naive_guide_pairs(graph, similarities(guide))
    np.testing.assert_allclose(guided.induced().joint.toarray(), expected, atol=1e-15)
    assert np.array_equal(guided.left_labels, graph.left_labels)


@given(labelled_graphs().filter(lambda graph: graph.n_left > 1))
def test_new_positives_are_a_mixture(graph):
    guided = guide_graph(graph, guide_of(graph))
    after = add_new_positive(graph, guide_of(graph))
    before, added = (each_graph.induced().joint.toarray() for each_graph in (graph, guided))
    expected = (before + added) / 2
    np.testing.assert_allclose(after.induced().joint.toarray(), expected, atol=1e-15)


# DropFalsePositive.


def naive_pair_similarity(graph: PairGraph, similarity: np.ndarray) -> np.ndarray:
    is_other = 1 - np.eye(graph.n_left)
    total, mass = (similarity * is_other) @ graph.joint.toarray(), is_other @ graph.joint.toarray()
    return np.where(mass > 0, total / np.where(mass > 0, mass, 1), 1.0).round(12)  # alone, as similar as to itself


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


@given(labelled_graphs(), st.floats(0, 1), st.booleans())
def test_dropped_positives_from_their_definition(graph, part, ties):
    guide, joint = guide_with(graph, ties), graph.joint.toarray()
    score = np.where(joint > 0, naive_pair_similarity(graph, similarities(guide)), -2)
    fraction = part * max(0.0, 1 - sum(joint[x, np.argmax(score[x])] for x in nodes(graph)))
    after = drop_false_positive(graph, guide, fraction=fraction)
    result = np.zeros(joint.shape)
    result[:, np.searchsorted(graph.right_ids, after.right_ids)] = after.joint.toarray()
    np.testing.assert_allclose(result, naive_drop_pairs(graph, similarities(guide), fraction), atol=1e-13)
    assert np.array_equal(after.left_labels, graph.left_labels)


# The negative rules: the measure.


def naive_measure(graph: PairGraph, similarity: np.ndarray, fraction: float, keep: float, sign: int) -> np.ndarray:
    induced, p = graph.induced().joint.toarray(), graph.left_marginal
    measure = np.zeros((graph.n_left, graph.n_left))
    for x in nodes(graph):
        true = np.flatnonzero(induced[x] == 0)
        left, masses = fraction * p[true].sum(), p.copy()
        for other in true[np.argsort(-sign * similarity[x, true], kind="stable")]:
            gone = min(left, p[other])
            masses[other] -= (1 - keep) * gone
            left -= gone
        measure[x] = p[x] * masses / masses.sum()
    return measure


@given(labelled_graphs(), st.floats(0, 0.99), st.sampled_from([0.0, 0.3, 1.0]), st.booleans())
def test_measures_from_their_definition(graph, fraction, keep, ties):
    guide = guide_with(graph, ties)
    for drop, sign in ((drop_false_negative, 1), (drop_easy_negative, -1)):
        result = drop(graph, guide, fraction=fraction, keep=keep)
        expected = naive_measure(graph, similarities(guide), fraction, keep, sign)
        np.testing.assert_allclose(result, expected, atol=1e-14)
    first, second = (drop(graph, guide, keep=0.5) for drop in (drop_false_negative, drop_easy_negative))
    weights = first * second / graph.left_marginal
    both = graph.left_marginal[:, None] * weights / weights.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(drop_negatives(graph, guide, keep=0.5), both, rtol=1e-12)


# The weighted loss and its optimum.


@given(ANY_RNG, st.integers(1, 6), st.integers(1, 6))
def test_for_a_product_measure_the_optimum_is_exact(rng, n_left, n_right):
    pairs, k = PairGraph(rng.random((n_left, n_right)) + 1e-3), int(rng.integers(1, min(n_left, n_right) + 1))
    left, right = rng.random(n_left) + 0.1, rng.random(n_right) + 0.1
    result = weighted_optimum(pairs, np.outer(left, right), k)
    values = np.linalg.svd(pairs.joint.toarray() / np.sqrt(np.outer(left, right)), compute_uv=False)[:k]
    assert result.loss == pytest.approx(-np.sum(values**2), rel=1e-10)
    reached = weighted_loss(pairs, np.outer(left, right), result.left, result.right)
    assert reached == pytest.approx(result.loss, rel=1e-9)


def weighted_loss(pairs: PairGraph, measure: np.ndarray, f: np.ndarray, g: np.ndarray) -> float:
    return -2 * np.sum(pairs.joint.toarray() * (f @ g.T)) + np.sum(measure * (f @ g.T) ** 2)


def gradient(pairs: PairGraph, measure: np.ndarray, result: WeightedOptimum) -> float:
    """The largest entry, in size, of that of the loss over 4."""
    slope = measure * (result.left @ result.right.T) - pairs.joint.toarray()
    return max(np.abs(slope @ result.right).max(), np.abs(slope.T @ result.left).max())


@pytest.mark.parametrize("seed", range(3))
def test_any_other_optimum_is_stationary_and_better_than_the_start(seed):
    rng = np.random.default_rng(seed)
    pairs = PairGraph(rng.random((8, 7)) ** 3)
    measure = np.outer(pairs.left_marginal, pairs.right_marginal) * rng.uniform(0.5, 2, pairs.joint.shape)
    start = weighted_optimum(pairs, measure, 2, iterations=0)
    result = weighted_optimum(pairs, measure, 2, tol=1e-14, iterations=5_000)
    assert not start.converged
    assert result.converged
    assert result.loss < start.loss
    assert result.loss == pytest.approx(weighted_loss(pairs, measure, result.left, result.right), rel=1e-12)
    assert gradient(pairs, measure, result) < 2.5e-7


def test_a_measure_that_leaves_out_a_pair_is_unbounded():
    """Masking a positive lets the loss fall without end."""
    with pytest.raises(HypothesisError, match="is 0 on some pairs, so the loss is unbounded"):
        weighted_optimum(PairGraph(np.eye(2)), np.array([[0.0, 0.5], [0.5, 0.5]]), 1)


# What a rule does, in a table.


def effect(graph: PairGraph, after: Resampled, k: int) -> dict[str, float]:
    """The row of a rule that makes this of the graph."""
    return resampling_effects(graph, {"none": None}, k, {"rule": lambda *_: after}).iloc[0].to_dict()


def test_effects_of_all_rules_by_all_guides():
    graph, guide = world(1)
    guides = {"captions": guide, "random": guide_of(graph)}
    table = resampling_effects(graph, guides, 4)
    assert table[["guide", "rule"]].to_numpy().tolist() == [[name, rule] for name in guides for rule in RULES]
    assert table["converged"].all()
    for facts in table.to_dict("records"):
        changed = RULES[facts["rule"]](graph, guides[facts["guide"]], 4)
        for stage, stage_graph, optimum in (("before", graph, None), ("after", changed.graph, changed.optimum)):
            row = {name.removesuffix(f"_{stage}"): value for name, value in facts.items() if name.endswith(stage)}
            triplets, best = (
                spectrum(stage_graph, 5),
                optimal_embeddings(stage_graph, 4)[0] if optimum is None else optimum.left,
            )
            assert row["induced_labelling_error"] == induced_labelling_error(stage_graph)
            assert row["next_singular_value"] == pytest.approx(triplets.singular_values[4], abs=1e-12)
            assert row["largest_second_eigenvalue"] == class_second_eigenvalues(stage_graph).max()
            assert row["probe_error"] == pytest.approx(probe(stage_graph, best).error)
            assert math.isnan(row["local_multihop_bound"]) == (optimum is not None)  # theorem 16 is of the optimum
            if optimum is None:
                for column, name in CLAIMS.items():
                    assert row[column] == BOUNDS[name](stage_graph, triplets, 4)


def test_the_bounds_of_a_negative_rule_that_drops_nothing_are_those_before():
    """Otherwise a rule would look worse only because another theorem applies."""
    graph, guide = world()
    unchanged = drop_false_negative(graph, guide, keep=1.0)
    row = effect(graph, Resampled(graph, weighted_optimum(graph.induced(), unchanged, 5)), 5)
    for bound in ("bound", "multihop_bound", "trained_bound"):
        assert row[f"{bound}_after"] == pytest.approx(row[f"{bound}_before"], rel=1e-4)
        assert row[f"{bound}_after"] >= row[f"{bound}_before"] * (1 - 1e-12)


@given(labelled_graphs(), st.data())
def test_the_bounds_of_any_embedding_hold(graph, data):
    k = data.draw(st.integers(1, min(graph.shape)))
    away = np.random.default_rng(data.draw(ANY_SEED)).standard_normal((graph.n_left, k))
    near = optimal_embeddings(graph, k)[0] + data.draw(st.sampled_from([0.0, 1e-3, 1e-1, 10.0])) * away
    row = effect(graph, Resampled(graph, WeightedOptimum(near, near, 0, True)), k)
    bounds = [row[f"{name}_after"] for name in ("bound", "multihop_bound", "trained_bound")]
    assert row["probe_error_after"] <= min(bounds) + 1e-9


# Guides, and what is refused.


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda g, e: guide_graph(g.part([0]), e[:1]), "the graph has a single left node"),
        (lambda g, e: drop_false_positive(g, e, fraction=1), r"fraction=1 is not in \[0, 1\)"),
        (lambda g, e: drop_false_positive(g, e, fraction=0.99), r"fraction=0.99 is too large: at most 0\.\d+ can"),
        (lambda g, e: drop_easy_negative(g, e, keep=1.5), r"keep=1.5 is not in \[0, 1\]"),
        (lambda g, e: weighted_optimum(g, np.ones((3, 4)), 1), r"measure has shape \(3, 4\): give finite non-negative"),
    ],
)
def test_bad_input(call, message):
    graph = PairGraph(np.random.default_rng(0).random((4, 4)), [0, 0, 1, 1])
    with pytest.raises(ValueError, match=message):
        call(graph, guide_of(graph))

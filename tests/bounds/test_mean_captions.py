"""Theorem 32 beside its formula written out."""

import math

import numpy as np
import pytest
from hypothesis import given
from scipy.special import rel_entr

from pairbounds import PairGraph, spectrum
from pairbounds.theory.bounds.measured import Encoder
from pairbounds.theory.bounds.theorem20_votes import critic_of
from pairbounds.theory.bounds.theorem32_mean_captions import mean_captions
from tests.families import ANY_SEED, row_of

NAME = "mean-caption"


def random_case(seed):
    """A graph with labels on both sides, and a critic that is the exact one, moved a little."""
    rng = np.random.default_rng(seed)
    n_left, n_right = rng.integers(2, 6), rng.integers(2, 7)
    joint = rng.random((n_left, n_right)) ** 3 + 0.01
    graph = PairGraph(joint, rng.integers(3, size=n_left), rng.integers(3, size=n_right))
    exact = np.log(graph.joint.toarray() / np.outer(graph.left_marginal, graph.right_marginal))
    noise = rng.standard_normal(exact.shape) * 10 ** rng.uniform(-3, 0.5)
    return graph, (exact + noise, np.eye(n_right))


def written_out(graph, f, g):
    """The error, the costs and the excess loss, by loops."""
    joint, right = graph.joint.toarray(), graph.right_marginal
    error, costs, excess = 0.0, [], 0.0
    classes = np.unique(graph.right_labels)
    inside = {c: graph.right_labels == c for c in classes}
    means = {c: right[inside[c]] @ g[inside[c]] / right[inside[c]].sum() for c in classes}
    for x, label in enumerate(graph.left_labels):
        model = right * np.exp(f[x] @ g.T)
        true = joint[x] / joint[x].sum()
        excess += joint[x].sum() * rel_entr(true, model / model.sum()).sum()
        if label not in classes:
            error, costs = error + joint[x].sum(), [*costs, 0.0]
            continue
        score = {c: f[x] @ means[c] + math.log(right[inside[c]].sum()) for c in classes}
        spread = {c: math.log(model[inside[c]].sum()) - score[c] for c in classes}
        w = {c: true[inside[c]].sum() for c in classes}
        error += joint[x].sum() * any(score[c] >= score[label] for c in classes if c != label)
        class_costs = [math.inf]
        for c in classes[classes != label]:
            total, t = w[label] + w[c], 1 / (1 + math.exp(spread[label] - spread[c]))
            u = w[c] / total if total > 0 else 1.0
            class_costs.append(total * (rel_entr(u, t) + rel_entr(1 - u, 1 - t)) if u < t else 0.0)
        costs.append(min(class_costs))
    return error, np.array(costs), excess


@given(ANY_SEED)
def test_the_bound_is_its_formula_and_holds(seed):
    graph, critic = random_case(seed)
    error, costs, excess = written_out(graph, *critic)
    encoder = Encoder.critic(graph, spectrum(graph, 1), critic)
    assert mean_captions(encoder).costs == pytest.approx(costs, rel=1e-6, abs=1e-9)
    row = row_of(NAME, graph, 1, critic=critic)
    assert row["measured"] == pytest.approx(error)
    assert row["holds"]
    assert critic_of(encoder).excess[0] == pytest.approx(excess, abs=1e-9)
    wrong = mean_captions(encoder).wrong
    assert graph.left_marginal[wrong] @ costs[wrong] <= excess + 1e-9  # the proof's step


def test_scores_too_far_apart_for_their_exponentials():
    graph = PairGraph([[3, 1], [1, 3]], [0, 1], [0, 1])
    row = row_of(NAME, graph, 1, critic=(np.diag([900.0, 900.0]), np.eye(2)))
    assert row["holds"]
    assert np.isfinite(row["value"])

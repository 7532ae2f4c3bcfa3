"""Votes of a critic against sums over all walks, and theorem 20 on critics of every size."""

import math

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairbounds import HypothesisError, PairGraph, check_bounds, spectrum
from pairbounds.theory.bounds.measured import Encoder
from pairbounds.theory.bounds.theorem20_votes import Critic, least_divergence, most_error, pair_votes, zero_shot_vote
from pairbounds.theory.quantities import population_infonce
from pairbounds.theory.quantities.population_infonce import infonce_directions, mutual_information
from pairbounds.theory.quantities.scores import UNITS
from tests.families import ANY_RNG, GRAPHS, embeddings, family_graph, require_all_hold

NAMES = ("zero-shot-vote", "zero-shot-vote-by-node", "vote", "vote-by-node", "vote-of-others")
SURELY_NOT = -1e4  # a score whose exponential is 0


def random_critic(graph: PairGraph, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Unrelated to the graph, or the exact one with noise of any size, zeros where it has minus infinity."""
    if rng.random() < 0.3:
        width, size = int(rng.integers(1, 9)), 10 ** rng.uniform(-2, 3)
        return size * rng.standard_normal((graph.n_left, width)), rng.standard_normal((graph.n_right, width))
    noise = 10 ** rng.uniform(-6, 0) * rng.standard_normal(graph.shape)
    return exact_scores(graph) + noise, np.eye(graph.n_right)


def exact_scores(graph: PairGraph) -> np.ndarray:
    """Pointwise mutual information, which no pair of weight 0 can have."""
    ratio = graph.joint.toarray() / graph.left_marginal[:, None] / graph.right_marginal
    return np.where(ratio > 0, np.log(np.where(ratio > 0, ratio, 1)), SURELY_NOT)


def encoder_of(graph: PairGraph, critic) -> Encoder:
    return Encoder.critic(graph, spectrum(graph, 1), critic)


def naive_conditionals(graph, critic):
    """`p_s(l | x)` and `p_s(x | l)`, dense, of scores small enough for their exponentials."""
    weights = np.outer(graph.left_marginal, graph.right_marginal) * np.exp(critic[0] @ critic[1].T)
    return weights / weights.sum(axis=1, keepdims=True), weights / weights.sum(axis=0, keepdims=True)


def naive_error(graph, step, labels, itself=True):
    """0-1 error of the vote of the nodes that a step, (n_left, n), leads to."""
    classes = np.union1d(labels, graph.left_labels)
    is_class = graph.left_labels[:, None] == classes
    shares = (step if itself else step - np.diag(np.diag(step))) @ (labels[:, None] == classes)
    return graph.left_marginal @ (np.where(is_class, -np.inf, shares).max(axis=1) >= shares[is_class] - 1e-12)


@pytest.mark.parametrize("block", [population_infonce.BLOCK, 20])
@pytest.mark.parametrize("family", GRAPHS)
def test_votes_from_their_definition_and_the_excess_is_a_divergence(family, block, monkeypatch):
    monkeypatch.setattr(population_infonce, "BLOCK", block)
    graph = family_graph(family, size=12)
    critic = embeddings(graph, 3)
    forward, backward = naive_conditionals(graph, critic)
    encoder, hop = encoder_of(graph, critic), forward @ backward.T
    assert zero_shot_vote(encoder).error == pytest.approx(naive_error(graph, forward, graph.right_labels))
    everybody, leave_one_out = pair_votes(encoder)
    assert everybody.error == pytest.approx(naive_error(graph, hop, graph.left_labels))
    assert leave_one_out.error == pytest.approx(naive_error(graph, hop, graph.left_labels, itself=False))
    result, joint = Critic(graph, *critic).excess, graph.joint.toarray()
    for side, model, excess in zip((1, 0), (forward, backward), result, strict=True):
        ratio, paired = joint / joint.sum(axis=side, keepdims=True) / model, joint > 0
        naive = joint[paired] @ np.log(ratio[paired])
        assert naive <= excess + 1e-15
        assert excess == pytest.approx(naive, abs=1e-10)
    directions = infonce_directions(graph, *critic)
    assert result == pytest.approx([loss + mutual_information(graph) for loss in directions], abs=1e-10)


@given(st.sampled_from(list(GRAPHS)), ANY_RNG)
def test_no_critic_errs_more_than_theorem_20_allows(family, rng):
    graph = GRAPHS[family](rng, int(rng.integers(6, 24)))
    critic = random_critic(graph, rng)
    table = check_bounds(graph, 1, critic=critic, bounds=NAMES).set_index("bound")
    require_all_hold(table)
    for name in ("zero-shot-vote", "vote"):
        assert table.loc[f"{name}-by-node", "value"] <= table.loc[name, "value"] + 1e-6  # by Jensen's inequality


@given(st.floats(0, 1), st.floats(0, 5))
def test_the_error_that_a_divergence_allows(disagreement, divergence):
    error = most_error(disagreement, divergence)
    half = (divergence + UNITS) / 2
    assert error <= (math.sqrt(half) + math.sqrt(half + 2 * disagreement)) ** 2 + 1e-15
    grid = np.linspace(1e-3, 1, 500)
    allowed = grid[grid * least_divergence(disagreement / grid) <= divergence]
    assert error >= allowed.max(initial=0.0)
    if error < 1:  # a little more is too much
        beyond = error + 1e-6
        assert beyond * least_divergence(disagreement / beyond) > divergence


@pytest.mark.parametrize("family", GRAPHS)
def test_a_critic_that_ties_some_nodes_pays_their_costs_and_no_more(family):
    """So that the bound by node cannot be improved, but for the last node, which a budget pays for in part."""
    rng = np.random.default_rng(2)
    graph = GRAPHS[family](rng, 15)
    model = np.exp(exact_scores(graph)) * graph.right_marginal
    by_class = {c: graph.right_labels == c for c in {*graph.left_labels.tolist(), *graph.right_labels.tolist()}}
    tied, spent = [], 0.0
    for x, label in enumerate(graph.left_labels):
        shares = {c: model[x, captions].sum() for c, captions in by_class.items()}
        rival = max((c for c in by_class if c != label), key=shares.get, default=label)
        total = shares[label] + shares[rival]
        if rng.random() < 0.5 and 0 < shares[rival] < shares[label]:
            for c in (label, rival):
                model[x, by_class[c]] *= total / 2 / shares[c]
                spent += graph.left_marginal[x] * shares[c] * math.log(2 * shares[c] / total)
            tied.append(x)
    vote = zero_shot_vote(
        encoder_of(graph, (np.log(np.maximum(model, 1e-300) / graph.right_marginal), np.eye(graph.n_right)))
    )
    assert (vote.standing.winners != vote.classes)[tied].all()
    assert spent <= vote.divergence <= spent + 1e-7
    assert vote.error <= vote.most_by_node


def test_scores_that_overflow_raise():
    graph = PairGraph(np.eye(2) + 1, [0, 1], [0, 1])
    with pytest.raises(HypothesisError, match="scores of this critic overflow"):
        Critic(graph, np.full((2, 1), 1e200), np.full((2, 1), 1e200))
    table = check_bounds(graph, 1, critic=(np.full((2, 1), 1e200),) * 2, bounds=NAMES)
    assert not table["applicable"].any()


def test_a_lead_within_round_off_is_a_tie_with_its_cost():
    """Scores of a million are known to a billionth: the critic's lead of a trillionth is none."""
    graph = PairGraph(np.eye(2), [0, 1], [0, 1])
    scores = 1e6 + np.array([[1e-12, 0], [0, 1e-12]])
    vote = zero_shot_vote(encoder_of(graph, (scores, np.eye(2))))
    assert vote.error == vote.most == 1
    clearer = zero_shot_vote(encoder_of(graph, (scores + np.eye(2), np.eye(2))))
    assert clearer.error == 0
    critic = Critic(graph, 1e6 * np.eye(2), np.eye(2))  # that is exact: its budget is what round-off may do
    paid = zero_shot_vote(encoder_of(graph, (critic.left, critic.right))).divergence - critic.excess[0]
    assert paid == pytest.approx(graph.left_marginal @ (2 * critic.ahead(np.eye(2))[1]))
    assert paid > 1e-9


# Rounded outward: each allowance is many times what the arithmetic beside it loses on any processor.


@pytest.mark.parametrize("share", [2.0**-30, 0.125, 0.25, 0.375, 0.4375])
def test_the_least_divergence_is_below_the_exact_one_by_its_allowance(share):
    with mp.workdps(40):
        exact = mp.log(2) + share * mp.log(share) + (1 - share) * mp.log(1 - mp.mpf(share))
        below = float(exact - mp.mpf(float(least_divergence(share))))
    assert below == pytest.approx(UNITS, rel=0.2, abs=0)

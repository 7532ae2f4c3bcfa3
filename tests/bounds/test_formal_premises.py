"""Premises of the machine-checked statements, evaluated on what the code returns, on 200 graphs.

`ROWS` has the premises of every row with `formal=`, beside those of all: they are computed anew from dense matrices,
and have to hold wherever the row says something. Choices that no public function returns are left to the proof.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.polynomial.chebyshev import chebval, chebvander
from scipy.special import xlogy
from scipy.stats import binom

from pairbounds import BOUNDS, HypothesisError, spectrum
from pairbounds.theory.bounds.scoring import subject
from pairbounds.theory.bounds.theorem08_class_connectivity import least_gap
from pairbounds.theory.bounds.theorem11_cross_entropy import sphere
from pairbounds.theory.bounds.theorem20_votes import Vote, pair_votes, zero_shot_vote
from pairbounds.theory.bounds.theorem28_training_pairs import Noise, excess_of_counts
from pairbounds.theory.bounds.theorems import STATEMENTS
from pairbounds.theory.quantities import multihop
from pairbounds.theory.quantities.confidence import proportion_ends
from pairbounds.theory.quantities.local_multihop import Cut, LocalBound, local_multihop, within
from pairbounds.theory.quantities.margins import error_within, margins
from tests.families import ALL
from tests.theory.test_connectivity import naive_second_eigenvalue

HOPS, PENALTY, CLOSE = 3, 0.4, 1e-6


class Case:
    """A graph and a width, dense matrices of them, and what the code returns."""

    def __init__(self, seed: int) -> None:
        self.graph = graph = ALL[seed % len(ALL)](np.random.default_rng(seed), 6 + seed // 20 % 4)
        self.k = 1 + seed // 7 % min(4, *graph.joint.shape)
        self.triplets = spectrum(graph, min(self.k + 1, *graph.joint.shape))
        self.spectrum = self.triplets.leading(self.k + 1)
        self.joint = graph.joint.toarray()
        self.mass, self.right = self.joint.sum(1), self.joint.sum(0)
        self.induced = self.joint / self.right @ self.joint.T
        self.labels = np.equal.outer(graph.left_labels, np.unique(graph.left_labels)).astype(float)
        self.own = self.labels.argmax(1)
        values, vectors = np.linalg.eigh(self.induced / np.sqrt(np.outer(self.mass, self.mass)))
        self.values, self.vectors = np.clip(values[::-1], 0, 1), vectors[:, ::-1]
        self.energies = np.sum((self.vectors.T @ (np.sqrt(self.mass)[:, None] * self.labels)) ** 2, axis=1)
        self.squares = [*self.values[: self.k + 1], 0.0][: self.k + 1]  # of the first k + 1 singular values
        self.last = max(PENALTY**2, self.squares[-1])

    @cache  # noqa: B019
    def encoder(self, kind: str = "optimum"):
        given = tuple(np.random.default_rng(7).standard_normal((n, self.k)) for n in self.joint.shape)
        features, penalty = None if "optimum" in kind else given, PENALTY if "penal" in kind else None
        return subject(self.graph, self.spectrum, self.k, features, penalty)

    def value(self, name: str) -> float:
        """The value of a row; infinite where it says nothing, 0 where it has none."""
        if name in STATEMENTS:
            return 0.0
        claim = BOUNDS[name].in_hops(HOPS)
        try:
            return claim(self.graph, self.spectrum, self.k, self.encoder(claim.subject))
        except HypothesisError:
            return np.inf

    def consistent(self, rule: multihop.Rule, degree: int, off: float) -> bool:
        """`consistent_measure`, with the moments of Chebyshev polynomials."""
        nodes, weights = rule
        moments = (
            chebvander(2 * nodes - 1, degree).T @ weights - chebvander(2 * self.values - 1, degree).T @ self.energies
        )
        return min(weights.min(), nodes.min(), 1 - nodes.max(), -abs(moments).max()) > -off

    def masses(self, place: float, counts: Callable[..., Any] = np.less_equal) -> list[float]:
        """The masses up to a place of the label energy, and of consistent rules with a node there and elsewhere."""
        measure = multihop.label_measure(self.graph, HOPS)
        rules = [(self.values, self.energies), *(multihop.radau_rule(measure, node) for node in (place, 0.0, 0.3, 0.6))]
        return [float(w[counts(t, place)].sum()) for t, w in rules if self.consistent((t, w), 2 * HOPS, 1e-10)]


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return [Case(seed) for seed in range(200)]


def graph(case: Case) -> bool:
    """A record `graph`, and an eigenbasis of it; beyond the rank any vectors complete it."""
    rank, root = case.spectrum.rank, np.sqrt(case.mass)[:, None]
    top, values = case.spectrum.left[:, :rank], case.spectrum.singular_values[:rank] ** 2
    off = case.induced / root / root.T @ top - values * top, top.T @ top - np.eye(len(values)), case.joint.sum() - 1
    lengths = np.sum(case.triplets.left**2, axis=0), np.sum(case.triplets.right**2, axis=0)
    positive = case.joint.min() >= 0 and min(map(np.min, (case.right, case.mass, case.labels.sum(0)))) > 0
    return positive and np.allclose(lengths, 1) and max(*(np.max(abs(each)) for each in off), *np.diff(values)) < CLOSE


def minimiser(case: Case, kind: str = "optimum") -> bool:
    """The least loss of theorem 2, or of `penalised_optimum`, with the probe of least squares."""
    encoder, penalty = case.encoder(kind), PENALTY if "penal" in kind else 0.0
    f, g = encoder.left, encoder.both_sides
    loss = -2 * np.sum(case.joint * (f @ g.T)) + np.sum(np.outer(case.mass, case.right) * (f @ g.T) ** 2)
    loss += penalty * (case.mass @ np.sum(f**2, axis=1) + case.right @ np.sum(g**2, axis=1))
    least = -np.sum(np.maximum(0.0, np.sqrt(case.squares[:-1]) - penalty) ** 2)
    return abs(loss - least) < CLOSE and least_squares(case, kind)


def least_squares(case: Case, kind: str) -> bool:
    f, fitted = case.encoder(kind).left, case.encoder(kind).probe.coefficients
    return bool(abs(f.T @ (case.mass[:, None] * (f @ fitted - case.labels))).max() < CLOSE)


def top_embedding(case: Case) -> bool:
    kept = case.spectrum.left[:, : case.k] * (case.spectrum.singular_values[: case.k] > 0)
    spans = (kept, np.sqrt(case.mass)[:, None] * case.encoder().left)
    return bool(abs(np.subtract(*(each @ np.linalg.pinv(each, rcond=1e-9) for each in spans))).max() < CLOSE)


def votes(case: Case, found: LocalBound, kept: Any, cut: float) -> bool:
    """`q² <= P` up to the cut, `(1 - q)² <= P` where it keeps, and what the budget buys at these margins."""
    low, high, all_values = (2 * np.asarray(each) - 1 for each in (np.linspace(0, cut, 200), kept, case.values))
    q, p = found.filter, found.majorant
    room = min((chebval(low, p) - chebval(low, q) ** 2).min(), (chebval(high, p) - (1 - chebval(high, q)) ** 2).min())
    root = np.sqrt(case.mass)[:, None]
    scores = case.vectors * chebval(all_values, q) @ case.vectors.T @ (root * case.labels) / root
    bought = error_within(margins(scores, case.own), case.mass, chebval(all_values, p) @ case.energies)
    return room > -1e-12 * (1 + abs(p).sum()) and bought < found.error + CLOSE


def at_values(case: Case) -> bool:
    """Theorem 16 of the top-k embedding, which has no vector of the value 0."""
    found, kept = local_multihop(case.graph, case.spectrum, case.k, HOPS), np.array(case.squares[:-1])
    return top_embedding(case) and votes(case, found, kept[kept > 1e-12], case.squares[-1])


def on_interval(case: Case) -> bool:
    """The premise of `local_multihop_error_on_interval`, which no row has."""
    bound = local_multihop(case.graph, case.spectrum, case.k, HOPS)
    return votes(case, bound, np.linspace(case.squares[-2], 1, 200), case.squares[-1])


def at_penalty(case: Case) -> bool:
    width = 1 + int(np.sum(case.spectrum.singular_values[1 : case.k] > PENALTY))
    bound = within(case.graph, Cut.at_penalty(case.spectrum, case.k, width, PENALTY), HOPS)
    return votes(case, bound, np.linspace(max(PENALTY**2, case.squares[-2]), 1, 200), case.last)


def class_gap(case: Case) -> bool:
    """`gap <= (1 - the second value of the class of x) (1 - the leak of x)`."""
    seconds = [naive_second_eigenvalue(case.induced, inside > 0) for inside in case.labels.T]
    stays = np.sum(case.induced * (case.labels @ case.labels.T), axis=1) / case.mass
    return 0 < least_gap(case.graph) < np.min((1 - case.labels @ seconds) * stays) + CLOSE


def means_apart(case: Case, value: float) -> bool:
    """The right side at the largest `apart` that is allowed."""
    f, shares = case.encoder("encoder").left, case.mass[:, None] * case.labels / (case.mass @ case.labels)
    means = shares.T @ f
    spread = np.sum(shares * np.sum((f[:, None] - means) ** 2, axis=2), axis=0)
    apart = np.sum((means[:, None] - means) ** 2, axis=2) + np.diag(np.full(len(means), np.inf))
    return case.mass @ case.labels @ np.minimum(1, 4 * spread / apart.min(axis=1)) < value + CLOSE


def phi(share: Any) -> Any:
    below = np.minimum(share, 0.5)
    return np.log(2) + xlogy(below, below) + xlogy(1 - below, 1 - below)


def pays(case: Case, vote: Vote, shares: Any) -> bool:
    """Ties of the true shares cost as much at least, and what is paid for is at most either value."""
    nodes, others, paid = np.arange(len(shares)), shares.copy(), np.linspace(1e-3, 1, 300)
    own, others[nodes, vote.classes] = shares[nodes, vote.classes], -1
    total = np.maximum(1e-300, vote.own + vote.rival)
    cost = np.where(vote.rival < 0, np.inf, total * phi(np.abs(vote.rival) / total))
    most = paid[paid * phi(case.mass @ (1 - own) / paid) <= vote.divergence].max(initial=0)
    bought = error_within(np.sqrt(2 * np.maximum(0, cost)), case.mass, vote.divergence)
    ends = np.all(vote.own <= own) and np.all((vote.rival < 0) | (vote.rival >= others.max(axis=1)))
    return bool(ends) and bought < vote.most_by_node + CLOSE and most < vote.most + CLOSE


def all_votes(case: Case) -> bool:
    encoder, hops = case.encoder("critic"), case.induced / case.mass[:, None]
    classes = np.unique(np.r_[case.graph.left_labels, case.graph.right_labels])
    zero_shot = case.joint @ np.equal.outer(case.graph.right_labels, classes) / case.mass[:, None]
    shares = (zero_shot, hops @ case.labels, (hops - np.diag(np.diag(hops))) @ case.labels)
    return all(map(pays, [case] * 3, (zero_shot_vote(encoder), *pair_votes(encoder)), shares))


def proportions(_: Case) -> bool:
    """`proportion_ends`, of a level and of one that is shared by hops."""
    counts = np.arange(10)

    def off(level: float) -> float:
        low, high = proportion_ends(counts, 9, level)
        tails = binom.sf(counts - 1, 9, low)[low > 0], binom.cdf(counts, 9, high)[high < 1]
        return float(np.concatenate(tails).max() - (1 - level) / 2)

    return max(off(0.9), off(1 - 0.1 / HOPS)) < 1e-12


def rules(case: Case) -> bool:
    measure = multihop.label_measure(case.graph, HOPS)
    quadratures = (multihop.gauss_rule(measure), 2 * HOPS - 1), (multihop.radau_rule(measure, 0.0), 2 * HOPS)
    return all(case.consistent(rule, degree, CLOSE) for rule, degree in quadratures)


def counted_pairs(case: Case) -> bool:
    """`0 <= eta < gap` where the bound of counted pairs is finite."""
    counts = np.random.default_rng(1).multinomial(10**6, case.joint.ravel()).reshape(case.joint.shape)
    left, right = counts.sum(1) / 1e6 / case.mass, counts.sum(0) / 1e6 / case.right
    lost = (1 - np.outer(left, right))[np.outer(left > 0, right > 0)].max()
    gap = 1 - np.sqrt(case.squares[-1] / max(case.squares[-2], 1e-300))
    return not np.isfinite(excess_of_counts(case.graph, case.k, counts)) or lost < gap


def tails(case: Case) -> bool:
    bounds = [multihop.tail_at_most(case.graph, case.spectrum, j, HOPS) for j in range(1, case.k + 1)]
    return all(max(case.masses(place)) < most + CLOSE for place, most in zip(case.squares[1:], bounds, strict=True))


def tails_at(case: Case) -> bool:
    measure = multihop.label_measure(case.graph, HOPS)
    return all(max(case.masses(t)) < multihop.mass_up_to(measure, t) + CLOSE for t in (0.25, 0.81))


PREMISES: dict[str, Callable[[Case, float], Any]] = {
    "penalised_minimiser": lambda case, _: minimiser(case, "penalised optimum"),
    "probe": lambda case, _: least_squares(case, "encoder") and least_squares(case, "penalised encoder"),
    "gap": lambda case, _: case.squares[-1] < 1,
    "penalty_gap": lambda case, _: case.last < 1,
    "parts": lambda case, _: case.squares[-1] < case.squares[-2],
    "parts_or_zero": lambda case, _: case.squares[-1] < case.squares[-2] or case.squares[-2] < CLOSE,
    "some_part": lambda case, _: case.squares[-1] < case.squares[0],
    "some_gap": lambda case, _: any(
        case.squares[-1] < case.squares[j] > case.squares[j + 1] < 1 for j in range(case.k)
    ),
    "most": lambda case, value: max(case.masses(case.squares[-1])) < value + CLOSE,
    "half_most": lambda case, value: 2 * max(case.masses(case.squares[-1])) < value + CLOSE,
    "least": lambda case, value: value < min(case.masses(case.squares[-1], np.less)) + CLOSE,
    "penalised_most": lambda case, value: max(case.masses(case.last)) < value + CLOSE,
    "penalised_least": lambda case, value: value < min(case.masses(case.last, np.less)) + CLOSE,
    "two_nodes": lambda case, _: case.graph.n_left > 1,
    "classes_within": lambda case, _: case.labels.shape[1] <= case.k,
    "components": lambda case, _: np.sum(case.values > 1 - 1e-12) <= case.k,
    "on_sphere": lambda case, _: all(np.allclose(np.sum(f**2, axis=1), 1) for f in sphere(case.encoder("encoder"))),
    "full_rank": lambda case, _: all(np.linalg.matrix_rank(f) == case.k for f in case.encoder("encoder").features),
    "noise": lambda case, _: Noise.of(case.graph).operator_norm(100, 0.9) >= 0,
    "means_apart": means_apart,
}
OF_CASES = (graph, minimiser, top_embedding, at_values, at_penalty, class_gap, all_votes, proportions, rules)
OF_CASES += (counted_pairs, tails, tails_at)
PREMISES |= {each.__name__: lambda case, _, each=each: each(case) for each in OF_CASES}
ROWS = {
    "graph": "factorisation optimum excess-loss induced-labelling-error image-error class-leaks "
    "class-partition infonce-entropy mean-classifier-any infonce-by-range residual batch-collisions "
    "mixture-labelling-error mixture-spectrum classes-by-domains coarser-captions",
    "parts_or_zero": "mmcl-is-sscl",
    "minimiser": "imbalance-error",
    "minimiser gap": "probe-mse probe-error image-error-by-pairs zero-shot",
    "top_embedding gap": "sharp-probe-mse sharp-probe-error",
    "top_embedding": "sharp-probe-mse-below",
    "minimiser components gap": "counted-mse",
    "minimiser most": "multihop-mse",
    "minimiser half_most": "multihop-error",
    "minimiser least": "multihop-mse-below",
    "at_values": "local-multihop-error",
    "classes_within": "tail-by-connectivity",
    "two_nodes": "cheeger-below cheeger-above",
    "class_gap": "class-variance",
    "means_apart": "nearest-mean",
    "on_sphere": "cross-entropy-by-infonce cross-entropy-below infonce-by-uniformity",
    "probe some_gap": "near-optimal-error zero-shot-near-optimal",
    "probe some_part": "sharp-near-optimal-error",
    "probe some_part tails": "multihop-near-optimal-error",
    "probe": "trained-mse trained-error penalised-encoder-mse penalised-encoder-error",
    "probe parts": "trained-error-by-margins trained-mse-below",
    "probe tails_at": "multihop-penalised-encoder-mse penalised-encoder-mse-by-duality",
    "penalised_minimiser penalised_most": "penalised-mse",
    "penalised_minimiser penalised_least": "penalised-mse-below",
    "penalised_minimiser penalty_gap": "penalised-error",
    "penalised_minimiser at_penalty": "local-penalised-error",
    "all_votes": "zero-shot-vote zero-shot-vote-by-node vote vote-by-node vote-of-others",
    "full_rank": "induced-alignment pair-alignment",
    "proportions": "labelling-error-interval consistency-from-pairs",
    "penalised_minimiser proportions": "penalised-error-from-pairs",
    "rules": "ridge-mse",
    "counted_pairs": "error-from-pairs error-from-pairs-by-rank",
    "noise": "angle-from-pairs",
}
OF_ROW = {row: ["graph", *premises.split()] for premises, rows in ROWS.items() for row in rows.split()}


def test_every_machine_checked_row_names_its_premises():
    assert OF_ROW.keys() == {name for name, row in {**BOUNDS, **STATEMENTS}.items() if row.formal}


@pytest.mark.parametrize("row", OF_ROW)
def test_the_code_returns_what_the_statements_assume(row, cases):
    for seed, case in enumerate(cases):
        if np.isfinite(value := case.value(row)):
            assert not [each for each in OF_ROW[row] if not PREMISES[each](case, value)], seed


def test_theorem_16_is_not_about_all_of_the_interval_above_the_cut(cases):
    """A false form of the premise, though the number is right."""
    assert not all(map(on_interval, cases))

"""Premises of the machine-checked statements, evaluated on what the code returns, on 200 graphs.

`ROWS` has the premises of every machine-checked row, beside those of all: they are computed anew from dense matrices,
and have to hold wherever the row says something. Choices that no public function returns are left to the proof, and
the premises about moments, filters, votes and samples to the tests of these, which are named.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pairbounds import BOUNDS, HypothesisError, spectrum
from pairbounds.theory.bounds.scoring import subject
from pairbounds.theory.bounds.theorem11_cross_entropy import sphere
from pairbounds.theory.bounds.theorems import STATEMENTS
from pairbounds.theory.ledger.formal import machine_checked
from tests.families import ALL

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
        values = np.linalg.eigvalsh(self.induced / np.sqrt(np.outer(self.mass, self.mass)))
        self.values = np.clip(values[::-1], 0, 1)
        self.squares = [*self.values[: self.k + 1], 0.0][: self.k + 1]  # of the first k + 1 singular values

    @cache  # noqa: B019
    def encoder(self, kind: str = "optimum"):
        given = tuple(np.random.default_rng(7).standard_normal((n, self.k)) for n in self.joint.shape)
        features, penalty = None if "optimum" in kind else given, PENALTY if "penal" in kind else None
        return subject(self.graph, self.spectrum, self.k, features, penalty)

    def value(self, name: str) -> float:
        """The value of a row; infinite where it says nothing, 0 where it has none."""
        if name in STATEMENTS:
            return 0.0
        encoder = self.encoder(BOUNDS[name].subject)
        try:
            return BOUNDS[name](self.graph, self.spectrum, self.k, encoder, hops=HOPS)
        except HypothesisError:
            return np.inf


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


PREMISES: dict[str, Callable[[Case], Any]] = {
    "graph": graph,
    "minimiser": minimiser,
    "top_embedding": top_embedding,
    "penalised_minimiser": lambda case: minimiser(case, "penalised optimum"),
    "probe": lambda case: least_squares(case, "encoder") and least_squares(case, "penalised encoder"),
    "gap": lambda case: case.squares[-1] < 1,
    "penalty_gap": lambda case: max(PENALTY**2, case.squares[-1]) < 1,
    "parts": lambda case: case.squares[-1] < case.squares[-2],
    "parts_or_zero": lambda case: case.squares[-1] < case.squares[-2] or case.squares[-2] < CLOSE,
    "some_part": lambda case: case.squares[-1] < case.squares[0],
    "some_gap": lambda case: any(case.squares[-1] < case.squares[j] > case.squares[j + 1] < 1 for j in range(case.k)),
    "two_nodes": lambda case: case.graph.n_left > 1,
    "classes_within": lambda case: case.labels.shape[1] <= case.k,
    "components": lambda case: np.sum(case.values > 1 - 1e-12) <= case.k,
    "on_sphere": lambda case: all(np.allclose(np.sum(f**2, axis=1), 1) for f in sphere(case.encoder("encoder"))),
    "full_rank": lambda case: all(np.linalg.matrix_rank(f) == case.k for f in case.encoder("encoder").features),
}
ROWS = {
    "graph": "factorisation optimum excess-loss induced-labelling-error image-error class-leaks class-partition "
    "infonce-entropy mean-classifier-any infonce-by-range residual batch-collisions mixture-labelling-error "
    "mixture-spectrum classes-by-domains coarser-captions",
    "parts_or_zero": "mmcl-is-sscl",
    "minimiser": "imbalance-error",
    "minimiser gap": "probe-mse probe-error image-error-by-pairs zero-shot",
    "top_embedding gap": "sharp-probe-mse sharp-probe-error",
    "top_embedding": "sharp-probe-mse-below",
    "minimiser components gap": "counted-mse",
    "minimiser test_multihop": "multihop-mse multihop-error multihop-mse-below",
    "top_embedding test_local_multihop": "local-multihop-error",
    "classes_within": "tail-by-connectivity",
    "two_nodes": "cheeger-below cheeger-above",
    "test_connectivity": "class-variance",
    "test_theorem11": "nearest-mean",
    "on_sphere": "cross-entropy-by-infonce cross-entropy-below infonce-by-uniformity",
    "probe some_gap": "near-optimal-error zero-shot-near-optimal",
    "probe some_part": "sharp-near-optimal-error",
    "probe some_part test_multihop": "multihop-near-optimal-error",
    "probe": "trained-mse trained-error penalised-encoder-mse penalised-encoder-error",
    "probe parts": "trained-error-by-margins trained-mse-below",
    "probe test_multihop": "multihop-penalised-encoder-mse penalised-encoder-mse-by-duality",
    "penalised_minimiser test_multihop": "penalised-mse penalised-mse-below",
    "penalised_minimiser penalty_gap": "penalised-error",
    "penalised_minimiser test_local_multihop": "local-penalised-error",
    "test_votes": "zero-shot-vote zero-shot-vote-by-node vote vote-by-node vote-of-others",
    "full_rank": "induced-alignment pair-alignment",
    "test_confidence": "labelling-error-interval consistency-from-pairs",
    "penalised_minimiser test_confidence": "penalised-error-from-pairs",
    "test_ridge": "ridge-mse",
    "test_training_pairs": "error-from-pairs error-from-pairs-by-rank angle-from-pairs",
}
ELSEWHERE = {path.stem for path in Path(__file__).parents[1].glob("*/test_*.py")}
OF_ROW = {row: ["graph", *premises.split()] for premises, rows in ROWS.items() for row in rows.split()}


def test_every_machine_checked_row_names_its_premises():
    assert OF_ROW.keys() == {name for name, row in {**BOUNDS, **STATEMENTS}.items() if machine_checked(row)}


@pytest.mark.parametrize("row", OF_ROW)
def test_the_code_returns_what_the_statements_assume(row, cases):
    premises = [PREMISES[each] for each in OF_ROW[row] if each not in ELSEWHERE]
    for seed, case in enumerate(cases):
        if np.isfinite(case.value(row)):
            assert not [each for each in premises if not each(case)], seed

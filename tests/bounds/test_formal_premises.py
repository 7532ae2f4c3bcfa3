"""Premises of the machine-checked statements, evaluated on what the code returns, on 200 graphs.

`ROWS` has the premises of every machine-checked row. Hypotheses are computed anew from dense matrices, and have to hold
wherever the row says something. Choices that no public function returns are left to the proof, and the premises about
triplets, minimisers, probes, moments, filters, votes and samples to the tests of these, which are named.
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
from tests.families import ALL, embeddings

ORDER, PENALTY, CLOSE = 3, 0.4, 1e-6


class Case:
    """A graph and a width, its singular values by a dense decomposition, and what the code returns."""

    def __init__(self, seed: int) -> None:
        self.graph = graph = ALL[seed % len(ALL)](np.random.default_rng(seed), 6 + seed // 20 % 4)
        self.k = 1 + seed // 7 % min(4, *graph.shape)
        self.spectrum = spectrum(graph, min(self.k + 1, *graph.shape)).leading(self.k + 1)
        joint = graph.joint.toarray()
        values = np.linalg.svd(joint / np.sqrt(np.outer(joint.sum(1), joint.sum(0))), compute_uv=False)
        self.values = np.clip(values, 0, 1) ** 2
        self.squares = [*self.values[: self.k + 1], 0.0][: self.k + 1]  # of the first k + 1 singular values

    @cache  # noqa: B019
    def encoder(self, kind: str = "optimum"):
        features = None if "optimum" in kind else embeddings(self.graph, self.k, seed=7)
        penalty = PENALTY if "penal" in kind else None
        return subject(self.graph, self.spectrum, self.k, features, penalty)

    def value(self, name: str) -> float:
        """The value of a row; infinite where it says nothing, 0 where it has none."""
        if name in STATEMENTS:
            return 0.0
        encoder = self.encoder(BOUNDS[name].subject)
        try:
            return BOUNDS[name](self.graph, self.spectrum, self.k, encoder, order=ORDER)
        except HypothesisError:
            return np.inf


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return [Case(seed) for seed in range(200)]


PREMISES: dict[str, Callable[[Case], Any]] = {
    "gap": lambda case: case.squares[-1] < 1,
    "penalty_gap": lambda case: max(PENALTY**2, case.squares[-1]) < 1,
    "parts": lambda case: case.squares[-1] < case.squares[-2],
    "parts_or_zero": lambda case: case.squares[-1] < case.squares[-2] or case.squares[-2] < CLOSE,
    "some_part": lambda case: case.squares[-1] < case.squares[0],
    "some_gap": lambda case: any(case.squares[-1] < case.squares[j] > case.squares[j + 1] < 1 for j in range(case.k)),
    "two_nodes": lambda case: case.graph.n_left > 1,
    "classes_within": lambda case: len(np.unique(case.graph.left_labels)) <= case.k,
    "components": lambda case: np.sum(case.values > 1 - 1e-12) <= case.k,
    "on_sphere": lambda case: all(np.allclose(np.sum(f**2, axis=1), 1) for f in sphere(case.encoder("encoder"))),
    "full_rank": lambda case: all(np.linalg.matrix_rank(f) == case.k for f in case.encoder("encoder").features),
}
ROWS = {
    "test_spectra": "factorisation optimum excess-loss induced-labelling-error image-error class-leaks class-partition "
    "infonce-entropy mean-classifier-any infonce-by-range residual batch-collisions mixture-labelling-error "
    "mixture-spectrum classes-by-domains coarser-captions caption-vote-mse caption-vote-error",
    "parts_or_zero": "mmcl-is-sscl",
    "test_factorisation": "imbalance-error",
    "test_factorisation gap": "probe-mse probe-error image-error-by-pairs zero-shot",
    "test_spectra gap": "sharp-probe-mse sharp-probe-error",
    "test_spectra test_probes": "sharp-probe-mse-below",
    "test_factorisation components gap": "counted-mse",
    "test_factorisation test_multihop": "multihop-mse multihop-error multihop-mse-below",
    "test_spectra test_local_multihop": "local-multihop-error",
    "classes_within": "tail-by-connectivity probe-error-by-connectivity",
    "two_nodes": "cheeger-below cheeger-above",
    "test_connectivity": "class-variance",
    "test_theorem11": "nearest-mean",
    "on_sphere": "cross-entropy-by-infonce cross-entropy-below infonce-by-uniformity",
    "test_probes some_gap": "near-optimal-error zero-shot-near-optimal",
    "test_probes some_part": "sharp-near-optimal-error",
    "test_probes some_part test_multihop": "multihop-near-optimal-error",
    "test_probes": "trained-mse trained-error penalised-encoder-mse penalised-encoder-error",
    "test_probes parts": "trained-error-by-margins trained-mse-below",
    "test_probes test_multihop": "multihop-penalised-encoder-mse penalised-encoder-mse-by-duality",
    "test_penalty test_multihop": "penalised-mse penalised-mse-below",
    "test_penalty penalty_gap": "penalised-error",
    "test_penalty test_local_multihop": "local-penalised-error",
    "test_votes": "zero-shot-vote zero-shot-vote-by-node vote vote-by-node vote-of-others",
    "full_rank": "induced-alignment pair-alignment",
    "test_confidence": "labelling-error-interval consistency-from-pairs",
    "test_penalty test_confidence": "penalised-error-from-pairs",
    "test_ridge": "ridge-mse",
    "test_few_labels": "few-labels-mse few-labels-balanced-mse few-labels-error",
    "test_caption_noise": "noise-keeps-the-optimum noisy-consistency corrected-for-noise",
    "test_separation": "separation",
    "test_shift": "shifted-error",
    "test_prompts": "prompt-ensemble",
    "test_factorisation test_known_values": "known-values-mse known-values-error known-values-mse-below",
    "test_penalty test_known_values": "known-values-penalised-mse",
    "test_from_labels": "unbiased-probe-mse unbiased-balanced-probe-mse unbiased-probe-mse-without-replacement",
    "test_from_image_pairs": "from-image-pairs from-image-pairs-by-norms from-image-pairs-by-hops",
    "test_through_features": "through-features regularised-through-features",
    "test_training_pairs": "error-from-pairs error-from-pairs-by-rank angle-from-pairs",
}
ELSEWHERE = {path.stem for path in Path(__file__).parents[1].glob("*/test_*.py")}
OF_ROW = {row: set(premises.split()) for premises, rows in ROWS.items() for row in rows.split()}


def test_every_machine_checked_row_names_its_premises():
    assert OF_ROW.keys() == {name for name, row in {**BOUNDS, **STATEMENTS}.items() if machine_checked(row)}
    assert set.union(*OF_ROW.values()) <= PREMISES.keys() | ELSEWHERE


@pytest.mark.parametrize("row", [row for row, premises in OF_ROW.items() if premises & PREMISES.keys()])
def test_a_row_says_nothing_where_a_hypothesis_of_its_statement_fails(row, cases):
    hypotheses = [PREMISES[name] for name in OF_ROW[row] & PREMISES.keys()]
    for seed, case in enumerate(cases):
        if np.isfinite(case.value(row)):
            assert all(holds(case) for holds in hypotheses), seed

"""The measured side in fifty digits: what a refutation is confirmed with.

The weights of the graph, and an encoder's features, are taken as the exact numbers that their floats are. Small graphs
only: dense factorisations in software arithmetic, 0.2 s at 16 x 16 nodes.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple

import mpmath as mp
import numpy as np

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.theory.bounds.quantities import Features
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import required_labels
from pairbounds.theory.quantities.scores import score_noise
from pairbounds.theory.spectrum.triplets import Spectrum

DIGITS = 50


class PreciseSubject:
    """A graph, its factorisation and an embedding of width k in mpmath: an optimum, unless features are given.

    Of the spectral loss, or of that with a penalty. Make one and use it inside `mp.workdps(DIGITS)`; `measure` and
    `triplets` see to that themselves.
    """

    def __init__(
        self, graph: PairGraph, k: int, features: Features | None = None, penalty: float | None = None
    ) -> None:
        self.graph, self.k, self.penalty = graph, k, penalty
        with mp.workdps(DIGITS):
            weights = mp.matrix(graph.joint.toarray().tolist())
            total = mp.fsum(weights)
            self.joint = weights / total
            self.left_marginal = [mp.fsum(self.joint[i, :]) for i in range(graph.n_left)]
            self.right_marginal = [mp.fsum(self.joint[:, j]) for j in range(graph.n_right)]
            self._left_root = [mp.sqrt(p) for p in self.left_marginal]
            self._right_root = [mp.sqrt(p) for p in self.right_marginal]
            self.normalized = self.joint.copy()
            for i, row in enumerate(self._left_root):
                for j, column in enumerate(self._right_root):
                    self.normalized[i, j] /= row * column
            self.u, self.sigma, w_t = mp.svd_r(self.normalized)
            self.w = w_t.T
            self.left, self.right, self.basis = self._optimum() if features is None else self._encoder(features)

    def _optimum(self) -> tuple[Any, Any, Any]:
        # Beyond the rank, as double precision sees it, the columns are 0: nothing in them is part of the optimum.
        width = min(self.k, self.triplets(len(self.sigma)).rank)
        if self.penalty is not None:
            width = sum(value > self.penalty for value in self.sigma[:width])
        left, right = self.u[:, :width].copy(), self.w[:, :width].copy()
        for i, value in enumerate(self.sigma[:width]):
            if self.penalty is None:
                right[:, i] *= value
            else:
                left[:, i] *= mp.sqrt(value - self.penalty)
                right[:, i] *= mp.sqrt(value - self.penalty)
        return left, right, self.u[:, :width]

    def _encoder(self, features: Features) -> tuple[Any, Any, Any]:
        sides = [mp.matrix(side.tolist()) for side in features]
        for side, root in zip(sides, (self._left_root, self._right_root), strict=True):
            for i, weight in enumerate(root):
                side[i, :] *= weight
        u, s, _ = mp.svd_r(sides[0])
        # The rank that the least squares of `probe` sees in double precision.
        rank = sum(value > np.finfo(np.float64).eps * s[0] for value in s)
        return sides[0], sides[1], u[:, :rank]

    def triplets(self, k: int) -> Spectrum:
        """Exactly k triplets, rounded to double precision only now."""
        u, w = (np.array(side.tolist(), dtype=np.float64) for side in (self.u, self.w))
        sigma = np.array([min(1.0, float(value)) for value in self.sigma])
        residuals = np.full(len(sigma), np.finfo(np.float64).eps)
        return Spectrum(sigma, u, w, residuals, "mpmath").leading(k)

    def probe_scores(self) -> tuple[Any, FloatArray]:
        """Scores of the least-squares probe, (n_left, r), and their error in double precision, (n_left,)."""
        coefficients = self.basis.T * self._targets("left")
        return self._scores(self.basis, coefficients, _rounded(coefficients))

    def zero_shot_scores(self) -> tuple[Any, FloatArray]:
        """Scores against the prototypes, (n_left, r), and their error in double precision, (n_left,)."""
        targets = self._targets("right")
        lengths = (np.linalg.norm(_rounded(side), axis=0) for side in (self.right, targets))
        return self._scores(self.left, self.right.T * targets, np.outer(*lengths))

    def _scores(self, weighted: Any, coefficients: Any, sizes: FloatArray) -> tuple[Any, FloatArray]:
        scores = weighted * coefficients
        for i, root in enumerate(self._left_root):
            scores[i, :] /= root
        mass = np.array([float(p) for p in self.left_marginal])
        return scores, score_noise(_rounded(weighted) / np.sqrt(mass)[:, None], sizes, mass)

    def _targets(self, side: str) -> Any:
        labels, roots = self.labels(side), self._left_root if side == "left" else self._right_root
        targets = mp.zeros(len(labels), len(self.classes))
        for i, (label, root) in enumerate(zip(labels, roots, strict=True)):
            targets[i, int(label)] = root
        return targets

    @cached_property
    def classes(self) -> IntArray:
        """The classes present on either side, (r,), in rising order: labels may be of any size."""
        sides = (self.graph.left_labels, self.graph.right_labels)
        return np.unique(np.concatenate([y for y in sides if y is not None]))

    def labels(self, side: str) -> IntArray:
        """The class of each node of a side, by its place among `classes`."""
        return np.searchsorted(self.classes, required_labels(self.graph, side))


class Measured(NamedTuple):
    """A quantity in fifty digits, rounded: with ties counted as errors, and if no tie is an error."""

    value: float
    without_ties: float


def measure(quantity: str, subject: PreciseSubject) -> Measured | None:
    """A quantity in high precision, or `None` for one that is only known in double precision."""
    if quantity not in PRECISE:
        return None
    with mp.workdps(DIGITS):
        return PRECISE[quantity](subject)


def _smooth(value: Any) -> Measured:
    return Measured(float(value), float(value))


def _probe_mse(subject: PreciseSubject) -> Measured:
    (scores, _), labels = subject.probe_scores(), subject.labels("left")
    costs = []
    for i, (label, mass) in enumerate(zip(labels, subject.left_marginal, strict=True)):
        costs += [mass * (scores[i, c] - int(c == label)) ** 2 for c in range(len(subject.classes))]
    return _smooth(mp.fsum(costs))


def _rounded(matrix: Any) -> FloatArray:
    return np.array(matrix.tolist(), dtype=np.float64).reshape(matrix.rows, matrix.cols)


def _error(subject: PreciseSubject, scores: Any, noise: FloatArray, classes: list[int]) -> Measured:
    """The 0-1 error, a margin within the round-off of `quantities.probes` being a tie there and here."""
    labels = subject.labels("left")
    wrong, beaten = [], []
    for i, (label, mass, round_off) in enumerate(zip(labels, subject.left_marginal, noise, strict=True)):
        rivals = [scores[i, c] for c in classes if c != label]
        margin = scores[i, int(label)] - max(rivals, default=-mp.inf)
        wrong.append(mass * int(margin <= round_off))
        beaten.append(mass * int(margin < -round_off))
    return Measured(float(mp.fsum(wrong)), float(mp.fsum(beaten)))


def _spectral_loss(subject: PreciseSubject) -> Measured:
    attraction = subject.left.T * (subject.normalized * subject.right)
    grams = subject.left.T * subject.left, subject.right.T * subject.right
    width = attraction.rows
    repulsion = mp.fsum(grams[0][i, j] * grams[1][j, i] for i in range(width) for j in range(width))
    return _smooth(repulsion - 2 * mp.fsum(attraction[i, i] for i in range(width)))


def _induced_labelling_error(subject: PreciseSubject) -> Measured:
    labels = subject.labels("left")
    classes = [np.flatnonzero(labels == c).tolist() for c in range(len(subject.classes))]
    same = [
        mp.fsum(subject.joint[i, j] for i in nodes) ** 2 / mass
        for j, mass in enumerate(subject.right_marginal)
        for nodes in classes
    ]
    return _smooth(1 - mp.fsum(same))


PRECISE: dict[str, Callable[[PreciseSubject], Measured]] = {
    "probe_mse": _probe_mse,
    "probe_error": lambda subject: _error(subject, *subject.probe_scores(), np.unique(subject.labels("left")).tolist()),
    "zero_shot_error": lambda subject: _error(subject, *subject.zero_shot_scores(), list(range(len(subject.classes)))),
    "spectral_loss": _spectral_loss,
    "induced_labelling_error": _induced_labelling_error,
}

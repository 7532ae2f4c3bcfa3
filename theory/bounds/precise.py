"""Measured quantities in fifty digits, to confirm refutations on small graphs.

Weights and features count as exact numbers. Dense factorisations in software arithmetic: 0.2 s at 16 x 16 nodes.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple

import mpmath as mp
import numpy as np
import numpy.typing as npt

from pairbounds.infrastructure.arrays import EPS, FloatArray, IntArray
from pairbounds.theory.bounds.measured import Features
from pairbounds.theory.graph.classes import required_labels
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.quantities.scores import score_noise

DIGITS = 50
Precise = npt.NDArray[np.object_]  # of mpmath's numbers
_exact, _root = np.vectorize(mp.mpf, otypes=[object]), np.vectorize(mp.sqrt, otypes=[object])


class PreciseSubject:
    """Graph, its factorisation, and an embedding of width k: given features, or an optimum (penalised or not).

    Matrices are NumPy arrays of mpmath's numbers. Use it inside `mp.workdps(DIGITS)`, except for `measure` and
    `triplets`.
    """

    def __init__(
        self, graph: PairGraph, k: int, features: Features | None = None, penalty: float | None = None
    ) -> None:
        self.graph, self.k, self.penalty = graph, k, penalty
        with mp.workdps(DIGITS):
            weights = _exact(graph.joint.toarray())
            self.joint = weights / weights.sum()
            self.left_marginal, self.right_marginal = self.joint.sum(axis=1), self.joint.sum(axis=0)
            self._left_root, self._right_root = _root(self.left_marginal)[:, None], _root(self.right_marginal)[:, None]
            self.normalized = self.joint / self._left_root / self._right_root.T
            self.u, self.sigma, w_t = _factorised(self.normalized)
            self.w = w_t.T
            self.left, self.right, self.basis = self._optimum() if features is None else self._encoder(features)

    def _optimum(self) -> tuple[Precise, Precise, Precise]:
        # Columns beyond the rank, in double precision, are 0 and not part of the optimum.
        values = self.sigma[: min(self.k, self.triplets(len(self.sigma)).rank)]
        if self.penalty is not None:
            values = values[values > self.penalty]
        u, w = self.u[:, : len(values)], self.w[:, : len(values)]
        if self.penalty is None:
            return u, w * values, u
        roots = _root(values - self.penalty)
        return u * roots, w * roots, u

    def _encoder(self, features: Features) -> tuple[Precise, Precise, Precise]:
        left, right = _exact(features[0]) * self._left_root, _exact(features[1]) * self._right_root
        u, s, _ = _factorised(left)
        # The rank in the least squares of `probe`, in double precision
        return left, right, u[:, : np.count_nonzero(s > EPS * s[0])]

    def triplets(self, k: int) -> Spectrum:
        """Exactly k triplets, rounded to double precision."""
        u, sigma, w = (part.astype(np.float64) for part in (self.u, self.sigma, self.w))
        residuals = np.full(len(sigma), EPS)
        return Spectrum(np.minimum(1.0, sigma), u, w, residuals, "mpmath").leading(k)

    def probe_scores(self) -> tuple[Precise, FloatArray]:
        """Scores of the least-squares probe, (n_left, r), and their error in double precision, (n_left,)."""
        coefficients = self.basis.T @ self._targets("left")
        return self._scores(self.basis, coefficients, coefficients.astype(np.float64))

    def zero_shot_scores(self) -> tuple[Precise, FloatArray]:
        """Scores against the prototypes, (n_left, r), and their error in double precision, (n_left,)."""
        targets = self._targets("right")
        lengths = (np.linalg.norm(side.astype(np.float64), axis=0) for side in (self.right, targets))
        return self._scores(self.left, self.right.T @ targets, np.outer(*lengths))

    def _scores(self, weighted: Precise, coefficients: Precise, sizes: FloatArray) -> tuple[Precise, FloatArray]:
        mass, features = self.left_marginal.astype(np.float64), weighted.astype(np.float64)
        noise = score_noise(features / np.sqrt(mass)[:, None], sizes, mass)
        return weighted @ coefficients / self._left_root, noise

    def _targets(self, side: str) -> Precise:
        root = self._left_root if side == "left" else self._right_root
        return np.asarray(np.equal.outer(self.labels(side), np.arange(len(self.classes))) * root)

    @cached_property
    def classes(self) -> IntArray:
        """Classes present on either side, (r,), in increasing order."""
        sides = (self.graph.left_labels, self.graph.right_labels)
        return np.unique(np.concatenate([y for y in sides if y is not None]))

    def labels(self, side: str) -> IntArray:
        """Class of each node of a side, as an index of `classes`."""
        return np.searchsorted(self.classes, required_labels(self.graph, side))


def _factorised(matrix: Precise) -> tuple[Precise, Precise, Precise]:
    """Left vectors, singular values and transposed right vectors."""
    u, s, w_t = mp.svd_r(mp.matrix(matrix.tolist()))
    return np.array(u.tolist(), dtype=object), np.array(list(s), dtype=object), np.array(w_t.tolist(), dtype=object)


class Measured(NamedTuple):
    """Rounded quantity from fifty digits, with ties as errors and without."""

    value: float
    without_ties: float


def measure(quantity: str, subject: PreciseSubject) -> Measured | None:
    """Measure a quantity in high precision, or return `None` if it is only available in double precision."""
    if quantity not in PRECISE:
        return None
    with mp.workdps(DIGITS):
        return PRECISE[quantity](subject)


def _smooth(value: Any) -> Measured:
    return Measured(float(value), float(value))


def _probe_mse(subject: PreciseSubject) -> Measured:
    onehot = np.equal.outer(subject.labels("left"), np.arange(len(subject.classes)))
    scores, _ = subject.probe_scores()
    return _smooth(subject.left_marginal @ np.sum((scores - onehot) ** 2, axis=1))


def _error(subject: PreciseSubject, scores: Precise, noise: FloatArray, classes: IntArray) -> Measured:
    """0-1 error; a margin within the round-off of `quantities.probes` is a tie, as there."""
    labels = subject.labels("left")
    rivals = [scores[i, classes[classes != label]].max(initial=-mp.inf) for i, label in enumerate(labels)]
    margins = scores[np.arange(len(labels)), labels] - rivals
    wrong, beaten = (float(subject.left_marginal @ is_wrong) for is_wrong in (margins <= noise, margins < -noise))
    return Measured(wrong, beaten)


def _spectral_loss(subject: PreciseSubject) -> Measured:
    left, right = subject.left, subject.right
    attraction = np.sum(left * (subject.normalized @ right))
    return _smooth(np.sum((left.T @ left) * (right.T @ right)) - 2 * attraction)


def _induced_labelling_error(subject: PreciseSubject) -> Measured:
    onehot = np.equal.outer(np.arange(len(subject.classes)), subject.labels("left"))
    return _smooth(1 - np.sum((onehot @ subject.joint) ** 2 / subject.right_marginal))


PRECISE: dict[str, Callable[[PreciseSubject], Measured]] = {
    "probe_mse": _probe_mse,
    "probe_error": lambda subject: _error(subject, *subject.probe_scores(), np.unique(subject.labels("left"))),
    "zero_shot_error": lambda subject: _error(subject, *subject.zero_shot_scores(), np.arange(len(subject.classes))),
    "spectral_loss": _spectral_loss,
    "induced_labelling_error": _induced_labelling_error,
}

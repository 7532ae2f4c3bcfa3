"""Leave-one-out errors of a ridge probe of few labelled images."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.linalg

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.theory.graph.classes import class_indicators
from pairbounds.theory.questions.labels_needed import RIDGES

BLOCK = 2**18  # entries of an array of resampled fits, small enough for the cache
TIE = 1e-6  # weight of the squared error, to break ties of the 0-1 error


class LeaveOneOut(NamedTuple):
    """A ridge probe and its leave-one-out errors."""

    wrong: npt.NDArray[np.bool_]  # (N,), true for an image that the probe of the other images misclassifies
    score: float  # weighted 0-1 error plus `TIE` times the squared error, minimised by the choice of the penalty
    classes: IntArray  # (r,), classes of the labelled images
    coefficients: FloatArray  # (k, r), of the probe fitted to all N images

    def predicted(self, features: FloatArray) -> IntArray:
        """Class of each row of features (n, k), by the probe of all N images."""
        return np.asarray(self.classes[np.argmax(features @ self.coefficients, axis=1)])


def leave_one_out(features: FloatArray, labels: IntArray, weights: FloatArray | None = None) -> LeaveOneOut:
    """Fit a ridge probe without intercept to one-hot labels; choose its penalty in `RIDGES` by leave-one-out.

    The features, (N, k), are whitened over the population, so one penalty fits all directions. The images have weights
    with sum 1, by default equal. O(N min(N, k)²), in closed form: the leave-one-out residual of an image is its
    residual divided by 1 - leverage.
    """
    shares = np.full(len(labels), 1 / len(labels)) if weights is None else weights
    left, sizes, right = scipy.linalg.svd(features, full_matrices=False)
    fits = _fits(left * sizes, labels, shares[None])
    wrong, score, coefficients = min(fits, key=lambda fit: float(fit[1][0]))
    return LeaveOneOut(wrong[0], float(score[0]), np.unique(labels), right.T @ coefficients[0])


def resampled_errors(features: FloatArray, labels: IntArray, weights: FloatArray) -> FloatArray:
    """Leave-one-out 0-1 errors, (b,), of probes refitted to each resample, from weights (b, N) with sums 1.

    Copies of an image in a resample are left out together. The penalty is also chosen again. O(b N min(N, k)²).
    """
    left, sizes, _ = scipy.linalg.svd(features, full_matrices=False)
    errors, step = [], max(1, BLOCK // (len(labels) * max(len(sizes), int(labels.max()) + 1)))
    for start in range(0, len(weights), step):
        block = weights[start : start + step]
        wrongs, scores, _ = zip(*_fits(left * sizes, labels, block), strict=True)
        of_all = np.array([np.sum(block * wrong, axis=1) for wrong in wrongs])
        errors.append(np.take_along_axis(of_all, np.argmin(scores, axis=0)[None], axis=0)[0])
    return np.concatenate(errors)


def _fits(
    features: FloatArray, labels: IntArray, weights: FloatArray
) -> Iterator[tuple[npt.NDArray[np.bool_], FloatArray, FloatArray]]:
    """Yield `wrong`, (b, N), `score`, (b,), and `coefficients`, (b, m, r), of fits with weights (b, N) per penalty."""
    targets = class_indicators(labels).toarray()
    counts = weights * len(labels)
    sizes, turned = np.linalg.eigh(np.swapaxes(features * counts[:, :, None], 1, 2) @ features)
    rotated = features @ turned
    moments = np.swapaxes(rotated, 1, 2) @ (counts[:, :, None] * targets)
    absent = (counts @ targets == 0)[:, None]  # never predict a class without an image in the resample
    for ridge in np.array(RIDGES) * len(labels):
        shrunk = 1 / (np.maximum(sizes, 0) + ridge)
        leverage = counts * (rotated**2 @ shrunk[:, :, None])[:, :, 0]
        fitted = shrunk[:, :, None] * moments
        misses = (targets - rotated @ fitted) / (1 - leverage)[:, :, None]
        wrong = np.argmax(np.where(absent, -np.inf, targets - misses), axis=2) != np.argmax(targets, axis=1)
        yield wrong, np.sum(weights * (wrong + TIE * np.mean(misses**2, axis=2)), axis=1), turned @ fitted

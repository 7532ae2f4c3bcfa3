"""Ridge probe of few labelled images, judged by leave-one-out."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.linalg

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.theory.quantities.consistency import class_indicators
from pairbounds.theory.questions.labels_needed import RIDGES

TIE = 1e-6  # weight of the squared error, which breaks ties of the 0-1 error


class LeaveOneOut(NamedTuple):
    """A ridge probe, and its leave-one-out errors.

    Attributes
    ----------
    wrong : (N,), true for an image whose class is predicted wrongly by the probe of the others
    score : weighted 0-1 error plus `TIE` times the squared error, which the penalty minimises
    classes : (r,), those of the labelled images
    coefficients : (k, r), of the probe that sees all N images
    """

    wrong: npt.NDArray[np.bool_]
    score: float
    classes: IntArray
    coefficients: FloatArray


def leave_one_out(features: FloatArray, labels: IntArray, weights: FloatArray | None = None) -> LeaveOneOut:
    """Fit a ridge probe without intercept to one-hot labels; choose its penalty in `RIDGES` by leave-one-out.

    Parameters
    ----------
    features : (N, k), whitened under the population, so that one penalty suits all directions
    labels : (N,)
    weights : (N,), of the images, with sum 1; by default equal

    Notes
    -----
    O(N min(N, k)²), in closed form: the residual of image i, left out, is its residual over 1 less its leverage.
    """
    shares = np.full(len(labels), 1 / len(labels)) if weights is None else weights
    scales = np.sqrt(shares * len(labels))[:, None]
    classes = np.unique(labels)
    targets = class_indicators(labels, classes).toarray()
    scaled = scales * targets
    left, sizes, right = scipy.linalg.svd(scales * features, full_matrices=False)
    fits = []
    for ridge in np.array(RIDGES) * len(labels):
        shrunk = sizes**2 / (sizes**2 + ridge)
        residuals = (scaled - left @ (shrunk[:, None] * (left.T @ scaled))) / (1 - left**2 @ shrunk)[:, None]
        misses = residuals / scales
        wrong = classes[np.argmax(targets - misses, axis=1)] != labels
        score = float(shares @ (wrong + TIE * np.mean(misses**2, axis=1)))
        coefficients = right.T @ ((shrunk / np.maximum(sizes, 1e-300))[:, None] * (left.T @ scaled))
        fits.append(LeaveOneOut(wrong, score, classes, coefficients))
    return min(fits, key=lambda fit: fit.score)

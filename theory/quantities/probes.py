"""Linear probes and zero-shot prediction on a pair graph."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy.linalg
import scipy.sparse as sp
from numpy.typing import ArrayLike

from pairbounds.infrastructure.arrays import (
    EPS,
    Array,
    BoolArray,
    FloatArray,
    IntArray,
    UnitColumns,
    svd,
    times_powers,
    unit_columns,
)
from pairbounds.infrastructure.checks import require
from pairbounds.theory.graph.classes import class_indicators, required_labels
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.through_features import validated_features
from pairbounds.theory.quantities.scores import (
    Standing,
    column_lengths,
    linear_scores,
    linear_standing,
    round_off,
    score_noise,
)

LOSSLESS = 1 / float(np.sqrt(EPS))  # condition up to which normal equations lose nothing


@dataclass(frozen=True)
class ProbeResult:
    """Fitted linear probe and its errors; every average is weighted by the left marginal.

    Attributes
    ----------
    error : 0-1 error over all left nodes, in [0, 1]; ties count as errors
    mse : mean squared error over all left nodes, `E ‖Bᵀ f(x) - onehot(y(x))‖²`
    coefficients : `B`, (k, r), a column for each class present, in the order of the class numbers
    held_out_error : 0-1 error over the unlabelled nodes; `None` if all were labelled
    doubt : bound on the excess of `error` over `2 mse` by near ties, which count as errors; of the order of round-off
    winners : (n_left,), the column of the predicted class of each node, or -1 for a tie
    """

    error: float
    mse: float
    coefficients: FloatArray
    held_out_error: float | None
    doubt: float
    winners: IntArray = field(repr=False)


def probe(graph: PairGraph, f: Any, *, labelled: ArrayLike | None = None) -> ProbeResult:
    """Least-squares linear probe, `argmin_B E_{x~p_L} ‖Bᵀ f(x) - onehot(y(x))‖²`, without an intercept.

    Parameters
    ----------
    f : (n_left, k), numpy or torch, unweighted features of the left nodes
    labelled : indices or boolean mask of left nodes, optional
        Nodes of the training set; by default all, which gives the population probe of theorem 4.

    Raises
    ------
    ValueError : no left labels; features of the wrong shape, not finite, or below 1e-307 throughout; `labelled` empty
        or out of range

    Notes
    -----
    The prediction is the argmax. A class must win by more than round-off: ties count as errors, and so
    `error <= 2 mse`. If several B are optimal, B has the least norm in the coordinates of f, the limit of gradient
    descent from 0. Rotations of f then change scores by round-off only; other linear maps change them if labels are
    hidden. Cost: O(n_left k (k + r)) for r classes; memory O(n_left k).
    """
    features = as_features(f, graph.n_left, "f")
    targets = class_indicators(required_labels(graph, "left"))
    is_labelled = labelled_mask(labelled, graph.n_left)
    root = np.sqrt(graph.left_marginal)[:, None]
    # Unit columns, so that a small feature is not mistaken for round-off of a large one; and unit over all nodes, so
    # that a feature which is round-off on the labelled nodes is recognised as such.
    length = column_lengths(features, graph.left_marginal)
    weights = np.where(is_labelled[:, None], root, 0.0)
    columns = features / length
    columns *= weights
    in_units = _least_squares(columns, sp.csr_array(targets * weights), length)
    with np.errstate(over="ignore", under="ignore"):
        coefficients = in_units / length[:, None]
    require(np.isfinite(coefficients).all(), "the features are so small that the probe overflows: scale them up")
    label_columns, parts, misses = targets.indices, [], np.empty(graph.n_left)
    noise = score_noise(features, coefficients, graph.left_marginal)
    for rows, scores in linear_scores(features, coefficients):
        parts.append(Standing.of(scores, noise[rows]))
        scores[np.arange(len(scores)), label_columns[rows]] -= 1
        misses[rows] = np.einsum("ij,ij->i", scores, scores)
    return judged(graph, Standing.joined(parts), label_columns, misses, coefficients, is_labelled)


def judged(
    graph: PairGraph,
    standing: Standing,
    label_columns: Array,
    misses: FloatArray,
    coefficients: FloatArray,
    is_labelled: BoolArray,
) -> ProbeResult:
    """Result of a probe, from its scores' standing and, (n_left,) each, class columns and squared distances."""
    winners = standing.winners
    wrong = winners != label_columns
    hidden = ~is_labelled
    held_out = float(np.average(wrong[hidden], weights=graph.left_marginal[hidden])) if hidden.any() else None
    return ProbeResult(
        error=float(graph.left_marginal @ wrong),
        mse=float(graph.left_marginal @ misses),
        coefficients=coefficients,
        held_out_error=held_out,
        doubt=standing.doubt(graph.left_marginal),
        winners=winners,
    )


def zero_shot_error(graph: PairGraph, f: Any, g: Any) -> float:
    """0-1 error of predicting by class prototypes of the right side, weighted by the left marginal.

    The prototype of class c is `b_c = E_{l~p_R}[1[y(l) = c] g(l)]`, the score `s_c(x) = f(x)ᵀ b_c`; ties count
    as errors.

    Parameters
    ----------
    f : (n_left, k), g : (n_right, k), numpy or torch
        Unweighted embeddings.

    Raises
    ------
    ValueError : the graph lacks labels on a side; embeddings of the wrong shape or not finite
    """
    sides = as_features(f, graph.n_left, "f"), as_features(g, graph.n_right, "g")
    standing, label_columns, _ = zero_shot_standing(graph, *map(unit_columns, sides))
    return standing.error(graph.left_marginal, label_columns)


def zero_shot_standing(graph: PairGraph, f: UnitColumns, g: UnitColumns) -> tuple[Standing, Array, float]:
    """Standing of the scores of `zero_shot_error`, the column of each left node's class, (n_left,), and a unit.

    The embeddings come from `unit_columns`. The scores are divided by a power of two, so that none overflows or
    vanishes. The unit is the scaled score of 1: 0 or infinite if the power is beyond float64.
    """
    left, right = required_labels(graph, "left"), required_labels(graph, "right")
    classes = np.union1d(left, right)
    (features, up), (texts, own_powers) = f, g
    powers = up + own_powers
    texts = times_powers(texts, powers - powers.max())
    with np.errstate(under="ignore", over="ignore"):
        unit = float(np.ldexp(1.0, -powers.max()))
    indicators = class_indicators(right, classes)
    prototypes = (indicators.T @ (graph.right_marginal[:, None] * texts)).T
    # A prototype is a sum with cancellation: its round-off is relative to the size of g (Cauchy-Schwarz).
    sizes = np.outer(column_lengths(texts, graph.right_marginal), np.sqrt(indicators.T @ graph.right_marginal))
    noise = score_noise(features, sizes, graph.left_marginal)
    return linear_standing(features, prototypes, noise), np.searchsorted(classes, left), unit


def as_features(f: Any, size: int, name: str) -> FloatArray:
    """Features from numpy or torch as a finite float64 array (size, k), without a copy if possible."""
    return np.asarray(validated_features(f, size, name), dtype=np.float64)


def _least_squares(columns: FloatArray, targets: sp.csr_array, lengths: FloatArray) -> FloatArray:
    """Least-squares solution B of `columns B = targets`, with the least `‖diag(lengths)⁻¹ B‖`.

    Columns have at most unit length. Columns of zeros are left out: their coefficients would be round-off.
    """
    nonzero: BoolArray = np.any(columns != 0, axis=0)
    if nonzero.any() and not nonzero.all():
        coefficients = np.zeros((len(nonzero), targets.shape[1]))
        coefficients[nonzero] = _least_squares(columns[:, nonzero], targets, lengths[nonzero])
        return coefficients
    gram = columns.T @ columns
    # An error in B enters the residual squared: up to this condition the normal equations lose nothing.
    values = scipy.linalg.eigvalsh(gram)
    if values[-1] < LOSSLESS * values[0]:
        return scipy.linalg.solve(gram, (targets.T @ columns).T, assume_a="pos")
    left, values, right_t = svd(columns)
    positive = values > round_off(len(columns)) * values[0]
    fitted = right_t[positive].T @ ((targets.T @ left[:, positive]).T / values[positive, None])
    # Solve for the free part and not for B, so that the fit stays as exact as in unit columns.
    free = scipy.linalg.qr(right_t[positive].T)[0][:, positive.sum() :]
    inverse = (lengths.min() / lengths)[:, None]
    return np.asarray(fitted - free @ np.linalg.lstsq(inverse * free, inverse * fitted)[0])


def labelled_mask(labelled: ArrayLike | None, size: int) -> BoolArray:
    """Mask of labelled nodes, (size,): all by default; `ValueError` if there are none, or for unknown nodes."""
    nodes = np.arange(size)
    chosen = nodes if labelled is None else np.asarray(labelled)
    is_mask = chosen.dtype == np.bool_ and chosen.shape == (size,)
    if not is_mask and (not np.issubdtype(chosen.dtype, np.integer) or not np.isin(chosen, nodes).all()):
        raise ValueError(
            f"labelled is {chosen.dtype} of shape {chosen.shape}: give indices in 0..{size - 1}, or a boolean for each"
        )
    mask = np.zeros(size, dtype=bool)
    mask[chosen] = True
    if not mask.any():
        raise ValueError("labelled is empty: give at least one node")
    return mask

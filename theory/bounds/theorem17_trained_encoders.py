"""Theorem 17: encoders that are not optimal, by margins, class masses and soft thresholds (sharpens theorem 7).

In words: How far the loss of an encoder is above the least of its width bounds how far its probe can fall behind the
optimum's, and margins say which images can turn wrong for it.

The width is k, the excess loss ε, `S_i = σ_i² - σ²_{k+1}`, and `0 <= w_i <= 1`, i <= k, are weights that are 0 where
`S_i` is. With `W = U_k diag(w) U_kᵀ`, `ρ_w = ‖(I - W) Ỹ‖`, `η_w = √ε ‖diag(w / √S) U_kᵀ Ỹ‖_op`, γ_w are the margins of
`D_L^{-1/2} W Ỹ`, and N is the most that a budget buys (`quantities.margins`). Tried are `w_i = min(1, √(S_i / t))`, t
one of at most 16 of the S_i, and w = 0. Two rows need `σ_k > σ_{k+1}`. No round-off is divided by a gap.

Proof: `docs/theorems/theorem17.md`. Source: new here. Cost: beside the triplets, for each threshold O(n_left k r) for r
classes, and O(n_left log n_left).
"""

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.checks import require
from pairbounds.theory.bounds.measured import Encoder
from pairbounds.theory.bounds.registry import exact
from pairbounds.theory.bounds.theorem07_near_optimal import excess, splits
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.quantities.consistency import class_columns, class_masses, label_coordinates
from pairbounds.theory.quantities.margins import error_within, margins
from pairbounds.theory.quantities.scores import linear_scores

LEVELS_LIMIT = 16  # thresholds that are tried, evenly among the S_i
NORM_LIMIT = 128  # the shorter side of matrices whose operator norm is computed; that of larger ones is by p_max


@exact("trained-mse", quantity="probe_mse", subject="encoder", kept="sharper")
def trained_mse(graph: PairGraph, spectrum: Spectrum, k: int, encoder: Encoder) -> float:
    """`ε₂(f) <= min_w (ρ_w + η_w)²` for every embedding pair, over soft thresholds w of the spectrum."""
    return mse_by_excess(graph, spectrum, k, _excess(encoder))


@exact("trained-error", quantity="probe_error", subject="encoder", kept="sharper")
def trained_error(graph: PairGraph, spectrum: Spectrum, k: int, encoder: Encoder) -> float:
    """`E(f) <= min_w N((1 + γ_w) / 2, (ρ_w / 2 + η_w)²)` for every embedding pair, over soft thresholds w.

    Never above twice the bound of the squared error. Where ε = 0 it speaks of every f whose span contains the top j.
    """
    thresholds = _soft_thresholds(splits(spectrum, k))
    distances, half_distances = _distances(graph, spectrum, k, _excess(encoder), thresholds)
    return min(
        error_within(
            (1 + _margins(graph, spectrum, thresholds[i])) / 2, graph.left_marginal, _square(half_distances[i])
        )
        for i in {int(np.argmin(distances)), int(np.argmin(half_distances))}
    )


@exact("trained-error-by-margins", quantity="probe_error", subject="encoder", kept="sharper")
def trained_error_by_margins(graph: PairGraph, spectrum: Spectrum, k: int, encoder: Encoder) -> float:
    """`E(f) <= min_j N(γ_j, (√(ε κ_j) + √e_j / 2)²)` for every embedding pair, where `σ_k > σ_{k+1}`.

    γ_j are the margins of `(Π_j + Π_k) Ỹ / 2`, and `e_j = Σ_{j<i≤k} c_i`.
    """
    surplus = _surplus_at_gap(spectrum, k)
    above_level = surplus >= _levels(surplus)[:, None]
    coordinates, beyond = label_coordinates(graph, spectrum)[:k], _squared_norm_beyond(graph, spectrum, k)
    within = np.array([_operator_norm(graph, coordinates, row) ** 2 for row in above_level])
    lowest = np.min(np.where(above_level, surplus, np.inf), axis=1)
    kappa = np.maximum((within + beyond) / lowest, beyond / surplus.min())
    band = np.where(above_level, 0.0, np.sum(coordinates**2, axis=1)).sum(axis=1)
    roots = np.sqrt(_excess(encoder)) * np.sqrt(kappa) + np.sqrt(band) / 2 + spectrum.rounding
    return min(
        error_within(_margins(graph, spectrum, (above_level[j] + 1) / 2), graph.left_marginal, _square(roots[j]))
        for j in {0, int(np.argmin(roots))}
    )


@exact("trained-mse-below", quantity="probe_mse", relation=">=", subject="encoder", kept="sharper")
def trained_mse_below(graph: PairGraph, spectrum: Spectrum, k: int, encoder: Encoder) -> float:
    """`ε₂(f) >= 1 - (√C_k + √(b ε / (σ²_k - σ²_{k+1})))²` where `σ_k > σ_{k+1}`, `C_k = Σ_{i≤k} c_i`."""
    gap = float(_surplus_at_gap(spectrum, k).min())
    explained = float(np.sum(label_coordinates(graph, spectrum)[:k] ** 2)) + spectrum.rounding
    reached = np.sqrt(_squared_norm_beyond(graph, spectrum, k)) * np.sqrt(_excess(encoder)) / np.sqrt(gap)
    return 1 - _square(np.sqrt(explained) + reached)


def mse_by_excess(graph: PairGraph, spectrum: Spectrum, k: int, excess: float) -> float:
    """The bound of the squared error of the probe on any embedding pair of width k with that excess loss."""
    distances, _ = _distances(graph, spectrum, k, excess, _soft_thresholds(splits(spectrum, k)))
    return _square(np.min(distances))


def _distances(
    graph: PairGraph, spectrum: Spectrum, k: int, excess: float, thresholds: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """`ρ + η` and `ρ / 2 + η`, (m,) each, of thresholds (m, k), rounded up."""
    coordinates = label_coordinates(graph, spectrum)[:k]
    energies = np.sum(coordinates**2, axis=1)
    missed = np.sqrt((1 - thresholds) ** 2 @ energies + max(0.0, 1 - float(energies.sum())) + spectrum.rounding)
    roots = np.sqrt(splits(spectrum, k))
    weights = np.divide(thresholds, roots, out=np.zeros_like(thresholds), where=roots > 0)
    norms = np.array([_operator_norm(graph, coordinates, row) for row in weights])
    off = np.sqrt(excess) * norms + spectrum.rounding
    return missed + off, missed / 2 + off


def _excess(encoder: Encoder) -> float:
    """ε on the matrix whose triplets were computed, rounded up: of its optimum it is round-off of vectors alone."""
    rounding = encoder.spectrum.round_off * float(np.sum(encoder.spectrum.singular_values[: encoder.k] ** 2))
    return excess(encoder) if encoder.is_given or encoder.penalty is not None else rounding


def _soft_thresholds(surplus: FloatArray) -> FloatArray:
    """`w = min(1, √(S / t))` at some levels t, and w = 0, (m, k)."""
    levels = _levels(surplus)
    return np.vstack([np.zeros(len(surplus)), np.minimum(1.0, np.sqrt(surplus / levels[:, None]))])


def _levels(surplus: FloatArray) -> FloatArray:
    """The lowest and the highest positive S_i and some between, at most `LEVELS_LIMIT`, in rising order."""
    positive = np.sort(surplus[surplus > 0])
    indices = np.linspace(0, len(positive) - 1, LEVELS_LIMIT).astype(int)
    return np.asarray(positive[np.unique(indices)[: len(positive)]])


def _surplus_at_gap(spectrum: Spectrum, k: int) -> FloatArray:
    """`splits` where all are positive."""
    gaps = splits(spectrum, k)
    require(gaps.min() > 0, "σ_k > σ_{k+1} fails")
    return gaps


def _margins(graph: PairGraph, spectrum: Spectrum, weights: FloatArray) -> FloatArray:
    """The margins of `D_L^{-1/2} U_k diag(weights) U_kᵀ Ỹ`, (n_left,); O(n_left k r) for r classes."""
    k, label_columns = len(weights), class_columns(graph)
    scores = linear_scores(spectrum.left[:, :k], weights[:, None] * label_coordinates(graph, spectrum)[:k])
    return np.concatenate([margins(part, label_columns[rows]) for rows, part in scores]) / np.sqrt(graph.left_marginal)


def _operator_norm(graph: PairGraph, coordinates: FloatArray, weights: FloatArray) -> float:
    """`‖diag(weights) U_kᵀ Ỹ‖_op`; where it would be costly, the larger `√p_max max_i weights_i`."""
    if min(coordinates.shape) > NORM_LIMIT:
        return float(np.sqrt(class_masses(graph).max()) * weights.max())
    return float(np.linalg.norm(weights[:, None] * coordinates, 2))


def _squared_norm_beyond(graph: PairGraph, spectrum: Spectrum, k: int) -> float:
    """`b = ‖(I - Π_k) Ỹ‖²_op`, rounded up; where it would be costly, the larger p_max."""
    masses = class_masses(graph)
    if len(masses) > NORM_LIMIT:
        return float(masses.max())
    coordinates = label_coordinates(graph, spectrum)[:k]
    return max(0.0, float(np.linalg.eigvalsh(np.diag(masses) - coordinates.T @ coordinates)[-1])) + spectrum.rounding


def _square(root: float) -> float:
    """The square of a root of a mean square, which is at most 1 for a least squares fit."""
    return float(min(1.0, root) ** 2)

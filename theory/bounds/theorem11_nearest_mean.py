"""Theorem 11, after Huang et al. 2021: alignment, divergence of the class means, and concentration of the pairs.

In words: If features of induced pairs are near to one another, the class means far apart, and the pairs of each class
connect it well, then most images are nearest to the mean of their own class.

`μ_c = E[f | c]`, `V_c = E[‖f - μ_c‖² | c]`, `V = Σ_c p_c V_c`, Δ_c is the distance from μ_c to the nearest other mean,
`A_T = E_{P_T} ‖f(x) - f(x')‖²`, and `γ = min_x (1 - λ₂(y(x))) (1 - β(x))` as in theorem 8. Ties are errors.

Proof: `docs/theorems/theorem11.md`. Source: Huang et al. 2021 for the shape; statement and proof here. Cost: O(nnz k),
and the second eigenvalue of each class (theorem 8).
"""

import math

import numpy as np

from pairbounds.infrastructure.arrays import TINY, FloatArray, largest_sizes, once, row_norms, times_powers
from pairbounds.infrastructure.checks import require
from pairbounds.theory.bounds.measured import QUANTITIES, Encoder, Quantity
from pairbounds.theory.bounds.registry import exact
from pairbounds.theory.bounds.theorem08_class_connectivity import least_gap
from pairbounds.theory.graph.classes import required_labels
from pairbounds.theory.graph.pair_graph import SMALLEST, PairGraph
from pairbounds.theory.quantities.consistency import guess_error
from pairbounds.theory.quantities.metrics.class_moments import ClassMoments, class_moments
from pairbounds.theory.quantities.metrics.hypersphere import squared_distance
from pairbounds.theory.quantities.scores import Standing, linear_standing, round_off, score_noise


def nearest_mean_error(encoder: Encoder) -> float:
    """0-1 error of the nearest class mean on the left side; ties are errors."""
    return _standing(encoder).error(encoder.graph.left_marginal, _moments(encoder).class_of)


def _doubt(encoder: Encoder) -> float:
    """The most that near ties add to the error: a node at its mean leads by `½ Δ_c²`."""
    class_of = _moments(encoder).class_of
    return _standing(encoder).doubt(encoder.graph.left_marginal, 2 * _half_distances(encoder)[class_of] ** 2)


def _variance_scale(encoder: Encoder) -> float:
    """The scale of the round-off of V: `V + e E ‖f‖²`, with f centred and e the size of a rounding.

    Both sides of the bound are computed from one array, the centred features, to which it applies as they stand. Each
    is a mean of squared distances from means: off by e of itself, and, since a mean makes it least, by the square of
    what the means are off, at most e of the size of f. All are averages by mass: a light node far away adds little.
    """
    squared_size = float(encoder.graph.left_marginal @ row_norms(_centred(encoder)) ** 2)
    return _in_squared_units(encoder, _moments(encoder).variance + encoder.spectrum.round_off * squared_size)


QUANTITIES["nearest_mean_error"] = Quantity(nearest_mean_error, guess_error, doubt=_doubt)
QUANTITIES["class_variance"] = Quantity(
    lambda encoder: _in_squared_units(encoder, _moments(encoder).variance), scale=_variance_scale
)


@exact("class-variance", quantity="class_variance", subject="encoder", kept="sharper")
def class_variance(graph: PairGraph, encoder: Encoder) -> float:
    """`V(f) <= A_T / (2 γ)` for every embedding: aligned pairs draw a class together as far as the pairs connect it.

    Infinite where a class falls apart.
    """
    gap = least_gap(graph)
    apart = squared_distance(graph, _centred(encoder))
    return _in_squared_units(encoder, apart / (2 * gap) if gap > 0 else math.inf)


@exact("nearest-mean", quantity="nearest_mean_error", subject="encoder", kept="sharper")
def nearest_mean(encoder: Encoder) -> float:
    """`E_{mean}(f) <= Σ_c p_c min(1, 4 V_c / Δ_c²)` for every embedding."""
    moments, half = _moments(encoder), _half_distances(encoder)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(half > 0, moments.variances / half**2, 1.0)
    return float(moments.masses @ np.minimum(1.0, shares))


@once
def _half_distances(encoder: Encoder) -> FloatArray:
    """`½ Δ_c`, (r,), less what round-off may do to it, infinite where there is no other class.

    It counts as 0 where its square has no place in float64 beside that of the largest feature.
    """
    from scipy.spatial.distance import cdist  # a tenth of a second to load

    means, noise = _moments(encoder).means, _noise_of_means(encoder)
    apart = cdist(means, means) / 2 - np.maximum.outer(noise, noise)
    np.fill_diagonal(apart, np.inf)
    reach = apart.min(axis=1)
    return np.where(reach > TINY, reach, 0.0)


@once
def _standing(encoder: Encoder) -> Standing:
    """Standing in `f(x)ᵀ μ_c - ½ ‖μ_c‖²`, largest for the nearest mean."""
    means, centred = _moments(encoder).means, _centred(encoder)
    return linear_standing(centred, means.T, _noise(encoder), -np.sum(means**2, axis=1) / 2)


def _noise(encoder: Encoder) -> FloatArray:
    """The round-off of each node's scores, (n_left,).

    Features that are nearly constant are known no better than their constant: their round-off is relative to the
    features before they are centred, in the node itself and in the means of its own and the other classes.
    """
    moments = _moments(encoder)
    of_features = score_noise(_unit(encoder)[0], moments.means.T, encoder.graph.left_marginal)
    away = row_norms(_centred(encoder)) + row_norms(moments.means).max()
    return np.asarray(of_features + _noise_of_means(encoder)[moments.class_of] * away)


@once
def _noise_of_means(encoder: Encoder) -> FloatArray:
    """The round-off of the mean of each class, (r,): a sum of its features before they are centred."""
    moments, mass = _moments(encoder), encoder.graph.left_marginal
    sizes = np.bincount(moments.class_of, weights=mass * row_norms(_unit(encoder)[0])) / moments.masses
    return round_off(len(mass)) * sizes


@once
def _moments(encoder: Encoder) -> ClassMoments:
    graph = encoder.graph
    return class_moments(_centred(encoder), graph.left_marginal, required_labels(graph, "left"))


@once
def _centred(encoder: Encoder) -> FloatArray:
    """The left embedding of unit size, with mean 0, for the least round-off."""
    left, _ = _unit(encoder)
    return left - encoder.graph.left_marginal @ left


@once
def _unit(encoder: Encoder) -> tuple[FloatArray, int]:
    """The left embedding as a power of two makes its largest entry about 1, which is exact, and that power."""
    power = math.frexp(float(largest_sizes(encoder.left).max()))[1]
    return times_powers(encoder.left, -power), power


def _in_squared_units(encoder: Encoder, mean_square: float) -> float:
    """A mean square of features of unit size as one of the features themselves."""
    with np.errstate(over="ignore", under="ignore"):
        value = float(np.ldexp(mean_square, 2 * _unit(encoder)[1]))
    in_range = mean_square in (0, math.inf) or SMALLEST <= value < math.inf
    require(in_range, "squares of these features are beyond float64")
    return value

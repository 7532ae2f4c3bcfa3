"""Theorem 43: from n image pairs to images that nobody saw, through features.

In words: On the whole population the squared error of an encoder learned from n image pairs, linear in features, is at
most what the features lack, plus the variation of the probe's scores within the pairs over the gap beyond the width.

X, X̃, B, e_X, φ, M, τ_i and s are as in theorem 42, of the population; β are the weights of s in X. The n pairs are of
images, with the mean second moments Σ̂ of X at both ends, K̂ across, and Σ̃, K̃ those of X̃. With a ridge `ρ >= 0`, f̂
is the top k generalised eigenvectors w_i of `K̂ w = λ̂ (Σ̂ + ρ I) w`, and `κ > 0` (`low`) the least eigenvalue of
`Σ̂ + ρ I` in the coordinates of X̃.

(a) For every sample, `φ̂ = ½ mean ‖s(x_i) - s(x_i')‖²`; the bound by norms has `ξ = ‖Σ̃ - I‖` and `η = ‖K̃ - M‖`.
(b) 43′, certified, for independent pairs of P_T, with `R² >= ‖X̃‖²`, `b >= ½ ‖s(x) - s(x')‖²` and the rank d of X:
    `φ_δ = φ + √(2 b φ ln(1/δ) / n) + b ln(1/δ) / (3n)` and `κ_δ = 1 - √(2 R² ln(d/δ) / n) > 0`.
(c) 43″, many hops: `ν̂ = Σ_i ‖w_iᵀ (Σ̂ + ρ I) β‖² δ(λ̂_i)` on [-1, 1], brought to [0, 1] by `(1 + λ) / 2`.

Proof: `docs/theorems/theorem43.md`. Source: new here; the inequalities are Bernstein's and Tropp's.
Cost: O(n + N d² + d³) for N images.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import eigh, eigvalsh

from pairbounds.infrastructure.arrays import EPS, FloatArray
from pairbounds.infrastructure.checks import require, require_width
from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.graph.through_features import LEAST_EIGENVALUE, GraphThroughFeatures
from pairbounds.theory.quantities.confidence import bernstein_deviation
from pairbounds.theory.quantities.known_values import known_tail_at_most
from pairbounds.theory.quantities.linear_encoders import FeatureMoments

TESTS = "tests/bounds/test_from_image_pairs.py"


@dataclass(frozen=True, eq=False)
class ImagePairs:
    """Moments of n image pairs, in the coordinates of the m whitened features of their population.

    Attributes
    ----------
    population : has B, e_X, φ and M
    second, induced : (m, m), Σ̃ (with a ridge that of `Σ̂ + ρ I`) and K̃
    bias : `ρ ‖β‖²`
    rounding : by how much round-off may have moved either matrix, as an operator
    """

    population: GraphThroughFeatures
    n: int
    second: FloatArray
    induced: FloatArray
    bias: float
    rounding: float

    @classmethod
    def of(cls, population: GraphThroughFeatures, pairs: ArrayLike, ridge: float = 0.0) -> "ImagePairs":
        """From the left nodes of each pair, (n, 2), with a ridge as `encoder_from_pairs` takes it.

        `ValueError`: pairs of other nodes than there are. `HypothesisError`: Σ̂ is not invertible, or with a ridge the
        features are linearly dependent.
        """
        indices, whitening, n_left = np.asarray(pairs), population.whitening, population.graph.n_left
        if indices.ndim != 2 or indices.shape[1] != 2 or not 0 <= indices.min() <= indices.max() < n_left:
            raise ValueError(f"image pairs of shape {indices.shape}: give two numbers of left nodes for each pair")
        d, m = whitening.shape
        require(not ridge or d == m, f"the {d} features have rank {m}: drop some for a ridge, or take ridge=0")
        moments = FeatureMoments.of_pairs(population.features, *indices.T)
        scales = np.where(moments.scales > 0, moments.scales, np.inf)[:, None]  # a feature that no image has: no weight
        weights, rho = whitening / scales, moments.shift(ridge)
        second = weights.T @ moments.second @ weights + rho * weights.T @ weights
        values = eigvalsh(second)
        spanned = values[0] > LEAST_EIGENVALUE * values[-1]
        require(spanned, f"the {len(indices)} image pairs do not span the {m} features: draw more pairs")
        bias = rho * float(np.sum((weights @ population.weighted_targets.toarray()) ** 2))
        rounding = (population.rounding + 8 * EPS * m) * float(values[-1])
        return cls(population, len(indices), second, weights.T @ moments.induced @ weights, bias, rounding)

    @cached_property
    def low(self) -> float:
        """The least eigenvalue of Σ̃, rounded down."""
        return max(float(eigvalsh(self.second)[0]) - self.rounding, 0.0)

    @cached_property
    def values(self) -> FloatArray:
        """`λ̂_1 >= λ̂_2 >= …`, (m,), in [-1, 1]."""
        return eigh(self.induced, self.second, eigvals_only=True)[::-1]

    def next_value(self, k: int) -> float:
        """`λ̂_{k+1}`, rounded up; -inf where there is none. `ValueError` for k beyond the rank of the features."""
        require_width((len(self.values), len(self.values)), k)
        if k == len(self.values):
            return -math.inf
        return min(1.0, float(self.values[k]) + 2 * self.rounding / max(self.low, EPS))

    def numbers(self, k: int) -> dict[str, float]:
        """Arguments of `certified_mse_at_most`; b is twice the largest squared distance of s from its mean."""
        population, rank, off = self.population, len(self.second), self.population.rounding
        scores = population.at_nodes(population.weighted_targets.toarray())
        variation, squares = population.variation + off, np.sum((scores - scores.mean(axis=0)) ** 2, axis=1)
        norms = np.sum(population.at_nodes(np.eye(rank)) ** 2, axis=1)
        return {
            "unreached": min(1.0, population.unreached + off),
            "variation": variation,
            "largest": max(rank, float(norms.max())) * (1 + off),
            "spread": max(variation, 2 * float(squares.max()) + off),
            "dimension": rank,
            "next_value": self.next_value(k),
            "bias": self.bias,
        }


def mse_from_pairs_at_most(sample: ImagePairs, k: int) -> float:
    """Bound `ε₂(f̂) <= e_X + (φ̂ + ρ ‖β‖²) / (κ (1 - λ̂_{k+1}))`, (a) and (d), for every sample; inf for a divisor 0.

    `ValueError`: no labels, or k beyond the rank of the features.
    """
    targets = sample.population.weighted_targets.toarray()
    variation = float(np.sum(targets * ((sample.second - sample.induced) @ targets)))
    return _mse_bound(sample, variation, sample.low * (1 - sample.next_value(k)))


def mse_by_norms_at_most(sample: ImagePairs, k: int) -> float:
    """Bound `ε₂(f̂) <= e_X + (φ + (ξ + η) (1 - e_X)) / (1 - τ²_{k+1} - ξ - η)`, (a); inf for no positive divisor."""
    require(sample.bias == 0, "ξ and η are of image pairs without a ridge: take ridge=0")
    sample.next_value(k)
    population, rank = sample.population, len(sample.second)
    differences = sample.second - np.eye(rank), sample.induced - population.moments
    off = sum(float(np.abs(eigvalsh(difference)).max()) + sample.rounding for difference in differences)
    value = float(population.spectrum.upper_values[k]) ** 2 if k < rank else -math.inf
    return _mse_bound(sample, population.variation + off * (1 - population.unreached), 1 - value - off)


def mse_by_hops_at_most(sample: ImagePairs, k: int, order: int | None = None) -> float:
    """Bound `ε₂(f̂) <= e_X + ν̂([-1, λ̂_{k+1}]) / κ`, (c), with the mass that `2 order` moments and λ̂_i allow."""
    by_one_hop = mse_from_pairs_at_most(sample, k)
    values, vectors = eigh(sample.second)
    root, inverse = ((vectors * scale) @ vectors.T for scale in (np.sqrt(values), 1 / np.sqrt(values)))
    mass = float(np.sum((root @ sample.population.weighted_targets.toarray()) ** 2))
    if k == len(values) or mass <= sample.rounding:
        return min(by_one_hop, _mse_bound(sample, mass, sample.low))
    # These weights of the sums of features by class give labels of mass 1.
    halves = (inverse @ sample.induced @ inverse + np.eye(len(values))) / 2
    weights, off = sample.population.whitening @ root / math.sqrt(mass), sample.rounding / max(sample.low, EPS)
    measure = _LabelEnergy(sample.population.graph, sample.population.features, weights, halves, off)
    tail = mass * known_tail_at_most(measure, measure.spectrum, k, order)
    return min(by_one_hop, _mse_bound(sample, tail, sample.low))  # the second is no more, but for its rounding


class _LabelEnergy(GraphThroughFeatures):
    """ν̂ on [0, 1], as theorems 15 and 35 read it."""

    @cached_property
    def spans_constant(self) -> bool:
        """False: the energy of the constant in a sample is not that in the population."""
        return False


def _mse_bound(sample: ImagePairs, energy: float, divisor: float) -> float:
    above = (max(0.0, energy) + sample.rounding) / divisor if divisor > 0 else math.inf
    return sample.population.unreached + sample.population.rounding + above


def certified_mse_at_most(
    n: int,
    *,
    unreached: float,
    variation: float,
    largest: float,
    spread: float,
    dimension: float,
    next_value: float,
    bias: float = 0.0,
    level: float = 0.95,
) -> float:
    """Bound 43′, `ε₂(f̂) <= e_X + (φ_δ + ρ ‖β‖²) / (κ_δ (1 - λ̂_{k+1}))` with probability `1 - 2δ`, (b); at most 1.

    Over n independent image pairs; 1 for too few.

    `ValueError`: n below 1, a level not in (0, 1), or numbers that no population has.

    Parameters
    ----------
    unreached, variation, largest, spread, dimension : e_X, φ, R², b and d of the population
    next_value : `λ̂_{k+1}` of the pairs; for another n than theirs this is a forecast with that value
    bias : `ρ ‖β‖²` of a ridge
    """
    if not (n >= 1 and 0 < level < 1 and next_value <= 1 and 0 <= unreached <= 1 and bias >= 0):
        raise ValueError("give n >= 1, 0 < level < 1, e_X in [0, 1], λ̂ at most 1 and a bias of at least 0")
    if largest < dimension or not 0 <= variation <= spread:
        raise ValueError("R² is at least d, as whitened features reach it, and φ in [0, b]: check the four numbers")
    log = math.log(2 / (1 - level))
    low = 1 - math.sqrt(2 * largest * (math.log(dimension) + log) / n)
    divisor = max(0.0, low) * (1 - next_value)
    above = variation + bias + float(bernstein_deviation(spread * variation, spread, log, n))
    return min(1.0, unreached + above / divisor) if divisor > 0 else 1.0


STATEMENTS = (
    Statement("from-image-pairs", mse_from_pairs_at_most, TESTS, kept="less information: one hop"),
    Statement(
        "from-image-pairs-by-norms", mse_by_norms_at_most, TESTS, kept="less information: two norms of the sample"
    ),
    Statement(
        "from-image-pairs-certified", certified_mse_at_most, TESTS, kept="less information: numbers of the population"
    ),
    Statement("from-image-pairs-by-hops", mse_by_hops_at_most, TESTS, kept="sharper: many hops"),
)

"""Theorem 43: from n image pairs to images that nobody saw, through features.

In words: On the whole population the squared error of an encoder learned from n image pairs, linear in features, is at
most what the features lack, plus the variation of the probe's scores within the pairs over the gap beyond the width.

Let x be from any population, and X, X̃, B, e_X, φ, M, τ_i and the scores s as in theorem 42. For n pairs `(x_i, x_i')`
of P_T let `Σ̂ = (1/2n) Σ (X_i X_iᵀ + X_i' X_i'ᵀ)`, `K̂ = (1/2n) Σ (X_i X_i'ᵀ + X_i' X_iᵀ)`, and Σ̃, K̃ the same of X̃. Let
f̂ be the top k generalised eigenvectors of `K̂ w = λ̂ Σ̂ w`, and `low > 0` the least eigenvalue of Σ̃.

(a) For every sample `ε₂(f̂) <= e_X + φ̂ / (low (1 - λ̂_{k+1}))`, `φ̂ = Σ_c B_cᵀ (Σ̃ - K̃) B_c = ½ mean ‖s(x_i) - s(x_i')‖²`.
With `ξ = ‖Σ̃ - I‖` and `η = ‖K̃ - M‖` it is at most `e_X + (φ + (ξ + η) (1 - e_X)) / (1 - τ²_{k+1} - ξ - η)`, where the
divisor is positive.

(b) 43′, certified: with `R² >= ‖X̃‖²`, `b >= ½ ‖s(x) - s(x')‖²` and the rank d of X, with probability `1 - 2δ` at most
`e_X + [φ + √(2 b φ ln(1/δ) / n) + b ln(1/δ) / (3n)] / [(1 - √(2 R² ln(d/δ) / n)) (1 - λ̂_{k+1})]`, factors positive.

(c) 43″, many hops: `ε₂(f̂) <= e_X + ν̂([-1, λ̂_{k+1}]) / low`, where `ν̂ = Σ_i ‖ûᵢᵀ Σ̃^{1/2} B‖² δ(λ̂_i)` on [-1, 1] has the
moments `Σ_c B_cᵀ K̃ (Σ̃⁻¹ K̃)^{j-1} B_c`. Brought to [0, 1] by `(1 + λ) / 2`, theorems 15 and 35 bound that mass.

(d) With a ridge, `Σ̂ + ρ I` for Σ̂ in the eigenproblem and in `low`, invertible or not: in (a) and (b) `ρ ‖β‖²` is added
to φ̂ and φ, with the weights β of the probe on all features, `s = Xᵀβ`. In (b) `low` is no less than without a ridge.

f̂ minimises the spectral loss of the pairs among encoders linear in X if `λ̂_k > 0`. τ_k may equal τ_{k+1}.

Proof. Let `S = Σ̂ + ρ I`, and û_i the eigenvectors of `A = S^{-1/2} K̂ S^{-1/2}`, Û the first k. The span of f̂ is
`S^{-1/2} span Û`. As `s - onehot` is orthogonal to what is linear in X, the error is e_X and the squared distance of β
from that span in the norm of `E X Xᵀ`. Since `low E X Xᵀ <= S`, that is at most `1/low` of the one in the norm of S,
`D = ‖(I - ÛÛᵀ) S^{1/2} β‖²`: (c). `βᵀ S^{1/2} (I - A) S^{1/2} β = φ̂ + ρ ‖β‖²`, of which the part beyond k is at least
`(1 - λ̂_{k+1}) D`, and the part within is not negative, since `±(x x'ᵀ + x' xᵀ) <= x xᵀ + x' x'ᵀ`, and so
`-S <= K̂ <= Σ̂ <= S`: (a), (d). ξ and η: on the space of M beyond k, `λ̂_{k+1} <= (τ²_{k+1} + η) / low` (Courant and
Fischer); so `low (1 - λ̂_{k+1}) >= 1 - ξ - τ²_{k+1} - η`, and `φ̂ <= φ + (ξ + η) ‖B‖²`. (b): φ̂ is a mean of n independent
scalars in [0, b], of mean φ and variance at most bφ (`bernstein_deviation`). Σ̃ is one of positive semi-definite
matrices of mean I and norm at most R²: `low <= 1 - t` has probability at most `d e^{-t² n / (2 R²)}` (Tropp 2012). ∎

The pairs are independent, image with image: two images drawn for one caption, or two views. A caption table is no such
sample. B, and with it e_X, φ and b, is of the population.

Source: new here; the inequalities are Bernstein's and Tropp's.

Cost: O(n + N d² + d³) for N images.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.linalg import eigh, eigvalsh

from pairbounds.infrastructure.arrays import EPS, FloatArray
from pairbounds.infrastructure.hypotheses import require, require_width
from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.quantities.confidence import bernstein_deviation
from pairbounds.theory.quantities.known_values import known_tail_at_most
from pairbounds.theory.quantities.linear_encoders import FeatureMoments
from pairbounds.theory.quantities.through_features import LEAST_EIGENVALUE, GraphThroughFeatures

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
    def of(cls, population: GraphThroughFeatures, pairs: npt.ArrayLike, ridge: float = 0.0) -> "ImagePairs":
        """From the left nodes of each pair, (n, 2), with a ridge as `encoder_from_pairs` takes it.

        `ValueError`: pairs of other nodes than there are. `HypothesisError`: Σ̂ is not invertible, or with a ridge the
        features are linearly dependent.
        """
        drawn, whitening = np.asarray(pairs), population.whitening
        if drawn.ndim != 2 or drawn.shape[1] != 2 or not 0 <= drawn.min() <= drawn.max() < population.graph.n_left:
            raise ValueError(f"image pairs of shape {drawn.shape}: give two numbers of left nodes for each pair")
        d, m = whitening.shape
        require(not ridge or d == m, f"the {d} features have rank {m}: drop some for a ridge, or take ridge=0")
        moments = FeatureMoments.of_pairs(population.features, *drawn.T)
        scales = np.where(moments.scales > 0, moments.scales, np.inf)[:, None]  # a feature that no image has: no weight
        weights, rho = whitening / scales, moments.shift(ridge)
        second = weights.T @ moments.second @ weights + rho * weights.T @ weights
        values = eigvalsh(second)
        spanned = values[0] > LEAST_EIGENVALUE * values[-1]
        require(spanned, f"the {len(drawn)} image pairs do not span the {m} features: draw more pairs")
        bias = rho * float(np.sum((weights @ population.weighted_targets.toarray()) ** 2))
        rounding = (population.rounding + 8 * EPS * m) * float(values[-1])
        return cls(population, len(drawn), second, weights.T @ moments.induced @ weights, bias, rounding)

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
    """Bound `e_X + (φ̂ + ρ ‖β‖²) / (low (1 - λ̂_{k+1}))` of ε₂(f̂), (a) and (d), for every sample; inf for a divisor 0.

    `ValueError`: no labels, or k beyond the rank of the features.
    """
    targets = sample.population.weighted_targets.toarray()
    variation = float(np.sum(targets * ((sample.second - sample.induced) @ targets)))
    return _beyond(sample, variation, sample.low * (1 - sample.next_value(k)))


def mse_by_norms_at_most(sample: ImagePairs, k: int) -> float:
    """Bound `e_X + (φ + (ξ + η) (1 - e_X)) / (1 - τ²_{k+1} - ξ - η)` of ε₂(f̂), (a); inf for no positive divisor."""
    require(sample.bias == 0, "ξ and η are of image pairs without a ridge: take ridge=0")
    sample.next_value(k)
    population, rank = sample.population, len(sample.second)
    differences = sample.second - np.eye(rank), sample.induced - population.moments
    off = sum(float(np.abs(eigvalsh(difference)).max()) + sample.rounding for difference in differences)
    value = float(population.spectrum.upper_values[k]) ** 2 if k < rank else -math.inf
    return _beyond(sample, population.variation + off * (1 - population.unreached), 1 - value - off)


def mse_by_hops_at_most(sample: ImagePairs, k: int, hops: int | None = None) -> float:
    """Bound `e_X + ν̂([-1, λ̂_{k+1}]) / low` of ε₂(f̂), (c), with the mass that moments up to 2 hops and the λ̂_i allow."""
    by_one_hop = mse_from_pairs_at_most(sample, k)
    values, vectors = eigh(sample.second)
    root, inverse = ((vectors * scale) @ vectors.T for scale in (np.sqrt(values), 1 / np.sqrt(values)))
    mass = float(np.sum((root @ sample.population.weighted_targets.toarray()) ** 2))
    if k == len(values) or mass <= sample.rounding:
        return min(by_one_hop, _beyond(sample, mass, sample.low))
    # These weights of the sums of features by class give labels of mass 1.
    halves = (inverse @ sample.induced @ inverse + np.eye(len(values))) / 2
    weights, off = sample.population.whitening @ root / math.sqrt(mass), sample.rounding / max(sample.low, EPS)
    seen = _LabelEnergy(sample.population.graph, sample.population.features, weights, halves, off)
    tail = mass * known_tail_at_most(seen, seen.spectrum, k, hops)
    return min(by_one_hop, _beyond(sample, tail, sample.low))  # the second is no more, but for its rounding


class _LabelEnergy(GraphThroughFeatures):
    """ν̂ on [0, 1], as theorems 15 and 35 read it."""

    @cached_property
    def spans_constant(self) -> bool:
        """False: the energy of the constant in a sample is not that in the population."""
        return False


def _beyond(sample: ImagePairs, energy: float, room: float) -> float:
    above = (max(0.0, energy) + sample.rounding) / room if room > 0 else math.inf
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
    """Bound 43′ of ε₂(f̂) with probability `1 - 2δ` over n independent image pairs, (b); at most 1, and 1 for too few.

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
    room = max(0.0, low) * (1 - next_value)
    above = variation + bias + float(bernstein_deviation(spread * variation, spread, log, n))
    return min(1.0, unreached + above / room) if room > 0 else 1.0


STATEMENTS = (
    Statement("from-image-pairs", mse_from_pairs_at_most, TESTS),
    Statement("from-image-pairs-by-norms", mse_by_norms_at_most, TESTS),
    Statement("from-image-pairs-certified", certified_mse_at_most, TESTS),
    Statement("from-image-pairs-by-hops", mse_by_hops_at_most, TESTS),
)

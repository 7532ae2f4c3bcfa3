"""Measured quantities of an embedding of a graph, for the left side of bounds."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from pairbounds.infrastructure.arrays import (
    Array,
    FloatArray,
    IntArray,
    column_norms,
    independent,
    thin_factors,
    times_powers,
    unit_columns,
)
from pairbounds.infrastructure.checks import require
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.quantities.consistency import class_masses, guess_error, induced_labelling_error
from pairbounds.theory.quantities.factorisation import unweighted
from pairbounds.theory.quantities.probes import ProbeResult, as_features, probe, zero_shot_standing
from pairbounds.theory.quantities.scores import Standing

Features = tuple[FloatArray, FloatArray]  # (n_left, k) and (n_right, k)
LARGEST_PRODUCT = 500  # in powers of two, so that squares of scores do not overflow


@dataclass(frozen=True, eq=False)
class Encoder:
    """Embedding pair of width k of a graph, with the spectrum of the graph.

    Attributes
    ----------
    spectrum : at least k + 1 triplets
    left, right : (n_left, k), and (n_right, k) or `None`; unweighted
    is_given : True for a user's embedding, False for the optimum
    penalty : μ of the penalised spectral loss (theorem 18), for claims about it
    """

    graph: PairGraph
    spectrum: Spectrum
    k: int
    left: FloatArray
    right: FloatArray | None
    is_given: bool = False
    penalty: float | None = None

    @classmethod
    def optimum(cls, graph: PairGraph, spectrum: Spectrum, k: int) -> "Encoder":
        """Optimum in the coordinates `F = U_k`, `G = W_k Σ_k`, with columns of 0 beyond the rank."""
        return cls(graph, spectrum, k, *unweighted(graph, spectrum, k, 1.0, spectrum.singular_values[:k]))

    @classmethod
    def of(cls, graph: PairGraph, spectrum: Spectrum, k: int, features: Any) -> "Encoder":
        """Encoder of width k from `f`, or from the pair `(f, g)`, numpy or torch."""
        left, right = sides_of(features)
        f = as_features(left, graph.n_left, "f").copy()
        g = None if right is None else as_features(right, graph.n_right, "g").copy()
        for name, side in (("f", f), ("g", g)):
            if side is not None and side.shape[1] != k:
                width = side.shape[1]
                raise ValueError(
                    f"{name} has width {width} and k is {k}: bounds on an encoder need its width, "
                    f"so give k={width}, or use pairbounds.check_encoder"
                )
        return cls(graph, spectrum, k, f, g, is_given=True)

    @classmethod
    def penalised_optimum(cls, graph: PairGraph, spectrum: Spectrum, k: int, penalty: float) -> "Encoder":
        """Minimiser of width k of the spectral loss with the penalty `μ (E‖f‖² + E‖g‖²)`.

        `F = U (Σ - μ)₊^{1/2}` and `G = W (Σ - μ)₊^{1/2}` on the top k, with columns of 0 for `σ_i <= μ` (theorem 18).

        `ValueError`: the penalty is not in (0, 1).
        """
        if not 0 < penalty < 1:
            raise ValueError(f"penalty={penalty!r} is not in (0, 1): 0 is no penalty, and from 1 on the optimum is 0")
        roots = np.sqrt(np.maximum(0.0, spectrum.singular_values[:k] - penalty))
        return cls(graph, spectrum, k, *unweighted(graph, spectrum, k, roots, roots), penalty=penalty)

    @classmethod
    def critic(cls, graph: PairGraph, spectrum: Spectrum, features: Any) -> "Encoder":
        """Encoder from the pair (f, g), of any width, of a critic `s(x, l) = f(x)ᵀ g(l)`."""
        left, right = sides_of(features)
        if right is None:
            raise ValueError("critic is not a pair: give a pair of arrays, (f, g)")
        width = as_features(left, graph.n_left, "f").shape[1]
        return cls.of(graph, spectrum, width, features)

    @property
    def features(self) -> Features | None:
        """Given features, with zeros for a missing side, which no claim then uses."""
        if not self.is_given:
            return None
        return self.left, np.zeros((self.graph.n_right, self.k)) if self.right is None else self.right

    @cached_property
    def probe(self) -> ProbeResult:
        """Population probe of the left embedding."""
        return probe(self.graph, self.left)

    @cached_property
    def zero_shot(self) -> tuple[Standing, Array, float]:
        """Standing of each left node in zero-shot scores, the column of its class, and the unit of the scores."""
        return zero_shot_standing(self.graph, self._unit_left, self._unit_right)

    @cached_property
    def balanced(self) -> Features:
        """Features f and g, scaled exactly by inverse powers of two, so that columns of f have unit size.

        `HypothesisError`: the products of f and g, or their squares, overflow.
        """
        (left, up), (right, right_scale) = self._unit_left, self._unit_right
        powers = up + right_scale
        require(powers.max() <= LARGEST_PRODUCT, "products of these features overflow: scale them down")
        return left, times_powers(right, powers)

    @cached_property
    def _unit_left(self) -> tuple[FloatArray, IntArray]:
        return unit_columns(self.left)

    @cached_property
    def _unit_right(self) -> tuple[FloatArray, IntArray]:
        return unit_columns(self.both_sides)

    @cached_property
    def left_factors(self) -> tuple[FloatArray, FloatArray]:
        """`Āᵀ Q`, (n_right, k), and `R`, (k, k), where `F = D_L^{1/2} f = Q R` and Q is orthonormal.

        Here and in `right_factors` the columns of f and g are scaled to unit size, which keeps spans.
        """
        basis, factor = thin_factors(np.sqrt(self.graph.left_marginal)[:, None] * self._unit_left[0])
        return self.graph.normalized.T @ basis, factor

    @cached_property
    def right_factors(self) -> tuple[FloatArray, FloatArray]:
        """`Q`, (n_right, k), and `R`, (k, k), where `G = D_R^{1/2} g = Q R` and Q is orthonormal."""
        return thin_factors(np.sqrt(self.graph.right_marginal)[:, None] * self._unit_right[0])

    @cached_property
    def paired_bases(self) -> FloatArray:
        """`Q_Fᵀ Ā Q_G`, (k, k), of the orthonormal bases of both sides."""
        return self.left_factors[0].T @ self.right_factors[0]

    @cached_property
    def image_gram(self) -> FloatArray:
        """`Q_Fᵀ Ā Āᵀ Q_F`, (k, k)."""
        return self.left_factors[0].T @ self.left_factors[0]

    @cached_property
    def product_factor(self) -> FloatArray:
        """`C = R_F R_Gᵀ`, (k, k), where `F = Q_F R_F` and `G = Q_G R_G`: `F Gᵀ` in orthonormal coordinates."""
        left, right = self._balanced_factors
        return left @ right.T

    @cached_property
    def _balanced_factors(self) -> Features:
        """R_F and R_G, (k, k), of the balanced sides."""
        assert self.balanced
        return self.left_factors[1], times_powers(self.right_factors[1], self._unit_left[1] + self._unit_right[1])

    @cached_property
    def attraction(self) -> float:
        """`E_P f(x)ᵀ g(l)`."""
        left, right = self.balanced
        return float(np.sum(left * (self.graph.joint @ right)))

    @cached_property
    def loss(self) -> float:
        """Spectral loss, `-2 E_P f(x)ᵀ g(l) + ‖F Gᵀ‖_F²`.

        Computed by `‖F Gᵀ‖ = ‖R_F R_Gᵀ‖`, since the terms of `tr((FᵀF)(GᵀG))` cancel if columns are far from
        orthogonal.
        """
        repulsion = float(np.sum(self.product_factor**2))
        return repulsion - 2 * self.attraction

    @cached_property
    def loss_scale(self) -> float:
        """Scale of the round-off of the spectral loss, `2 (1 + ‖F Gᵀ‖_F) Σ_i ‖F_i‖ ‖G_i‖` over the columns.

        See `docs/theorems/theorem01.md`. `(F D, G D^{-1})`, D diagonal, has the scale of (F, G).
        """
        lengths = [factor.any(axis=0) * column_norms(factor) for factor in self._balanced_factors]
        return 2 * (1 + float(np.linalg.norm(self.product_factor))) * float(np.prod(lengths, axis=0).sum())

    @property
    def both_sides(self) -> FloatArray:
        """Right embedding, required."""
        require(self.right is not None, "the right embedding is needed too: give features=(f, g)")
        assert self.right is not None
        return self.right


def sides_of(features: Any) -> tuple[Any, Any]:
    """The two sides f and g of a pair; `None` for g if one array is given."""
    left, right = features if isinstance(features, tuple | list) and len(features) == 2 else (features, None)
    return left, right


def aligned_induced_loss(encoder: Encoder) -> float:
    """Self-supervised spectral loss on `P_T` of the left embedding after its best linear map.

    `-‖Āᵀ Q Qᵀ Ā‖²`, with Q an orthonormal basis of the range of F (theorem 3): linear in the number of pairs. Columns
    of F count as dependent if they are so up to round-off of their lengths.
    """
    _, factor = encoder.left_factors
    chosen = independent(factor)
    return -float(np.sum((chosen.T @ encoder.image_gram @ chosen) ** 2))


@dataclass(frozen=True)
class Quantity:
    """Measured quantity.

    Attributes
    ----------
    measure : its value
    guess : value of a guess, by default infinite; an upper bound no better than it is vacuous
    scale : size of the terms of its value, to which its round-off is relative
    doubt : largest amount by which near ties, which count as errors, can lift a 0-1 error above what the proofs of
        bounds allow
    of_graph : True if it depends only on the graph, and not on the embedding
    """

    measure: Callable[[Encoder], float]
    guess: Callable[[PairGraph], float] = lambda _: math.inf
    scale: Callable[[Encoder], float] = lambda _: 1.0
    doubt: Callable[[Encoder], float] = lambda _: 0.0
    of_graph: bool = False


def _constant_probe_mse(graph: PairGraph) -> float:
    return 1 - float(np.sum(class_masses(graph) ** 2))


def _zero_shot_error(encoder: Encoder) -> float:
    standing, classes, _ = encoder.zero_shot
    return standing.error(encoder.graph.left_marginal, classes)


def _zero_shot_doubt(encoder: Encoder) -> float:
    standing, _, unit = encoder.zero_shot
    return standing.doubt(encoder.graph.left_marginal, unit)


QUANTITIES: dict[str, Quantity] = {
    "probe_error": Quantity(
        lambda encoder: encoder.probe.error, guess_error, doubt=lambda encoder: encoder.probe.doubt
    ),
    "probe_mse": Quantity(lambda encoder: encoder.probe.mse, _constant_probe_mse),
    "zero_shot_error": Quantity(_zero_shot_error, guess_error, doubt=_zero_shot_doubt),
    "induced_labelling_error": Quantity(
        lambda encoder: induced_labelling_error(encoder.graph), _constant_probe_mse, of_graph=True
    ),
    "spectral_loss": Quantity(lambda encoder: encoder.loss, scale=lambda encoder: encoder.loss_scale),
    "aligned_induced_loss": Quantity(aligned_induced_loss, scale=lambda encoder: float(encoder.k)),
}

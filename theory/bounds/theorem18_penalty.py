"""Theorem 18: a penalty instead of a width puts the cut of the spectrum where one wants it.

In words: With a penalty on the norms of its embeddings the optimum keeps those directions, k at most, whose singular
value exceeds the penalty, so that the cut lies where one puts it.

f_μ, with its g, minimises `L(f, g) + μ (E‖f‖² + E‖g‖²)`, with `0 < μ < 1` and width k. Any (f, g) has an excess `ε_μ`
over `-Σ_i (σ_i - μ)₊²`. For `t > μ`, `h_t(σ) = min(1, (σ - μ)₊ / (t - μ))` and `ρ_t² = Σ_i (1 - h_t(σ_i))² c_i`; energy
beyond the k-th value counts as if h_t were 0 there.

Proof: `docs/theorems/theorem18.md`. Source: new here; Srebro et al. 2004 and Cai, Candès and Shen 2010, which were not
read for it, know the minimisers. Cost: as theorems 15 and 16 at another place; duality takes one singular value, of the
residual, in place of those of the graph.
"""

import math

import numpy as np
from scipy.sparse.linalg import LinearOperator, aslinearoperator
from scipy.special import expit

from pairbounds.infrastructure.checks import require
from pairbounds.theory.bounds.gap import over_gap
from pairbounds.theory.bounds.measured import Encoder
from pairbounds.theory.bounds.registry import exact
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.quantities.consistency import class_masses, induced_labelling_error, label_energy
from pairbounds.theory.quantities.local_multihop import Cut, within
from pairbounds.theory.quantities.multihop_consistency import label_measure, mass_up_to, tail_at_least, tail_at_most
from pairbounds.theory.spectrum.triplets import operator_norm

REACH_LIMIT = 10.0  # of `t - μ`; farther away the bound is 1, or almost
PLACES_BLOCK = np.linspace(-14, 5, 48)  # log-odds of `(t - μ) / (1 - μ)` at which B_M is tried


@exact("penalised-mse", quantity="probe_mse", subject="penalised optimum", kept="less information: the cut alone")
def penalised_mse(graph: PairGraph, spectrum: Spectrum, encoder: Encoder, order: int | None = None) -> float:
    """`ε₂(f_μ) <= B_M(b)`, the most label energy in `[0, b]` that up to 2M hops allow, `b = max(μ², σ²_{k+1})`."""
    return tail_at_most(graph, spectrum, penalised_width(encoder), order, cut=penalty_of(encoder))


@exact("penalised-mse-below", quantity="probe_mse", relation=">=", subject="penalised optimum", kept="sharper")
def penalised_mse_below(graph: PairGraph, spectrum: Spectrum, encoder: Encoder, order: int | None = None) -> float:
    """`ε₂(f_μ) >= L_M(b)`, the least label energy in `[0, b)` that up to 2M hops allow, `b = max(μ², σ²_{k+1})`."""
    return tail_at_least(graph, spectrum, penalised_width(encoder), order, cut=penalty_of(encoder))


@exact(
    "penalised-error",
    quantity="probe_error",
    subject="penalised optimum",
    corollary_of="local-penalised-error",
    kept="less information: one hop",
)
def penalised_error(graph: PairGraph, spectrum: Spectrum, encoder: Encoder) -> float:
    """`E(f_μ) <= 2 α_T / (1 - b)`, `b = max(μ², σ²_{k+1})`: by one hop."""
    return 2 * over_gap(induced_labelling_error(graph), spectrum, penalised_width(encoder), cut=penalty_of(encoder))


@exact("local-penalised-error", quantity="probe_error", subject="penalised optimum", kept="sharper")
def local_penalised_error(
    graph: PairGraph, spectrum: Spectrum, k: int, encoder: Encoder, order: int | None = None
) -> float:
    """`E(f_μ) <= N(γ_q, ∫ P dν)`: theorem 16 with its cut at `b = max(μ², σ²_{k+1})`.

    The least over the filters tried and `2 B_M(b)`.
    """
    cut = Cut.at_penalty(spectrum, k, penalised_width(encoder), penalty_of(encoder))
    return min(within(graph, cut, order).error, 2 * penalised_mse(graph, spectrum, k, encoder, order=order))


@exact("penalised-encoder-mse", quantity="probe_mse", subject="penalised encoder", kept="sharper")
def penalised_encoder_mse(encoder: Encoder) -> float:
    """`ε₂(f) <= min_t (ρ_t + √(p_{max} ε_μ) / (t - μ))²` for every embedding pair."""
    return _by_soft_threshold(encoder) ** 2


@exact(
    "penalised-encoder-error",
    quantity="probe_error",
    subject="penalised encoder",
    corollary_of="penalised-encoder-mse",
    kept="sharper",
)
def penalised_encoder_error(encoder: Encoder) -> float:
    """`E(f) <= 2 min_t (ρ_t + √(p_{max} ε_μ) / (t - μ))²` for every embedding pair."""
    return 2 * _by_soft_threshold(encoder) ** 2


@exact(
    "multihop-penalised-encoder-mse",
    quantity="probe_mse",
    subject="penalised encoder",
    kept="less information: no singular vector",
)
def multihop_penalised_encoder_mse(encoder: Encoder, order: int | None = None) -> float:
    """`ε₂(f) <= min_t (√(B_M(t²)) + √(p_{max} ε_μ) / (t - μ))²` for every embedding pair: no eigenvector."""
    return _by_hops(encoder, penalised_excess(encoder), order) ** 2


@exact(
    "penalised-encoder-mse-by-duality",
    quantity="probe_mse",
    subject="penalised encoder",
    kept="less information: no singular value",
)
def penalised_encoder_mse_by_duality(encoder: Encoder, order: int | None = None) -> float:
    """`ε₂(f) <= min_t (√(B_M(t²)) + √(p_{max} δ_μ) / (t - μ))²`, δ_μ the duality gap: no singular value."""
    return _by_hops(encoder, duality_gap(encoder), order) ** 2


def penalised_excess(encoder: Encoder) -> float:
    """`ε_μ`, the excess of the penalised loss over `-Σ_i (σ_i - μ)₊²`, its minimum at any width; rounded up.

    Where values beyond the k-th exceed μ their part of the sum is replaced by its upper bound. Cost: that of the loss.
    """
    spectrum, penalty, k = encoder.spectrum, penalty_of(encoder), encoder.k
    lowest = -float(np.sum(np.maximum(0.0, spectrum.singular_values[:k] - penalty) ** 2)) - _lowered_beyond(encoder)
    size = penalty * _squared_size(encoder)
    return max(0.0, encoder.loss + size - lowest) + spectrum.rounding * (max(-lowest, encoder.loss_scale) + size)


def duality_gap(encoder: Encoder) -> float:
    """`δ_μ >= ε_μ`: what the residual `R = Ā - F Gᵀ` leaves open of the penalised loss; rounded up.

    `‖R‖² + μ (‖F‖² + ‖G‖²) - 2 <Z, Ā> + ‖Z‖²` with `Z = μ R / ‖R‖_op`. Cost: that of the loss, and
    `pairbounds.theory.spectrum.triplets.operator_norm` of R, by its products: R is never formed.
    """
    graph, penalty = encoder.graph, penalty_of(encoder)
    squared_norm = float(np.sum(graph.normalized.data**2))
    residual, overlap = max(0.0, encoder.loss + squared_norm), squared_norm - encoder.attraction
    largest = operator_norm(_residual(encoder)) + encoder.spectrum.rounding * encoder.loss_scale
    share, size = penalty / largest, penalty * _squared_size(encoder)
    gap = residual + size - 2 * share * overlap + share**2 * residual
    return max(0.0, gap) + encoder.spectrum.rounding * (1 + share) ** 2 * (squared_norm + encoder.loss_scale + size)


def penalty_of(encoder: Encoder) -> float:
    """μ of an encoder that was made for a penalised loss."""
    assert encoder.penalty is not None
    return encoder.penalty


def penalised_width(encoder: Encoder) -> int:
    """The number of the top k computed directions that the penalty leaves: the first, of value 1, always."""
    return 1 + int(np.count_nonzero(encoder.spectrum.singular_values[1 : encoder.k] > penalty_of(encoder)))


def _by_soft_threshold(encoder: Encoder) -> float:
    """The bound of `√ε₂` by label energy at the best t; at most 1, what no probe exceeds."""
    spectrum, k = encoder.spectrum, encoder.k
    above = np.maximum(0.0, spectrum.singular_values[:k] - penalty_of(encoder))
    energy = label_energy(encoder.graph, spectrum)[:k]
    beyond = max(0.0, 1 - float(energy.sum()))
    off_subspace = _off_subspace(encoder, penalised_excess(encoder))

    def at(log_reach: float) -> float:
        reach = math.exp(log_reach)
        missed = (1 - np.minimum(1.0, above / reach)) ** 2 @ energy
        return math.sqrt(missed + beyond + spectrum.rounding) + off_subspace / reach

    # Convex in the inverse of the reach, and growing to the left of the least value above the penalty.
    nearest = float(above[above > 0].min(initial=REACH_LIMIT))
    from scipy.optimize import minimize_scalar  # takes a second to import

    best = minimize_scalar(at, bounds=(math.log(nearest), math.log(REACH_LIMIT)), method="bounded")
    return min(1.0, float(best.fun), at(math.log(nearest)))


def _by_hops(encoder: Encoder, excess: float, order: int | None) -> float:
    """The bound of `√ε₂` by multi-hop consistency at the best of some t; at most 1."""
    penalty, rounding = penalty_of(encoder), encoder.spectrum.rounding
    jacobi, off_subspace = label_measure(encoder.graph, order), _off_subspace(encoder, excess)
    reaches = (1 - penalty) * expit(PLACES_BLOCK)
    roots = [math.sqrt(mass_up_to(jacobi, (penalty + reach) ** 2, slack=rounding)) for reach in reaches]
    return min(1.0, float(np.min(np.array(roots) + off_subspace / reaches)))


def _off_subspace(encoder: Encoder, excess: float) -> float:
    """`√(p_max ε)`; computed triplets are those of a matrix a rounding away, and X* with them."""
    return (math.sqrt(excess) + encoder.spectrum.rounding) * math.sqrt(float(class_masses(encoder.graph).max()))


def _lowered_beyond(encoder: Encoder) -> float:
    """Upper bound on `Σ_{i>k} (σ_i - μ)₊²`: `(1 - μ/σ_{k+1})₊² Σ_{i>k} σ_i²`."""
    spectrum, k = encoder.spectrum, encoder.k
    share = max(0.0, 1 - penalty_of(encoder) / float(spectrum.upper_values[k])) ** 2
    squared_norm = float(np.sum(encoder.graph.normalized.data**2))
    return share * (
        max(0.0, squared_norm - float(np.sum(spectrum.singular_values[:k] ** 2))) + spectrum.rounding * squared_norm
    )


def _squared_size(encoder: Encoder) -> float:
    """`E‖f‖² + E‖g‖²`."""
    graph = encoder.graph
    with np.errstate(over="ignore", under="ignore"):
        size = float(graph.left_marginal @ np.sum(encoder.left**2, axis=1))
        size += float(graph.right_marginal @ np.sum(encoder.both_sides**2, axis=1))
    require(math.isfinite(size), "the penalty of these features overflows: make them smaller")
    return size


def _residual(encoder: Encoder) -> LinearOperator:
    """`R = Ā - F Gᵀ` by its products."""
    graph = encoder.graph
    left, right = np.sqrt(graph.left_marginal)[:, None], np.sqrt(graph.right_marginal)[:, None]
    f, g = encoder.balanced
    return aslinearoperator(graph.normalized) - aslinearoperator(left * f) @ aslinearoperator((right * g).T)

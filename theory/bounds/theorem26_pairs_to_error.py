"""Theorem 26: how far n pairs lead, from the empirical loss to the error of the probe.

In words: An encoder of bounded norm with the least loss on n sampled pairs has, with high probability, the least loss
of such encoders on the distribution that they come from, up to a multiple of `1/√n`.

Let P̂ be the distribution of n independent pairs of P, s the number of pairs of positive probability, L̂ the spectral
loss under P̂ and its own marginals, and let the encoders be all (f, g) of width k with `‖f(x)‖², ‖g(l)‖² <= B`. With
probability at least 1 - δ every minimiser of L̂ has an excess loss, over the least of the class, of at most

    ε = 2 (2 B + B²) (√((s - 1) / n) + √(2 ln(1/δ) / n)).

If B is at least the largest squared norm of the optimum, the least of the class is `-Σ_{i≤k} σ_i²`, and theorem 7, with
the largest class mass before the excess, bounds the probe on the minimiser by ε.

Proof. `|f(x)ᵀ g(l)| <= B`, so under two distributions of pairs the first term of the loss differs by at most `2 B ‖P̂ -
P‖_1`. Its second is a mean of values in [0, B²] under the product of the marginals: it differs by at most `½ B² ‖p̂_L ×
p̂_R - p_L × p_R‖_1`, and that norm is at most `‖p̂_L - p_L‖_1 + ‖p̂_R - p_R‖_1 <= 2 ‖P̂ - P‖_1`. The excess is at most
twice the largest difference. `E ‖P̂ - P‖_1 <= Σ √(P (1 - P) / n) <= √((s - 1) / n)` by Jensen and concavity, and one
pair changes the norm by at most 2/n: McDiarmid's inequality adds `√(2 ln(1/δ) / n)`. For the probe: `‖(I - Π_F) U_j‖²`
in Frobenius norm is at most `ε / (σ_j² - σ²_{k+1})` (theorem 7), and `‖(I - Π_F) U_j U_jᵀ Ỹ‖_F` at most its root times
the operator norm of Ỹ, `√p_max`.

It is vacuous where it matters, at the numbers of pairs that anybody has: B is of the order of 1 over the least mass of
a node and knows nothing of the structure of a network, s may be the number of all pairs of nodes, and `1 / √n` is the
rate without a gap. At level 0.95 and with the least B it is below the squared error of a guess from 7e6 pairs on for
the 6 by 5 nodes of the tests (k = 2), and from 6e8 on for the captions of `LatentWorld()`, 320 by 40 nodes (k = 8),
where the optimum of 10,000 sampled pairs has error 0 and the bound is 1. HaoChen et al. have a Rademacher complexity in
place of B and s.

Source: HaoChen et al. 2021, of whom the abstract was seen, for the way from a sample to the probe; the constants and
the proof are derived here, and so is the use of an l1 distance in place of a complexity. McDiarmid 1989.

Cost: given the spectrum, O(k).
"""

import math

import numpy as np

from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import class_masses, label_energy
from pairbounds.theory.quantities.factorisation import optimal_embeddings
from pairbounds.theory.spectrum.triplets import spectrum


def excess_from_pairs(n_pairs: int, support: int, bound: float, *, level: float = 0.95) -> float:
    """ε for δ = 1 - level, of every (f, g) whose empirical loss is at most that of the class's best on the population.

    Loose, and of the wrong order where there is a gap: on the graph of 6 by 5 nodes of the tests, at k = 2, the median
    excess of the empirical optimum was 4e-4 of it from 1,000 pairs, 7e-5 from 100,000 and 7e-6 from 10,000,000.

    Parameters
    ----------
    n_pairs : n, at least 1
    support : s, the number of pairs of positive probability, or any number above it: `n_left n_right` is one
    bound : B, of `‖f(x)‖²` and `‖g(l)‖²`

    Raises
    ------
    ValueError
        n or s below 1; a negative B; level not in (0, 1).
    """
    if min(n_pairs, support) < 1:
        raise ValueError(f"n_pairs={n_pairs} and support={support}: both are at least 1")
    if not 0 < level < 1:
        raise ValueError(f"level={level!r} is not a confidence: 0 < level < 1")
    if not bound >= 0:
        raise ValueError(f"bound={bound!r} is negative: it is of squared norms")
    deviation = (math.sqrt(support - 1) + math.sqrt(-2 * math.log1p(-level))) / math.sqrt(n_pairs)
    return 2 * (2 * bound + bound**2) * min(2.0, deviation)


def largest_squared_norm(graph: PairGraph, k: int) -> float:
    """The largest `‖f(x)‖²` and `‖g(l)‖²` of the optimum `F = U_k Σ_k^{1/2}`, `G = W_k Σ_k^{1/2}`: a B that allows it.

    At most `1 / min p`. Where `B` is at least this, the least loss of the class is that of all encoders.
    """
    return max(float(np.sum(side**2, axis=1).max()) for side in optimal_embeddings(graph, k))


def mse_from_pairs(graph: PairGraph, k: int, n_pairs: int, bound: float, *, level: float = 0.95) -> float:
    """A bound of the squared error `ε₂` of a probe on an encoder trained on n independent pairs; at most 1.

    `ε₂ <= min_{j≤k} (√(Σ_{i>j} c_i) + √(p_max ε / (σ_j² - σ²_{k+1})))²` with ε of `excess_from_pairs`, and twice it
    bounds the 0-1 error. The probe is that of the population.

    Parameters
    ----------
    graph : the population, with labels on the left
    bound : B, at least `largest_squared_norm(graph, k)`

    Raises
    ------
    ValueError
        As `excess_from_pairs`; the graph lacks labels; k out of range; a B that excludes the optimum.
    """
    needed = largest_squared_norm(graph, k)
    if bound < needed * (1 - 1e-12):
        raise ValueError(f"bound={bound:.4g} excludes the optimum, whose largest squared norm is {needed:.4g}")
    excess = excess_from_pairs(n_pairs, graph.joint.nnz, bound, level=level)
    triplets = spectrum(graph, min(k + 1, *graph.joint.shape)).leading(k + 1)
    tails = np.maximum(0.0, 1 - np.cumsum(label_energy(graph, triplets)[:k])) + triplets.rounding
    splits = np.maximum(0.0, triplets.lower_values[:k] ** 2 - triplets.upper_values[k] ** 2)
    with np.errstate(divide="ignore"):
        off_subspace = class_masses(graph).max() * excess / splits
    return min(1.0, float(np.min(np.sqrt(tails) + np.sqrt(off_subspace)) ** 2))


STATEMENTS = (
    Statement(
        "error-from-pairs",
        "exact",
        "The minimiser of the empirical loss over embeddings of squared norm at most B has an excess loss ε of at most "
        "`2 (2 B + B²) (√((s - 1) / n) + √(2 ln(1/δ) / n))`, with probability `1 - δ`, and its probe "
        "`ε₂ <= min_j (√(Σ_{i>j} c_i) + √(p_max ε / (σ_j² - σ²_{k+1})))²`.",
        mse_from_pairs,
        "tests/theory/test_pairs_to_error.py",
    ),
)

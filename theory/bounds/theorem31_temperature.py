"""Theorem 31: how low InfoNCE can be at a temperature.

In words: Scores on the sphere over a temperature τ have a range of 2/τ, which keeps the loss above the optimum where τ
is above twice the inverse of the mutual information.

For every critic of range `Δ = 2 max ‖f‖ max ‖g‖`, 2/τ on the unit sphere at temperature τ, the direction from left to
right is at least `Σ_l p_R(l) log(p_R(l) + (1 - p_R(l)) e^{-Δ}) >= -Δ`, the other likewise, and the loss the mean of
both.

Proof. `L_→ = E_P log Σ_{l'} p_R(l') e^{s(x, l') - s(x, l)}`, in which l itself has the term p_R(l) and every other one
at least `p_R(l') e^{-Δ}`. ∎

The excess over the optimum, `ε_→ = L_→ + I`, is at least I and that sum, `I - 2/τ` at least: a τ above 2/I cannot reach
the optimum, and a learned one that ends there says that width, optimisation or an early stop stands in the way. Where P
has zeros no τ attains the optimum.

Source: new here.

Cost: O(n_left k + n_right k), beside the loss.
"""

import math

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.theory.bounds.quantities import Encoder
from pairbounds.theory.bounds.registry import bound
from pairbounds.theory.bounds.theorem10_infonce import require_few_pairs
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.infonce import mutual_information
from pairbounds.theory.spectrum.triplets import Spectrum

ROUNDING = 1e-12  # relative, of norms and of their product


@bound(
    "infonce-by-range",
    quantity="infonce_loss",
    status="exact",
    relation=">=",
    subject="encoder",
    formal="theorem31_temperature.v:infonce_by_range",
)
def infonce_by_range(graph: PairGraph, spectrum: Spectrum, k: int, encoder: Encoder) -> float:
    """`L_InfoNCE(f, g) >= ½ Σ_p Σ p log(p + (1 - p) e^{-Δ})` over both marginals p, `Δ = 2 max ‖f‖ max ‖g‖`.

    Needs a graph of at most `PAIRS_LIMIT` pairs of nodes, since the loss scores each of them.
    """
    require_few_pairs(graph)
    left, right = encoder.balanced
    largest = [math.sqrt(float(np.max(np.sum(side**2, axis=1)))) for side in (left, right)]
    spread = 2 * largest[0] * largest[1] * (1 + ROUNDING)
    return (_least(graph.left_marginal, spread) + _least(graph.right_marginal, spread)) / 2


def largest_temperature(graph: PairGraph) -> float:
    """The largest τ at which a critic on the unit sphere may reach the optimum, `2 / I`; inf where `I = 0`."""
    information = mutual_information(graph)
    return 2 / information if information > 0 else math.inf


def _least(marginal: FloatArray, spread: float) -> float:
    """`Σ p log(p + (1 - p) e^{-Δ})`."""
    return float(marginal @ np.log(marginal + (1 - marginal) * math.exp(-spread)))

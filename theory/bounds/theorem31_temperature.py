"""Theorem 31: how low InfoNCE can be at a temperature.

In words: Scores on the sphere over a temperature τ have a range of 2/τ, which keeps the loss above the optimum where τ
is too high: above twice the inverse of the mutual information at the latest.

Proof: `docs/theorems/theorem31.md`. Source: new here. Cost: O(n_left k + n_right k), beside the loss.
"""

import math

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.theory.bounds.measured import Encoder
from pairbounds.theory.bounds.registry import exact
from pairbounds.theory.bounds.theorem10_infonce import require_few_pairs
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.population_infonce import mutual_information

ROUNDING = 1e-12  # relative, of norms and of their product
REACHED = 1e-9  # share of I that a loss may lack and be called the optimum


@exact("infonce-by-range", quantity="infonce_loss", relation=">=", subject="encoder", kept="sharper")
def infonce_by_range(graph: PairGraph, encoder: Encoder) -> float:
    """`L_{InfoNCE}(f, g) >= (h_Δ(p) + h_Δ(p_R)) / 2`, `h_Δ(p) = Σ p log(p + (1 - p) e^{-Δ})`, Δ the range of scores.

    `Δ = 2 max ‖f‖ max ‖g‖`. Needs a graph of at most `PAIRS_LIMIT` pairs of nodes, since the loss scores each of them.
    """
    require_few_pairs(graph)
    left, right = encoder.balanced
    largest = [math.sqrt(float(np.max(np.sum(side**2, axis=1)))) for side in (left, right)]
    spread = 2 * largest[0] * largest[1] * (1 + ROUNDING)
    return (_least(graph.left_marginal, spread) + _least(graph.right_marginal, spread)) / 2


def largest_temperature(graph: PairGraph) -> float:
    """The largest τ at which a critic on the unit sphere may be within `REACHED` I of the optimum; inf where `I = 0`.

    Rounded up; at most 2/I.
    """
    from scipy.optimize import brentq  # takes a second to import

    information = mutual_information(graph) * (1 - REACHED)
    if not information > ROUNDING:
        return math.inf
    sides = (graph.left_marginal, graph.right_marginal)

    def excess(spread: float) -> float:  # as `_least`, without cancellation where the spread is small
        return information + sum(float(p @ np.log1p((1 - p) * math.expm1(-spread))) for p in sides) / 2

    widest = 1 + math.log(sum(map(len, sides)) / (REACHED * information))  # within REACHED I of the limit
    return 2 / (float(brentq(excess, information / 2, widest)) * (1 - REACHED))


def _least(marginal: FloatArray, spread: float) -> float:
    """`Σ p log(p + (1 - p) e^{-Δ})`."""
    return float(marginal @ np.log(marginal + (1 - marginal) * math.exp(-spread)))

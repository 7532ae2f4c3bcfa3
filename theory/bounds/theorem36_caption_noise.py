"""Theorem 36: caption noise costs samples, not the optimum.

In words: Captions that are wrong at random leave the best embedding and its errors as they are, and lower the
consistency, for which the bounds can be corrected.

`P_η = (1 - η) P + η p_L p_Rᵀ`, `η < 1`, has the singular vectors of P, σ_1 = 1 and else the values `(1 - η) σ_i`. The
optimum stays where `σ_k > σ_{k+1}`. The bounds are corrected by a lower bound s on η, as from an audit of some pairs,
or any `s <= 1 - σ_2(P_η)`. A *table* in which captions were exchanged is a sample, not P_η, and its own optimum suffers
(`pairbounds audit --noise`). Through features (theorem 42) all of this needs the constant in their span.

Proof: `docs/theorems/theorem36.md`. Source: put together here. Cost: that of some linear programmes; `noisy` holds all
pairs of nodes.
"""

import numpy as np
from numpy.typing import ArrayLike

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.checks import require
from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.moment_problem import largest_tail

MOST_PAIRS = 10_000_000  # of nodes, each with a weight: 80 MB
ROUNDING = 1e-13  # of a singular value or moment: the correction divides by powers of 1 - η
TESTS = "tests/bounds/test_caption_noise.py"


def noisy(graph: PairGraph, share: float) -> PairGraph:
    """Noisy pairs, `P_η = (1 - η) P + η p_L p_Rᵀ`: if `σ_k > σ_{k+1}` the optimum stays, `ε₂(f*_η) = ε₂(f*)`.

    At η = 1 the pairs are independent, and the optimum of a width above 1 does not stay. For small graphs.
    `ValueError`: another share; more than `MOST_PAIRS` pairs of a left and a right node.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share={share!r} is not in [0, 1]: give the share of exchanged pairs")
    if (size := graph.n_left * graph.n_right) > MOST_PAIRS:
        raise ValueError(
            f"noise joins every left node with every right node, {size:,} pairs of more than {MOST_PAIRS:,}: take "
            "a part of the graph, or correct its values with corrected_for_noise"
        )
    independent = np.outer(graph.left_marginal, graph.right_marginal)
    return graph.reweighted((1 - share) * graph.joint.toarray() + share * independent)


def noisy_consistency(consistency: ArrayLike, class_masses: ArrayLike, share: float) -> FloatArray:
    """`a_m(P_η) = Σ_c p_c² + (1 - η)^{2m} (a_m - Σ_c p_c²)`, the consistency of P_η.

    Takes `a_0, …, a_m` of P, (m + 1,), and the masses of the classes on the left, (r,).
    """
    curve, chance = np.asarray(consistency, dtype=np.float64), np.sum(np.asarray(class_masses, dtype=np.float64) ** 2)
    return np.asarray(chance + (1 - share) ** (2 * np.arange(len(curve))) * (curve - chance))


def corrected_for_noise(
    singular_values: ArrayLike, consistency: ArrayLike, class_masses: ArrayLike, share: float
) -> tuple[float, float]:
    """Bounds on ε₂ by values of P_η, `ε₂(f*) <= B'_m(k) <= (1 - a'_1) / (1 - b')`, for every `s <= η`.

    They are theorems 15 (which knows the mass `Σ_c p_c²` at 1, too) and 4, returned in the order (4, 15), with the
    corrected a'_m and `b' = σ²_{k+1} / (1 - s)²`. At k = 1 both are about the constant, the optimum of P_η: where the
    clean pairs have several components, other optima of theirs may be worse. `HypothesisError`: `σ_k = σ_{k+1}`, the
    optimum is not unique. `ValueError`: too few values, or a share outside [0, 1), or too large for any pairs.

    Parameters
    ----------
    singular_values : (k + 1,), `σ_1 = 1, …, σ_{k+1}`, at least two
    consistency : (m + 1,), `a_0 = 1, …, a_m`, at least two, such as `consistency_curve(graph, m)`
    class_masses : (r,), on the left
    share : s, in [0, 1)
    """
    if not 0 <= share < 1:
        raise ValueError(f"share={share!r} is not in [0, 1): give the share of exchanged pairs")
    values, masses = np.array(singular_values, dtype=np.float64), np.asarray(class_masses, dtype=np.float64)
    curve = noisy_consistency(consistency, masses, 1 - 1 / (1 - share))  # the inverse, as noise of a negative share
    if min(len(values), len(curve)) < 2 or abs(curve[0] - 1) > ROUNDING:
        raise ValueError("values are missing: give σ_1 = 1 to σ_(k+1), at least two, and a_0 = 1 to a_m, at least two")
    require(values[-2] - values[-1] > ROUNDING, "σ_k = σ_(k+1): noise does not keep the optimum of this width")
    values[1:] /= 1 - share
    errors = np.asarray(ROUNDING / (1 - share) ** (2 * np.arange(len(curve))))
    for name, excess in (("singular values exceed 1", values[1] - 1), ("consistency rises", np.diff(curve).max())):
        if excess > errors[-1]:
            raise ValueError(f"share={share:g} is too large: the corrected {name}. Lower it")
    squared, at_one = min(1.0, float(values[-1]) * (1 + ROUNDING)) ** 2, float(masses @ masses)
    first = (max(0.0, 1 - float(curve[1])) + float(errors[1])) / (1 - squared) if squared < 1 else np.inf
    tails = (largest_tail(curve[:end], errors[:end], squared, at_one) for end in range(2, len(curve) + 1))
    return first, min(first, *tails)


STATEMENTS = (
    Statement("noise-keeps-the-optimum", noisy, TESTS, kept="sharper: an equality"),
    Statement("noisy-consistency", noisy_consistency, TESTS, kept="sharper: an equality"),
    Statement("corrected-for-noise", corrected_for_noise, TESTS, kept="less information: noisy pairs"),
)

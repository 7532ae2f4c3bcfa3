"""Theorem 16, second moments (16a): what those of the probe's scores say of its error, and what imbalance adds.

In words: The 0-1 error of the probe on the optimum is at most twice its squared error, and less where the probe all but
ignores a class.

Let s be the scores of the probe on the top k, `e = onehot - s`, and `K = Ỹᵀ (I - Π_k) Ỹ`, r x r for r classes. Then
`E[1[y = c] e] = K_c`, `E[e eᵀ] = K` and `tr K = ε₂`: K is all that class means and second moments of scores contain.

Negative. For every symmetric `W >= 0` with zero diagonal and `Σ_c' W_cc' <= p_c` there is a graph with `σ_{k+1} = 0`,
`K_cc' = -W_cc' / 2` off the diagonal, and `E(f*) = Σ W = 2 ε₂`. Where `K_cc' <= 0` off the diagonal and
`K_cc <= p_c / 2`, no inequality in K (Cantelli, Chebyshev, semidefinite relaxations) is therefore below `2 ε₂`.
Nodes (c, c') of class c have mass W_cc' and the score 1/2 for both classes, a tie; the rest of a class has its one-hot
score. With z an orthonormal basis in L²(p) of the centred scores, D of them, there are right nodes (d, ±) and
`P(x, (d, ±)) = p(x) (1 ± τ √D z_d(x)) / 2D`: then `A = √p √pᵀ + τ² Σ_d z̃_d z̃_dᵀ`, and the span of the top D + 1 holds
the scores, which are the projections of the labels (the graphs are built in `tests/bounds/test_second_moments.py`).

Positive. If `σ_{k+1} < 1` the constant is in the span and the scores sum to 1, so that `‖e‖² >= r/(r-1) e_c²`. A class
errs on at most p_c, and spends `S_c = E[1[y = c] ‖e‖²] >= r/(r-1) K_cc² / p_c` by Jensen: the sum of `min(p_c, 2 S_c)`
is at most `2 ε₂ - Σ_c [2r/(r-1) K_cc² / p_c - p_c]₊`. At `σ_{k+1} = 1` it is false: of two pairs alone, at k = 1 and
with scores for the one, the error is 1/2 and this -1/2 (`FalseForms.v`). Source: new here.

Cost: O(n_left k) beside the left singular vectors.
"""

import numpy as np

from pairbounds.theory.bounds.gap import over_gap
from pairbounds.theory.bounds.registry import bound
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import class_masses, label_coordinates
from pairbounds.theory.spectrum.triplets import Spectrum


@bound("imbalance-error", quantity="probe_error", status="exact")
def imbalance_error(graph: PairGraph, spectrum: Spectrum, k: int) -> float:
    """`E(f*) <= 2 ε₂ - Σ_c [2r/(r-1) K_cc² / p_c - p_c]₊`, `K_cc = p_c - ‖U_kᵀ ỹ_c‖²`, for r classes and `σ_{k+1} < 1`.

    Without a gap below 1 it is `2 ε₂`. It is less where a class has `K_cc > p_c √((r-1)/2r)`: where the probe all but
    ignores it.
    """
    masses = class_masses(graph)
    missed = masses - np.sum(label_coordinates(graph, spectrum)[:k] ** 2, axis=0)
    rounding = spectrum.rounding + over_gap(0.0, spectrum, k) * np.sqrt(masses)
    classes = len(masses)
    share = classes / (classes - 1) if classes > 1 else 0.0
    least = share * np.maximum(0.0, missed - rounding) ** 2 / masses
    spared = np.maximum(0.0, 2 * least - masses)
    return float(2 * (missed.sum() + spectrum.rounding) - spared.sum())

"""Theorem 42: through a network: what encoders that are linear in given features can reach.

In words: The best encoder that is a linear map of fixed features has the squared error of a linear probe on all
features, plus the label energy that the cut to width k loses, which the bounds on a graph bound.

The encoders are `f = X W` of d features X of the left nodes, of width k <= d, g free. With X̃, X whitened under p, let

- `M = E_{P_T} X̃(x) X̃(x')ᵀ`, of eigenvalues `τ_1² >= τ_2² >= …` and vectors v_i;
- `B_c = E X̃ 1[y = c]`, the probe on all features, of scores `s = X̃ᵀ B` and squared error `e_X = 1 - Σ_c ‖B_c‖²`;
- `c_i = Σ_c ⟨v_i, B_c⟩²`, `φ = Σ_c B_cᵀ (I - M) B_c`, and `f* = X̃ (v_1 … v_k)`, unique up to rotation where
  `τ_k > τ_{k+1}`;
- f_ρ, with a ridge `ρ >= 0`, the top k eigenvectors of `S^{-1/2} K S^{-1/2}`, of eigenvalues λ_i, mapped by `S^{-1/2}`,
  where `S = E X Xᵀ + ρ I` and `K = E_{P_T} X(x) X(x')ᵀ`.

Proof: `docs/theorems/theorem42.md`. Source: after HaoChen and Ma 2022 (abstract seen).
Cost: O(nnz d + (n_left + n_right) d² + d³), memory O(d²) beside the features and a block.
"""

from typing import Any

import numpy as np

from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.linear_encoders import LinearEncoder

TESTS = "tests/bounds/test_through_features.py"


def linear_mse(graph: PairGraph, features: Any, k: int) -> float:
    """`ε₂(f*) = e_X + Σ_{i > k} c_i <= e_X + φ / (1 - τ²_{k+1})`, f* the best encoder that is linear in features X.

    `√φ <= √α_T + √e_X`. Errors are those of `PairGraph.through`.
    """
    return graph.through(features).probe_mse(k)


def regularised_mse_at_most(graph: PairGraph, features: Any, encoder: LinearEncoder) -> float:
    """Bound `ε₂(f_ρ) <= e_X + (φ + ρ ‖β‖²) / (1 - λ_{k+1})` with a ridge ρ, β the probe on all features.

    The encoder is what `linear_optimum` found on this graph and these features.

    `ValueError`: the encoder is of other features.
    """
    linear_graph = graph.through(features)
    weights = linear_graph.whitening @ linear_graph.weighted_targets.toarray()
    if len(encoder.weights) != len(weights):
        raise ValueError(f"the encoder takes {len(encoder.weights)} features, not {len(weights)}")
    used = encoder.scales > 0
    gap = 1 - encoder.next_value
    bias = encoder.ridge * float(np.sum((weights[used] / encoder.scales[used, None]) ** 2))
    return linear_graph.unreached + (linear_graph.variation + bias + linear_graph.rounding) / gap if gap > 0 else np.inf


STATEMENTS = (
    Statement("through-features", linear_mse, TESTS, kept="sharper: an equality"),
    Statement(
        "regularised-through-features",
        regularised_mse_at_most,
        TESTS,
        kept="sharper: the only row on a regularised encoder",
    ),
)

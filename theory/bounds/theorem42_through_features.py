"""Theorem 42: through a network: what encoders that are linear in given features can reach.

In words: The best encoder that is a linear map of fixed features has the squared error of a linear probe on all
features, plus the label energy that the cut to width k loses, which the bounds on a graph bound.

Let `X(x)` be d features of the left nodes (an untrained network, a frozen one, pixels), and the encoders `f = X W` of
width k <= d, with g free. Let X̃ be X whitened under p, and with it

- `M = E_{(x,x') ~ P_T} X̃(x) X̃(x')ᵀ`, with eigenvalues `τ_1² >= τ_2² >= …` in [0, 1] and vectors v_i;
- `B_c = E X̃ 1[y = c]`, the probe on all features, its scores `s = X̃ᵀ B`, and its squared error `e_X = 1 - Σ_c ‖B_c‖²`;
- `c_i = Σ_c ⟨v_i, B_c⟩²`, and `φ = Σ_c B_cᵀ (I - M) B_c = ½ E_{P_T} ‖s(x) - s(x')‖²`.

Then

1. the least spectral loss among these encoders is that of `f* = X̃ (v_1 … v_k)`, and `ε₂(f*) = e_X + Σ_{i>k} c_i`;
2. `ε₂(f*) <= e_X + φ / (1 - τ²_{k+1})`, and `√φ <= √α_T + √e_X`;
3. theorems 15 and 35 hold for the measure `ν_X = Σ_i c_i δ(τ_i²)` of mass `1 - e_X`, with moments `Σ_c B_cᵀ M^m B_c`,
   and e_X added; theorem 16 holds with scores `a (onehot - s) + X̃ q(M) B` and the budget `a² e_X + ∫ P dν_X`, where P
   is a majorant of q as there, and a is any number (here the weight of the labels in q); and `τ_i <= σ_i`.

f* is unique up to rotation where `τ_k > τ_{k+1}` and `τ_k > 0`.

Proof. With `Q = D_L^{1/2} X̃`, `QᵀQ = I`, the weighted encoder F has its columns in the range of Q. So
`‖Ā - F Gᵀ‖² = ‖(I - QQᵀ) Ā‖² + ‖QᵀĀ - (QᵀF) Gᵀ‖²`, and by Eckart and Young the least is at the top k left singular
vectors of `QᵀĀ`, which are those of `QᵀĀĀᵀQ = M`. A probe on them misses `ỹ - QB`, of squared length e_X, and,
orthogonal to that, the energy beyond k: (1). Since `Σ_{i>k} (1 - τ_i²) c_i <= φ`, (2). `√φ` is the norm of
`(I - ĀĀᵀ)^{1/2} QB`, with `‖(I - ĀĀᵀ)^{1/2} ỹ‖² = α_T` and `‖ỹ - QB‖² = e_X`. (3): the proofs of 15, 16 and 35 use a
symmetric matrix with spectrum in [0, 1] and a start vector only; for 16 the probe's scores differ from
`a (onehot - s) + X̃ q(M) B` by two orthogonal parts. `τ_i <= σ_i`, as `QᵀĀ` is a compression. ∎

These moments are no probabilities of walks, since `M² ≠ Qᵀ (ĀĀᵀ)² Q`. Where all labels are known (1) is exact and is
printed as the measured side; the bounds are for those who know less. Theorems 34, 38, 39 and 41 hold for any embedding,
so also for f*; theorem 36 where the constant is in the span of X.

**Regularised.** With `ρ >= 0`, let `S = E X Xᵀ + ρ I`, `K = E_{P_T} X(x) X(x')ᵀ` and `A = S^{-1/2} K S^{-1/2}`, with
eigenvalues λ_i, and let f_ρ be the top k eigenvectors of A, mapped by `S^{-1/2}`. With β the weights of the probe on
all features, `s = Xᵀβ`, `ε₂(f_ρ) <= e_X + (φ + ρ ‖β‖²) / (1 - λ_{k+1})`. Proof. The distance of β from the span of f_ρ
in the norm of `E X Xᵀ` is at most that in the norm of S, `‖(I - UUᵀ) S^{1/2} β‖`; and `βᵀ S^{1/2} (I - A) S^{1/2} β` is
`βᵀ (E X Xᵀ - K) β + ρ ‖β‖²`, that is `φ + ρ ‖β‖²`, with A between 0 and I. ∎

Source: after HaoChen and Ma 2022, of whom the abstract was seen, whose class of encoders this is.

Cost: O(nnz d + (n_left + n_right) d² + d³), memory O(d²) beside the features and a block.
"""

from typing import Any

import numpy as np

from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.linear_encoders import LinearEncoder

TESTS = "tests/bounds/test_through_features.py"


def linear_mse(graph: PairGraph, features: Any, k: int) -> float:
    """`ε₂ = e_X + Σ_{i>k} c_i <= e_X + φ / (1 - τ²_{k+1})` of the best encoder of width k that is linear in features X.

    `√φ <= √α_T + √e_X`. Errors are those of `PairGraph.through`.
    """
    return graph.through(features).probe_mse(k)


def regularised_mse_at_most(graph: PairGraph, features: Any, encoder: LinearEncoder) -> float:
    """Bound `e_X + (φ + ρ ‖β‖²) / (1 - λ_{k+1})` of ε₂ with a ridge ρ, β the weights of the probe on all features.

    The encoder is what `linear_optimum` found on this graph and these features.

    `ValueError`: the encoder is of other features.
    """
    seen = graph.through(features)
    weights = seen.whitening @ seen.weighted_targets.toarray()
    if len(encoder.weights) != len(weights):
        raise ValueError(f"the encoder takes {len(encoder.weights)} features, not {len(weights)}")
    used = encoder.scales > 0
    gap = 1 - encoder.next_value
    bias = encoder.ridge * float(np.sum((weights[used] / encoder.scales[used, None]) ** 2))
    return seen.unreached + (seen.variation + bias + seen.rounding) / gap if gap > 0 else np.inf


STATEMENTS = (
    Statement("through-features", linear_mse, TESTS),
    Statement("regularised-through-features", regularised_mse_at_most, TESTS),
)

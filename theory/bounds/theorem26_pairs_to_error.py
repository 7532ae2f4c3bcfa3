"""Theorem 26: how far n pairs lead, from the empirical loss to the error of the probe.

In words: An encoder of bounded norm with the least loss on n sampled pairs has, with high probability, the least loss
of such encoders on the distribution that they come from, up to a multiple of `1/√n`.

Let P̂ be the distribution of n independent pairs of P, s the number of pairs of positive probability, L̂ the spectral
loss under P̂ and its own marginals, and let the encoders be all (f, g) of width k with `‖f(x)‖², ‖g(l)‖² <= B`. With
probability at least 1 - δ every minimiser of L̂ has an excess loss, over the least of the class, of at most

    ε = 2 (2 B + B²) (√((s - 1) / n) + √(2 ln(1/δ) / n)).

If B is at least the largest squared norm of the optimum, the least of the class is `-Σ_{i≤k} σ_i²`, and theorem 7, with
the largest class mass before the excess, bounds the probe on the minimiser by ε; see
`pairbounds.theory.quantities.pairs_to_error`.

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

from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.quantities.pairs_to_error import excess_from_pairs, mse_from_pairs

TESTS = "tests/theory/test_pairs_to_error.py"

STATEMENTS = (
    Statement(
        "excess-from-pairs",
        "exact",
        "The minimiser of the empirical loss over embeddings of squared norm at most B has an excess loss of at most "
        "`2 (2 B + B²) (√((s - 1) / n) + √(2 ln(1/δ) / n))`, with probability `1 - δ`.",
        excess_from_pairs,
        TESTS,
    ),
    Statement(
        "error-from-pairs",
        "exact",
        "Its probe has `ε₂ <= min_j (√(Σ_{i>j} c_i) + √(p_max ε / (σ_j² - σ²_{k+1})))²`, with the same probability.",
        mse_from_pairs,
        TESTS,
    ),
)

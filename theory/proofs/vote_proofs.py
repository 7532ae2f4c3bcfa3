"""Proof of theorem 16: scores of a multi-hop vote, their distance from the probe's, and the error that it allows.

Let q be a polynomial and P another with `P >= q²` on [0, b] and `P >= (1 - q)²` on [b', 1], where `σ²_{k+1} <= b` and
`σ_k² >= b'`. The probe's scores are within `Δ = Σ_j P_j a_j` of the vote's in the mean square, and with the vote's
margins γ the error is at most `λ Δ + E[1 - λ γ₊²/2]₊` for every price `λ >= 0`: where the probe errs it has moved by
`γ₊²/2` or more, and `1 <= λ γ₊²/2 + [1 - λ γ₊²/2]₊`.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.polynomial import chebyshev

from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.proofs import verify
from pairbounds.theory.proofs.decimals import ZERO, above
from pairbounds.theory.proofs.polynomials import Polynomial, monomials, raised, raised_above
from pairbounds.theory.quantities.local_multihop import Cut, within

PRICE_DIGITS = 30

State = list[list[Any]]  # of each node and class an integer or a fraction


def vote(graph: PairGraph, at_most: Fraction, at_least: Fraction, order: int) -> tuple[Polynomial, Polynomial]:
    """Polynomials q and P of the best bound of `quantities.local_multihop`, as decimals, P raised to a majorant."""
    filtered = within(graph, Cut(float(at_most), float(at_least)), order)
    q = raised(monomials(chebyshev.chebtrim(filtered.filter)))
    complement = [(power == 0) - coefficient for power, coefficient in enumerate(q)]
    squares = (q, ZERO, at_most), (complement, at_least, Fraction(1))
    return q, raised_above(monomials(chebyshev.chebtrim(filtered.majorant)), squares)


def margins(q: Polynomial, exact: verify.Graph, states: Sequence[State], bits: int) -> list[Fraction]:
    """Lower bounds on the margins of the vote's scores at the left nodes, (n_left,).

    `states`: of `verify.Graph.walks`, of 2 deg q half hops or more, with these bits.
    """
    low = sum(abs(coefficient) * 2 * hop for hop, coefficient in enumerate(q)) if bits else 0  # by which walks may be
    result = []
    for node, label in enumerate(exact.classes):
        walks = zip(*(state[node] for state in states[: 2 * len(q) : 2]), strict=True)
        scores = [sum((c * share for c, share in zip(q, shares, strict=True)), ZERO) for shares in walks]
        result.append((scores.pop(label) - max(scores, default=ZERO) - low) / 2**bits)
    return result


def best_price(margins: Sequence[Fraction], masses: Sequence[int], budget: Fraction) -> Fraction:
    """λ, as a decimal: `2/γ²` of the node that the budget pays for in part; 0 if it pays for all."""
    ahead = np.maximum(0.0, np.array([float(margin) for margin in margins]))
    shares = np.array([float(Fraction(mass, sum(masses))) for mass in masses])
    order = np.argsort(ahead)
    spent = np.cumsum(shares[order] * ahead[order] ** 2 / 2)
    paid = int(np.searchsorted(spent, float(budget), side="right"))
    return above(Fraction(2 / float(ahead[order[paid]]) ** 2), PRICE_DIGITS) if paid < len(order) else ZERO


def error(margins: Sequence[Fraction], masses: Sequence[int], budget: Fraction, price: Fraction) -> Fraction:
    """`λ Δ + E[1 - λ γ₊²/2]₊`, exactly."""
    left = (
        mass * max(ZERO, 1 - price * max(ZERO, margin) ** 2 / 2) for mass, margin in zip(masses, margins, strict=True)
    )
    return price * budget + sum(left, ZERO) / sum(masses)

"""Theorem 38: the error on another distribution of images.

In words: A linear probe with a small squared error on one distribution of images is seldom wrong on another, unless
that has much mass where the first has little.

q is any distribution on the left nodes (groups, long tails, other class masses), p the one of the probe, ε₂ its squared
error under p, and E_q the mass under q of the nodes on which it is wrong or tied.

Proof: `docs/theorems/theorem38.md`. Source: put together here; density ratios are the standard tool. Cost: O(n log n)
for n nodes.
"""

import numpy as np
from numpy.typing import ArrayLike

from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.quantities.margins import error_within

SUM = 1e-9  # by which the masses of a distribution may miss 1


def shifted_error(mse: float, p: ArrayLike, q: ArrayLike) -> float:
    """Bound `E_q(f) <= max {Σ q w : 0 <= w <= 1, Σ p w <= 2 ε₂(f)}`, for the probe of p and every q, rounded up.

    `mse` is ε₂, or an upper bound on it. p (`graph.left_marginal`, with 0 for further nodes) and q are masses, (n,).
    `ValueError`: masses that are negative, of different numbers of nodes, or of another sum; a negative squared error.
    """
    before, after = np.asarray(p, dtype=np.float64), np.asarray(q, dtype=np.float64)
    for name, mass in (("p", before), ("q", after)):
        if mass.shape != before.shape or not np.all(mass >= 0) or not abs(mass.sum() - 1) <= SUM:
            raise ValueError(f"{name} is no distribution: give a mass for each left node, not negative, with sum 1")
    if not mse >= 0:
        raise ValueError(f"mse={mse!r} is negative or not a number: give the squared error of a probe")
    support = after > 0
    # With this margin γ a node costs q γ²/2 = p.
    return error_within(np.sqrt(2 * before[support] / after[support]), after[support], 2 * mse)


STATEMENTS = (
    Statement(
        "shifted-error",
        shifted_error,
        "tests/bounds/test_shift.py",
        kept="sharper: the only row on another distribution",
    ),
)

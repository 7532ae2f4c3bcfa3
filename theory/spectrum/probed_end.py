"""An upper end of the largest eigenvalue of a symmetric matrix that is known by its products.

Let x be Gaussian, z the unit eigenvector of the largest eigenvalue λ of M, and `y_d = T_d(B) x` for `B = (2 M - c) / c`
and T_d the Chebyshev polynomial. The part of `y_d` along z is `T_d(2 λ / c - 1) zᵀx`. That part of x is a standard
normal number: it is below t in size with probability at most `√(2 / π) t`, so for p independent x each time with
probability at most δ where `t = √(π / 2) δ^{1/p}`. Else, for all d at once,

    T_d(2 λ / c - 1) t <= max ‖y_d‖,

whatever else M has below c or beneath 0, and T_d grows beyond 1 like `e^{d √(2 (x - 1))}`: where nothing is above c,
d steps show that λ is below `c (1 + (ln(2 √n / t) / d)² / 4)`, in products and without orthogonalisation.

**Rounding.** The recurrence `y_{j+1} = 2 B y_j - y_{j-1} + f_j` has an error f_j at each step, which reaches `y_d`
as `U_{d-1-j}(B) f_j`: the errors solve the same recurrence from 0, and so do the Chebyshev polynomials of the second
kind. Along z the polynomials are numbers, so that with `x = 2 λ / c - 1`

    T_d(x) t <= ‖y_d‖ + Σ_j U_{d-1-j}(x) ‖f_j‖.

Divided by `T_d(x)` the right side falls as x rises from 1, for the zeros of `U_{m-1}`, m <= d, are no larger than the
leading ones of T_d, one by one. So the x of equality is the upper end. And where `‖fl(M y) - M y‖ <= ρ ‖y‖`,

    ‖f_j‖ <= (4 ρ / c + 12 u) ‖y_j‖ + 8 u (‖y_{j+1}‖ + ‖y_{j-1}‖),

u half of the machine's epsilon: three terms are scaled and added, and the one with M is as large as the others and
the result together. All norms are those of the computed vectors.

This is done in float64: the bound `√q γ_n` of q inner products of n terms, which a deflated M has in each product,
would use up in float32 what the probes show, and half as many probes make up for the time of a step.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray, row_blocks

if TYPE_CHECKING:
    import torch

PROBES = 2
FAR = 1e12  # growth after which more steps tell nothing new
UNIT = float(np.finfo(np.float64).eps) / 2
HALVINGS = 60
READ = 1 << 19  # numbers of V: read once for both products


def lean(failure: float) -> float:
    """The size t that the largest of `PROBES` standard normal numbers has but with probability `failure`."""
    return float(np.sqrt(np.pi / 2) * failure ** (1 / PROBES))


def deflated_end(
    product: "Callable[[torch.Tensor], torch.Tensor]",
    vectors: "torch.Tensor",
    values: FloatArray,
    start: "torch.Tensor",
    cutoff: float,
    goal: float,
    *,
    rounding: float,
    failure: float,
    steps: int,
) -> tuple[float, "torch.Tensor"]:
    """An upper end of the largest eigenvalue of `M = G - V diag(θ - c / 2) Vᵀ`, and a block that leans to its vector.

    G is a Gram matrix of norm 1. By Weyl its (k+1)-th eigenvalue is at most the largest of M, whatever the k rows of V
    and the θ are. Near to eigenvectors and values they are moved to c / 2, where they do not matter.

    Parameters
    ----------
    product : `X -> X G`, vectors as rows, float64
    vectors, values : (k, n) and (k,), V as rows and θ in [0, 1]
    start : (PROBES, n), independent standard normal numbers, on which M does not depend
    cutoff : c, positive; nothing is told apart below it
    goal : the steps end where the upper end is no more than that
    rounding : `‖fl(X G) - X G‖ <= rounding ‖X‖` of each row; that of the two products with V, sums of n and of k terms,
        is added here
    failure : probability that the largest eigenvalue is above the upper end
    steps : at most so many products
    """
    import torch

    shift, (count, side) = torch.from_numpy(values - cutoff / 2).to(vectors), vectors.shape
    moves = [(vectors[part], shift[part]) for part in row_blocks(count, side, READ)]

    def moved(rows: "torch.Tensor") -> "torch.Tensor":
        lines = rows.contiguous()  # products give columns, which take longer to read
        return product(rows) - sum(((lines @ some.T) * by) @ some for some, by in moves)

    def longest(block: "torch.Tensor") -> float:
        return float(torch.linalg.vector_norm(block, dim=1).max())

    length = float(vectors.norm())
    norm = float((vectors @ vectors.T).abs().sum(1).max()) ** 0.5 if count else 0.0  # at least; of orthonormal rows 1
    rounding += 1.01 * UNIT * (length * norm * (side + 2 * count) + 2 * (1 + norm**2))
    old, new = start, moved(start).mul_(2 / cutoff).sub_(start)
    norms, least, bound = [longest(old), longest(new)], lean(failure), np.inf
    for step in range(1, steps + 1):
        if cutoff / 2 * (1 + _inverse(norms[-1] / least, step)) <= goal or step == steps or norms[-1] > FAR * norms[0]:
            bound = min(bound, cutoff / 2 * (1 + _largest(np.array(norms), least, rounding / cutoff)))
            if bound <= goal or norms[-1] > FAR * norms[0]:
                break
        old, new = new, moved(new).mul_(4 / cutoff).sub_(new, alpha=2).sub_(old)
        norms.append(longest(new))
    return bound, new / torch.linalg.vector_norm(new, dim=1, keepdim=True)


def _inverse(value: float, degree: int) -> float:
    """The x of at least 1 where the Chebyshev polynomial has that value."""
    return float(np.cosh(np.arccosh(max(1.0, value)) / degree))


def _largest(norms: np.ndarray, least: float, rounding: float) -> float:
    """The largest x that the norms of `y_0`, .., `y_d` allow, rounded up: by bisection of `τ = arccosh x`."""
    degree = len(norms) - 1
    before = np.concatenate([[0.0], norms[: degree - 1]])
    errors = (4 * rounding + 12 * UNIT) * norms[:degree] + 8 * UNIT * (norms[1:] + before)
    index = np.arange(degree)

    def excess(tau: float) -> float:
        # T_d = cosh(d τ), U_{d-1-j} = sinh((d - j) τ) / sinh τ, without what would overflow
        grown = np.exp(-index * tau) * -np.expm1(-2 * (degree - index) * tau) / (1 + np.exp(-2 * degree * tau))
        value = 2 * norms[degree] * np.exp(-degree * tau) / (1 + np.exp(-2 * degree * tau))
        return float(value + np.sum(grown * errors) / np.sinh(tau)) - least

    low, high = 0.0, 1e-3
    while excess(high) > 0:
        high *= 2
        if high > 300:
            return np.inf
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if middle > 0 and excess(middle) > 0 else (low, middle)
    return float(np.cosh(high))

"""Polynomials with rational coefficients that lie above a step: the dual side of the moment problem."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.polynomial.chebyshev import cheb2poly
from numpy.polynomial.polynomial import polyadd, polymul

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.theory.proofs import verify
from pairbounds.theory.proofs.decimals import ZERO, above, below

Polynomial = list[Fraction]  # the constant first
Square = tuple[Polynomial, Fraction, Fraction]  # a polynomial, and the ends of an interval

NEAR = Fraction(1, 10**12)  # distance at which nodes are moved to an end of [0, 1] or to the step
COEFFICIENT_DIGITS = 30


def chord(x: Fraction) -> Polynomial:
    """Polynomial of theorem 4, `(1 - t) / (1 - place)`, with its factor rounded up."""
    factor = above(1 / (1 - x))
    return [factor, -factor]


def above_step(nodes: FloatArray, x: Fraction, *, pinned: bool) -> Polynomial:
    """Polynomial `p >= 0` on [0, 1] with `p >= 1` on `[0, place]`, from the nodes of the extremal rule at the place.

    It equals the step at the place and at the nodes, and touches it at nodes other than pinned ends of [0, 1]. By
    Rolle's theorem it crosses the step nowhere else, for any nodes, so inexact nodes are safe. The coefficients are
    rounded to decimals, and the constant is raised to compensate.
    """
    conditions = [(x, Fraction(1))]
    for node in nodes.tolist():
        near = next((end for end in (ZERO, Fraction(1)) if abs(node - end) <= NEAR), Fraction(node))
        if 0 <= near <= 1 and abs(near - x) > NEAR:
            conditions += [(near, Fraction(near < x))] * (1 if pinned and near in (0, 1) else 2)
    return raised(_interpolated(sorted(conditions)))


def raised(exact: Iterable[Fraction]) -> Polynomial:
    """Polynomial with decimal coefficients that is at least the exact one on [0, 1]."""
    rounded = [below(coefficient, COEFFICIENT_DIGITS) for coefficient in exact]
    rounded[0] += above(Fraction(len(rounded), 10**COEFFICIENT_DIGITS), COEFFICIENT_DIGITS)
    return rounded


def _interpolated(conditions: Sequence[tuple[Fraction, Fraction]]) -> Polynomial:
    """Polynomial through these points, with slope 0 at points that are listed twice: Newton's form, expanded."""
    places = [x for x, _ in conditions]
    differences = [value for _, value in conditions]
    for order in range(1, len(places)):
        for i in reversed(range(order, len(places))):
            width = places[i] - places[i - order]
            differences[i] = (differences[i] - differences[i - 1]) / width if width else ZERO
    polynomial: Polynomial = [ZERO]
    for x, difference in zip(reversed(places), reversed(differences), strict=True):
        polynomial = [*polyadd(polymul(polynomial, [-x, Fraction(1)]), [difference])]
    return polynomial


def monomials(chebyshev: npt.NDArray[np.floating[Any]]) -> Polynomial:
    """Exact polynomial with these coefficients in the basis `T_j(2t - 1)`."""
    total: Polynomial = [ZERO]
    for coefficient in reversed(cheb2poly([Fraction(weight) for weight in chebyshev.tolist()])):
        total = [*polyadd(polymul(total, [Fraction(-1), Fraction(2)]), [coefficient])]
    return total


def raised_above(majorant: Polynomial, squares: Sequence[Square]) -> Polynomial:
    """Raise the majorant by a power of ten until it is above these squares on their intervals.

    `ValueError`: this needs more than 1, far above round-off.
    """
    for power in range(-20, 1):
        tried = raised([majorant[0] + Fraction(10) ** power, *majorant[1:]])
        with suppress(verify.Refusal):  # undecided in the work that the verifier allows
            if all(verify.above_square(tried, *square, verify.Work(0)) for square in squares):
                return tried
    raise ValueError("a polynomial that should be above another is below it by more than 1")

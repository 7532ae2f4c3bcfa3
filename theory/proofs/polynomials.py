"""Polynomials with rational coefficients that lie above a step: the dual side of the moment problem."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from theory.infrastructure.arrays import FloatArray
from theory.proofs.decimals import above, below

Polynomial = list[Fraction]  # the constant first

NEAR = Fraction(1, 10**12)  # nodes as near as this to an end of [0, 1], or to the step, are taken to be there
COEFFICIENT_DIGITS = 30


def chord(place: Fraction) -> Polynomial:
    """`(1 - t) / (1 - place)`, its factor rounded up: the polynomial of theorem 4."""
    factor = above(1 / (1 - place))
    return [factor, -factor]


def above_step(nodes: FloatArray, place: Fraction) -> Polynomial:
    """A polynomial `p >= 0` on [0, 1] with `p >= 1` on `[0, place]`, from the nodes of the extremal rule at the place.

    It equals the step at the place and at the nodes, which it touches but for the ends of [0, 1]. By Rolle's theorem it
    crosses it nowhere else, whatever the nodes are; so that nodes that are a little off do no harm.
    The coefficients are rounded to decimals, and the constant is raised by what that may lower the polynomial.
    """
    conditions = [(place, Fraction(1))]
    for node in sorted({Fraction(float(node)) for node in nodes}):
        if node < -NEAR or node > 1 + NEAR or abs(node - place) <= NEAR:
            continue
        value = Fraction(node < place)
        ends = [end for end in (Fraction(0), Fraction(1)) if abs(node - end) <= NEAR]
        conditions += [(ends[0], value)] if ends else [(node, value)] * 2
    return raised(_interpolated(sorted(conditions)))


def raised(exact: Iterable[Fraction]) -> Polynomial:
    """A polynomial with decimals for coefficients that is no smaller on [0, 1]."""
    rounded = [below(coefficient, COEFFICIENT_DIGITS) for coefficient in exact]
    rounded[0] += above(Fraction(len(rounded), 10**COEFFICIENT_DIGITS), COEFFICIENT_DIGITS)
    return rounded


def _interpolated(conditions: Sequence[tuple[Fraction, Fraction]]) -> Polynomial:
    """The polynomial through these points, level where one is listed twice: Newton's form, expanded."""
    places = [place for place, _ in conditions]
    differences = [value for _, value in conditions]
    for order in range(1, len(places)):
        for i in reversed(range(order, len(places))):
            width = places[i] - places[i - order]
            differences[i] = (differences[i] - differences[i - 1]) / width if width else Fraction(0)
    polynomial = [Fraction(0)]
    for place, difference in zip(reversed(places), reversed(differences), strict=True):
        shifted = [Fraction(0), *polynomial]
        polynomial = [a - place * b for a, b in zip(shifted, [*polynomial, Fraction(0)], strict=True)]
        polynomial[0] += difference
    while len(polynomial) > 1 and polynomial[-1] == 0:
        polynomial.pop()
    return polynomial

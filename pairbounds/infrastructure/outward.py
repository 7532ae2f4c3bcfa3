"""Bounds as text that claim no more than they may: an upper bound is rounded up, and a lower one down."""

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from fractions import Fraction

ROUNDING = {"<=": ROUND_CEILING, ">=": ROUND_FLOOR}  # by the relation of what is bounded to the bound
DIGITS = 50  # of a quotient, which is rounded to the same side before it is shown
KEY = "sides"  # of a table's `attrs`: the relation by column, of columns that hold bounds


def rounded(value: float | Fraction, relation: str, form: str) -> str:
    """A number in a format of Python, rounded from its exact value: to the side of the relation, else to nearest."""
    if relation not in ROUNDING or not math.isfinite(value):
        return f"{float(value):{form}}"
    exact = Fraction(value)
    with localcontext(prec=DIGITS, rounding=ROUNDING[relation]):
        text = f"{Decimal(exact.numerator) / exact.denominator:{form}}"
    return f"{float(text):{form}}" if form.endswith("g") else text  # a Decimal keeps zeros at the end

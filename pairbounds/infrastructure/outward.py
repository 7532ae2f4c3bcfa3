"""Bounds as text, rounded outward: upper bounds up, lower bounds down."""

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from fractions import Fraction

ROUNDING = {"<=": ROUND_CEILING, ">=": ROUND_FLOOR}  # by the relation of the bounded quantity to the bound
DIGITS = 50  # digits of a quotient, rounded to the same side first
KEY = "sides"  # key in a table's `attrs`: relations of the columns with bounds


def rounded(value: float | Fraction, relation: str, form: str) -> str:
    """Format a number, rounded from its exact value to the side of the relation, or else to nearest."""
    if relation not in ROUNDING or not math.isfinite(value):
        return f"{float(value):{form}}"
    exact = Fraction(value)
    with localcontext(prec=DIGITS, rounding=ROUNDING[relation]):
        text = f"{Decimal(exact.numerator) / exact.denominator:{form}}"
    return f"{float(text):{form}}" if form.endswith("g") else text  # Decimal keeps trailing zeros

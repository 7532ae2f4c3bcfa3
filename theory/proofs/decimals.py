"""Fractions as readable, exact decimals, rounded up or down."""

from fractions import Fraction

DIGITS = 70  # after the point, at most
ZERO = Fraction(0)


def above(number: Fraction, digits: int = DIGITS) -> Fraction:
    """Round up to a decimal with this number of digits after the point."""
    return -below(-number, digits)


def below(number: Fraction, digits: int = DIGITS) -> Fraction:
    """Round down to a decimal with this number of digits after the point."""
    return Fraction(number * 10**digits // 1, 10**digits)


def written(number: Fraction) -> str:
    """Exact text of a number: a decimal of at most `DIGITS` digits, or else a quotient."""
    scaled = number * 10**DIGITS
    if scaled.denominator != 1:
        return str(number)
    digits = f"{abs(scaled.numerator):0{DIGITS + 1}d}"
    sign = "-" if number < 0 else ""
    return f"{sign}{digits[:-DIGITS]}.{digits[-DIGITS:]}".rstrip("0").rstrip(".")

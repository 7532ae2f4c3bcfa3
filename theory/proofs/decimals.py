"""Fractions as finite decimals, rounded to a chosen side: what a proof says is read by people, and exact."""

from fractions import Fraction

DIGITS = 70  # after the point, at most


def above(number: Fraction, digits: int = DIGITS) -> Fraction:
    """The least decimal of so many digits after the point that is no smaller."""
    return -below(-number, digits)


def below(number: Fraction, digits: int = DIGITS) -> Fraction:
    """The largest decimal of so many digits after the point that is no larger."""
    return Fraction(number * 10**digits // 1, 10**digits)


def written(number: Fraction) -> str:
    """The number itself as text: as a decimal if it is one of `DIGITS` digits or fewer, and else as a quotient."""
    scaled = number * 10**DIGITS
    if scaled.denominator != 1:
        return str(number)
    digits = f"{abs(scaled.numerator):0{DIGITS + 1}d}"
    sign = "-" if number < 0 else ""
    return f"{sign}{digits[:-DIGITS]}.{digits[-DIGITS:]}".rstrip("0").rstrip(".")

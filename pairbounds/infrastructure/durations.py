"""Durations in words."""

UNITS = (("day", 86_400.0), ("hour", 3_600.0), ("minute", 60.0), ("second", 1.0))
LEAST_UNITS = 1.5  # units: the least duration that is given in this unit


def format_duration(seconds: float) -> str:
    """Duration in words, to two digits.

    Examples
    --------
    >>> from pairbounds.infrastructure.progress import format_duration
    >>> [format_duration(seconds) for seconds in (0.3, 42, 85, 2_388, 9_000)]
    ['a second', 'about 42 seconds', 'about 85 seconds', 'about 40 minutes', 'about 2.5 hours']
    """
    for unit, length in UNITS:
        if seconds >= LEAST_UNITS * length:
            return f"about {seconds / length:.2g} {unit}s"
    return "a second"

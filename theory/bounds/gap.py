"""Division by the spectral gap, as every bound does it."""

import math

from pairbounds.theory.spectrum.triplets import Spectrum


def over_gap(numerator: float, spectrum: Spectrum, k: int, *, cut: float = 0.0) -> float:
    """`numerator / (1 - σ²_{k+1})`, rounded up; infinite where σ_{k+1} cannot be told from 1.

    Where `cut` is larger it takes the place of σ_{k+1}.

    The numerator is raised by `spectrum.rounding`: the computed subspace may be off by a rounding over the gap, and
    what is measured on it with it.
    """
    gap = 1 - max(cut, float(spectrum.upper_values[k])) ** 2
    return (numerator + spectrum.rounding) / gap if gap > 0 else math.inf

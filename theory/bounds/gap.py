"""Division by the spectral gap, as every bound does it."""

import math

from theory.spectra import Spectrum


def over_gap(numerator: float, spectrum: Spectrum, k: int) -> float:
    """`numerator / (1 - σ²_{k+1})`, rounded up; infinite where there is no gap, whatever the numerator."""
    gap = 1 - float(spectrum.upper_values[k]) ** 2
    return numerator / gap if gap > 0 else math.inf

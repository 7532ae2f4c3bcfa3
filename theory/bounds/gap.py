"""Division by the spectral gap, rounded outward."""

import math

from pairbounds.theory.graph.singular_triplets import Spectrum


def over_gap(numerator: float, spectrum: Spectrum, k: int, *, cut: float = 0.0) -> float:
    """`numerator / (1 - max(σ_{k+1}, cut)²)`, rounded up; infinite if the gap is 0 up to round-off.

    The numerator is raised by `spectrum.rounding`, since the computed subspace has an error of a rounding over the gap.
    """
    gap = 1 - max(cut, float(spectrum.upper_values[k])) ** 2
    return (numerator + spectrum.rounding) / gap if gap > 0 else math.inf

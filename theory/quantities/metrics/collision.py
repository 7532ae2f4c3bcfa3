"""The probability that a negative is of the anchor's class."""

from typing import Literal

import numpy as np

from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import class_masses


def collision_rate(graph: PairGraph, *, negatives: int = 1, side: Literal["left", "right"] = "left") -> float:
    """The probability `1 - Σ_c p_c (1 - p_c)^k` that one of k negatives is of the anchor's class, in (0, 1].

    With one negative it is `τ = Σ_c p_c²`, the probability that two draws from the marginal have one class.

    Parameters
    ----------
    negatives : int
        k, at least 1.
    side : {"left", "right"}
        Whose classes, and whose marginal.

    Raises
    ------
    ValueError
        The side has no labels; k below 1.

    Notes
    -----
    Source: Arora et al. 2019.
    """
    if negatives < 1:
        raise ValueError(f"negatives={negatives!r} is not a positive number of draws")
    masses = class_masses(graph, side)
    return 1 - float(np.sum(masses * (1 - masses) ** negatives))

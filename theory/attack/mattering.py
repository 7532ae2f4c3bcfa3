"""The ratio of a claim where it matters: on a graph that is no corner case, and by a bound that says something.

A bound may be sharp only at a tie, at k = 1 or where it is worse than guessing. What a user meets is elsewhere: at
least `FEWEST` left nodes, a width of at least `NARROWEST`, a value below what guessing reaches, and no ties, neither of
singular values, in claims about an optimum, nor of scores, in 0-1 errors.
"""

import math

import numpy as np

from pairbounds.theory.bounds.quantities import QUANTITIES, Encoder
from pairbounds.theory.bounds.registry import Bound
from pairbounds.theory.bounds.scoring import Score, score_of

FEWEST = 4  # left nodes
NARROWEST = 2  # width
NOTHING = 3.0  # the shortfall where the ratio is 0: first there must be errors, or the search would rest without any
APART = 0.01  # singular values 1..k+1; and of a 0-1 error the scores, relative to the widest lead


def ratio_where_it_matters(claim: Bound, encoder: Encoder) -> float:
    """The ratio, or where it does not matter minus the `shortfall`, for a search to climb out of.

    Raises
    ------
    HypothesisError
        A hypothesis of the claim fails.
    """
    found = score_of(claim, encoder)
    missing = shortfall(claim, encoder, found)
    return found.ratio if missing == 0 else -missing


def shortfall(claim: Bound, encoder: Encoder, found: Score) -> float:
    """The distance of an encoder with this score from where the claim matters; 0 where it does."""
    quantity, gap = QUANTITIES[claim.quantity], math.inf
    if claim.subject.endswith("optimum"):  # what an encoder does that is given depends on no tie of the spectrum
        values = encoder.spectrum.singular_values
        gap = float(np.min(values[:-1] - values[1:], initial=math.inf))
    return (
        max(0, FEWEST - encoder.graph.n_left)
        + max(0, NARROWEST - encoder.k)
        + _part_missing(gap, APART)
        + _part_missing(quantity.lead(encoder), APART)
        + (NOTHING if found.ratio == 0 else 0.0)
        + (_excess(found.value, quantity.guessed(encoder.graph)) if claim.relation == "<=" else 0.0)
    )


def _part_missing(found: float, wanted: float) -> float:
    return max(0.0, 1 - found / wanted)


def _excess(value: float, guess: float) -> float:
    """The excess of a value over a guess, from 1 to 2; 0 if it is better."""
    if value < guess:
        return 0.0
    return 2 - guess / value if value > 0 else 1.0

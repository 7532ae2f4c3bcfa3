"""Local search: a (1+1) evolution strategy on log weights and features, among moves that change the graph.

It needs nothing of a claim but its value, so it serves any function, and 0-1 errors, which have no gradient.
"""

import numpy as np

from pairbounds.theory.attack.candidate import Candidate
from pairbounds.theory.attack.evaluation import Evaluator
from pairbounds.theory.attack.moves import random_move

WIDER, NARROWER = 1.5, 0.92  # at one success in six the step stays as it is
FIRST_STEP, LAST_STEP = 1.0, 1e-3
CONTINUOUS = 0.7  # of the moves
ROUND_OFF = 1e-9  # relative; what is better by less is not better


def climb(
    start: Candidate,
    evaluator: Evaluator,
    rng: np.random.Generator,
    *,
    until: float,
    ratio: float,
    step: float = FIRST_STEP,
    discrete: bool = True,
) -> tuple[Candidate, float]:
    """Go up from a candidate of known ratio until steps are small or the meter is at `until`.

    A move is accepted if it is better, or as good and no larger. With `discrete=False` only weights and features move:
    the nodes, the labels and k stay.
    """
    best = start
    while step > LAST_STEP and evaluator.meter.spent < until:
        continuous = not discrete or rng.random() < CONTINUOUS
        tried = random_move(best, rng, step, continuous=continuous)
        found = evaluator(tried)
        better = found > ratio + ROUND_OFF * abs(ratio)
        if continuous:
            step *= WIDER if better else NARROWER
        if better or (found >= ratio and tried.size <= best.size):  # or graphs would grow for nothing
            best, ratio = tried, found
    return best, ratio

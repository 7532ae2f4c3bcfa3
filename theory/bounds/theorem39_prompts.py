"""Theorem 39: prompt ensembles: the gain of averaging the scores of several prompt sets.

In words: The mean of the scores of several prompt sets has a squared error below the mean of theirs, by exactly their
disagreement, which needs no label.

M prompt sets have scores `s_j(x)`, (r,) each, with mean s̄, and squared errors `D_j = E ‖s_j(x) - onehot(y(x))‖²` with
mean D̄. Scores must be on the scale of the one-hot labels, such as probabilities: cosines times a temperature are not.

Proof: `docs/theorems/theorem39.md`. Source: put together here, after Krogh and Vedelsby 1995. Cost: O(M n r) for n
images and r classes.
"""

import numpy as np
from numpy.typing import ArrayLike

from pairbounds.infrastructure.arrays import EPS
from pairbounds.theory.bounds.statements import Statement

ROUNDING = 64 * EPS


def prompt_ensemble(
    scores: ArrayLike, squared_errors: ArrayLike, masses: ArrayLike | None = None
) -> tuple[float, float]:
    """Disagreement of M prompt sets, `Q = mean_j E ‖s_j - s̄‖²`, and the bound `E(s̄) <= 2 (D̄ - Q)`.

    `ValueError`: shapes that do not fit, numbers that are not finite, or a mean of D_j below the disagreement.

    Parameters
    ----------
    scores : (M, n, r), of n images for r classes, by each prompt set
    squared_errors : (M,), `D_j` of each, or upper bounds on them
    masses : (n,), of the images; by default equal
    """
    votes, errors = np.asarray(scores, dtype=np.float64), np.asarray(squared_errors, dtype=np.float64)
    if votes.ndim != 3 or 0 in votes.shape or errors.shape != votes.shape[:1]:
        raise ValueError(f"scores {votes.shape} and squared_errors {errors.shape} do not fit: give (M, n, r) and (M,)")
    distances = np.sum((votes - votes.mean(axis=0)) ** 2, axis=2).mean(axis=0)
    disagreement = float(np.average(distances, weights=None if masses is None else np.asarray(masses)))
    mean, rounding = float(errors.mean()), ROUNDING * float(errors.mean() + disagreement)
    if not mean - disagreement >= -rounding:  # also true if a number is NaN or infinite
        raise ValueError(
            f"the mean of squared_errors, {mean:.4g}, is below the disagreement, {disagreement:.4g}: measure both on "
            "the same images"
        )
    return disagreement, 2 * max(0.0, mean - disagreement + rounding)


STATEMENTS = (
    Statement(
        "prompt-ensemble", prompt_ensemble, "tests/bounds/test_prompts.py", kept="published: Krogh and Vedelsby 1995"
    ),
)

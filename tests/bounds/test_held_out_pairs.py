"""Theorem 28 from samples."""

import math
import statistics

import numpy as np
import pytest

from pairbounds.theory.bounds.theorem28_held_out import excess_from_samples


def test_unlike_scores_by_hand():
    """27 training pairs with values 1, 1, 1/3; scores of the fresh pairs that differ, by their matrix."""
    counts = [[6, 3, 0], [3, 6, 0], [0, 0, 9]]
    f, g = np.diag([2.0, 1, 1]), np.array([[1.0, 0, 0], [1, 1, 0], [0, 0, 3]])
    u, left, right = f @ g.T, [0, 1, 2, 0, 2, 0], [1, 1, 2, 0, 2, 1]
    result = excess_from_samples(counts, f, g, left, right, 2.0, level=0.9)
    blocks = [
        (u[x, t] ** 2 + u[y, s] ** 2) / 2 - u[x, s] - u[y, t]
        for x, y, s, t in zip(left[:3], left[3:], right[:3], right[3:], strict=True)
    ]
    log, score = math.log(4 / 0.1), 2 * 3  # of T, whose share of the level is half of a half
    end = statistics.mean(blocks) + math.sqrt(2 * statistics.variance(blocks) * log / 3)
    end += 7 * (4 * score + score**2) * log / (3 * 2)
    log, fitted = math.log(2 / 0.1), 1 + 1 + 1 / 9
    deviation = math.sqrt(2 * (2 * (2 + math.sqrt(3))) ** 2 * log / 13) + (2 * 2 + 4 + 3) * log / (3 * 13)
    assert statistics.variance(blocks) > 1
    assert result == pytest.approx(end + fitted + (fitted + 9 - 1) / 26 + deviation)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"left": [0], "right": [0]}, "4 with both ends"),
        ({"counts": [[1, 0], [0, 0]]}, "give 2"),
        ({"largest": 0.0}, "scores above 0"),
        ({"level": 1.0}, "confidence"),
        ({"level": 0.0}, "confidence"),
        ({"f": np.ones((3, 1))}, "f has shape"),
    ],
)
def test_bad_arguments(change, why):
    arguments = {"counts": np.eye(2), "f": np.ones((2, 1)), "g": np.ones((2, 1)), "left": [0, 1, 0, 1]}
    arguments |= {"right": [0, 1, 0, 1], "largest": 1.0} | change
    with pytest.raises(ValueError, match=why):
        excess_from_samples(**arguments)

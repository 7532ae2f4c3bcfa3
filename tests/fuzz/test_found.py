"""Graphs that the fuzzer found, shrunk: in two forms a row once differed by more than the stated round-off."""

import numpy as np
import pytest

from tests.fuzz.metamorphic import differences
from tests.fuzz.specimen import Specimen

FOUND = {
    "scores of light nodes, two copies": (
        "doubled",
        [
            [0, 0, 0, 0, 1e-5, 1e-2],
            [0, 0, 0, 1e-19, 1e-8, 0],
            [0, 1, 0, 0, 1e-12, 0],
            [0, 0, 1, 0, 0, 1e-3],
            [1, 0, 0, 0, 1e-13, 0],
        ],
        [0, 0, 0, 0, 0],
        4,
    ),
    "scores of light nodes, a small second value": ("split_left", [[0, 0, 1], [1e-47, 1e-22, 1e-13]], [0, 0], 2),
    "scores of light nodes, one image": ("split_right", [[0, 1e-36], [1, 1], [1, 0]], [0, 0, 0], 2),
    "scores of light nodes, a small gap": (
        "permuted",
        [[1e-21, 0, 0, 1e-57], [0, 0, 1e-12, 0], [0, 0, 1, 1e-57], [1e-12, 1e-50, 1e-21, 0]],
        [0, 0, 0, 0],
        1,
    ),
    "hops that see squares of small values": (
        "split_right",
        [
            [0, 0, 6e-6, 7e-7, 1e-13],
            [0, 2e-13, 4e-6, 6e-7, 0],
            [1.2e-7, 1.8e-13, 5.3e-6, 4e-7, 0],
            [6e-8, 5.8e-14, 5.1e-6, 3.5e-7, 4.3e-14],
            [2e-7, 2.1e-13, 0, 5.9e-7, 0],
        ],
        [0, 0, 0, 1, 0],
        5,
    ),
    "a caption too light to have a direction": ("permuted", [[0, 0, 1], [1, 1e-34, 0]], [0, 0], 2),
    "the variance of a class of light captions": (
        "permuted",
        [[0, 0, 1, 0], [0, 0, 1, 0], [0, 1, 0, 0], [1e63, 0, 0, 0.1]],
        [0, 0, 0, 0],
        3,
        [1, 0, 1, 0],
    ),
    "halfway to the mean of a light class": ("permuted", [[1, 1e-8], [0, 1e-8], [1e-26, 0]], [0, 0, 1], 2),
}


@pytest.mark.parametrize("found", FOUND)
def test_the_same_table(found):
    form, weights, left_labels, k, *rest = FOUND[found]
    right_labels = np.array(rest[0] if rest else [0] * len(weights[0]))
    specimen = Specimen(np.array(weights, dtype=float), np.array(left_labels), right_labels, k, None)
    assert differences(form, specimen) == []

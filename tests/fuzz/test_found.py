"""Graphs that the fuzzer found, shrunk, each with the kind of finding that it once showed."""

import numpy as np
import pytest

from tests.fuzz.running import shown
from tests.fuzz.specimen import Specimen


def _left_labelled(weights: list[list[float]], left_labels: list[int], k: int) -> Specimen:
    return Specimen(np.array(weights, dtype=float), np.array(left_labels), np.zeros(len(weights[0]), int), k)


FOUND = {
    "scores of light nodes, two copies": (
        "property doubled",
        _left_labelled(
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
    ),
    "scores of light nodes, a small second value": (
        "property split_left",
        _left_labelled([[0, 0, 1], [1e-47, 1e-22, 1e-13]], [0, 0], 2),
    ),
    "scores of light nodes, one image": (
        "property split_right",
        _left_labelled([[0, 1e-36], [1, 1], [1, 0]], [0, 0, 0], 2),
    ),
    "scores of light nodes, a small gap": (
        "property permuted",
        _left_labelled(
            [[1e-21, 0, 0, 1e-57], [0, 0, 1e-12, 0], [0, 0, 1, 1e-57], [1e-12, 1e-50, 1e-21, 0]], [0, 0, 0, 0], 1
        ),
    ),
    "hops that see squares of small values": (
        "property split_right",
        _left_labelled(
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
    ),
    "a caption too light to have a direction": (
        "property permuted",
        _left_labelled([[0, 0, 1], [1, 1e-34, 0]], [0, 0], 2),
    ),
    "the variance of a class of light captions": (
        "property permuted",
        Specimen(
            np.array([[0, 0, 1, 0], [0, 0, 1, 0], [0, 1, 0, 0], [1e63, 0, 0, 0.1]]), np.zeros(4), np.arange(1, 5) % 2, 3
        ),
    ),
    "halfway to the mean of a light class": (
        "property permuted",
        _left_labelled([[1, 1e-8], [0, 1e-8], [1e-26, 0]], [0, 0, 1], 2),
    ),
}


@pytest.mark.parametrize(("kind", "specimen"), FOUND.values(), ids=FOUND)
def test_no_longer_found(kind, specimen):
    assert shown(kind, specimen) == []

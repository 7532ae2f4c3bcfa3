"""Intervals of runs on random splits of one set."""

import numpy as np
import pandas as pd
import pytest

from pairbounds.figures.summaries import OVERLAP, mean_and_half
from pairbounds.real_data.training import splits

SPLITS, TRIALS = 5, 400


def accuracies_over_splits(rng: np.random.Generator) -> np.ndarray:
    """A constant guess has accuracy 1/2 on the held-out parts of random splits of one set."""
    right = rng.random(200) < 0.5
    seeds = rng.integers(1 << 30, size=SPLITS)
    return np.array([right[splits.split(np.arange(200), int(seed)).test].mean() for seed in seeds])


def test_intervals_over_splits_cover_the_truth_only_with_the_overlap_correction():
    assert pytest.approx((1 - splits.TRAIN - splits.VALIDATION) / splits.TRAIN) == OVERLAP
    rng = np.random.default_rng(0)
    covered = dict.fromkeys((0.0, OVERLAP), 0)
    for _ in range(TRIALS):
        values = pd.Series(accuracies_over_splits(rng))
        for overlap in covered:
            mean, half = mean_and_half(values - 0.5, overlap=overlap)
            covered[overlap] += abs(mean) <= half
    assert covered[0.0] < 0.93 * TRIALS < covered[OVERLAP]

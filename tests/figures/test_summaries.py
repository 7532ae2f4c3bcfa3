"""Intervals of runs on random splits of one set."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau, spearmanr

from pairbounds.figures.summaries import OVERLAP, excludes_zero, mean_and_half, order_correlation, rank_correlation
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
            covered[overlap] += not excludes_zero((mean, half))
    assert covered[0.0] < 0.93 * TRIALS < covered[OVERLAP]


@pytest.mark.parametrize("measure, naive", [(rank_correlation, spearmanr), (order_correlation, kendalltau)])
def test_rank_correlations_have_ties_and_round_off_gives_no_order(measure, naive):
    rng = np.random.default_rng(1)
    first, second = rng.integers(3, size=(2, 40)) / 7
    second[:2] = 1, np.inf
    for _ in range(5):
        shaken = (values + 1e-12 * rng.standard_normal(40) for values in (first, second))
        assert measure(*shaken) == pytest.approx(naive(first, second).statistic, rel=1e-12)
    assert np.isnan(measure([1, 2, 3], [2, 2, 2]))

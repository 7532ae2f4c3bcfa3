"""Choice of rows, and means, intervals and rank correlations of a few measurements."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import kendalltau, rankdata

from pairbounds.theory.quantities.confidence import student_half

LEVEL = 0.95
Estimate = tuple[float, float]  # mean, and half of its interval
OVERLAP = 1 / 3  # test images per training image in the splits of trainings from pixels; widens intervals
DIGITS = 6  # decimals for ranks: values that differ only by round-off tie


def rows_of(table: pd.DataFrame, **values: Any) -> pd.DataFrame:
    """Rows with these values of columns."""
    for column, value in values.items():
        table = table[table[column] == value]
    return table


def mean_and_half(values: pd.Series, level: float = LEVEL, *, overlap: float = 0.0) -> Estimate:
    """Mean and half-width of Student's interval; the half-width of a single value is NaN.

    `overlap`: ratio of test to training items of random splits of one set, as in `student_half`.
    """
    return float(values.to_numpy(dtype=np.float64).mean()), student_half(values, level, overlap=overlap)


def accuracies(runs: pd.DataFrame, kinds: Iterable[str]) -> dict[str, dict[str, Estimate]]:
    """Mean test accuracy in percent and half its interval, by label set and kind of encoder.

    The seeds split one set of images, and the interval is corrected for their overlap.
    """
    return {
        str(labels): {kind: mean_and_half(100 * rows_of(rows, kind=kind)["test"], overlap=OVERLAP) for kind in kinds}
        for labels, rows in runs.groupby("labels", sort=False)
    }


def leads(
    runs: pd.DataFrame, kind: str | list[str], first: Any, second: Any, level: float = LEVEL
) -> dict[str, Estimate]:
    """Difference of test accuracy of two kinds of runs with the same seeds, in points, by label set.

    The interval is corrected for the overlap of the splits.

    Parameters
    ----------
    kind : columns that name the kind
    first, second : the difference is the accuracy of the first kind minus that of the second
    """
    differences = {}
    for labels, rows in runs.groupby("labels", sort=False):
        by_seed = rows.pivot_table(index="seed", columns=kind, values="test")
        differences[str(labels)] = mean_and_half(100 * (by_seed[first] - by_seed[second]), level, overlap=OVERLAP)
    return differences


def excludes_zero(estimate: Estimate) -> bool:
    """Test whether an interval around a mean excludes 0: only then the difference is significant."""
    mean, half = estimate
    return abs(mean) > half


def rank_correlation(first: npt.ArrayLike, second: npt.ArrayLike) -> float:
    """Spearman's rank correlation of values rounded to `DIGITS`; NaN if one of them is constant."""
    x, y = (rankdata(np.round(np.asarray(values, dtype=np.float64), DIGITS)) for values in (first, second))
    return float(np.corrcoef(x, y)[0, 1]) if np.ptp(x) and np.ptp(y) else math.nan


def order_correlation(first: npt.ArrayLike, second: npt.ArrayLike) -> float:
    """Kendall's τ of values rounded to `DIGITS`; NaN if one of them is constant."""
    x, y = (np.round(np.asarray(values, dtype=np.float64), DIGITS) for values in (first, second))
    return float(kendalltau(x, y).statistic)

"""Contrasts of arms: mean differences, with standard errors over training sets and test items.

The variance of the mean is `(M_u + M_g - M_r) / (u g)`, with mean squares of u units, of g groups of items, and of the
residual. (A bootstrap over both would count the residual three times.) Intervals and p-values are Student's, with one
degree of freedom less than units.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from pairbounds.figures.summaries import LEVEL, Estimate
from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.theory.quantities.confidence import detectable


@dataclass(frozen=True)
class Contrast:
    """Difference of two arms.

    Attributes
    ----------
    estimate, error : mean and its standard error
    units : number of training sets
    """

    estimate: float
    error: float
    units: int

    def half(self, level: float = LEVEL) -> float:
        """Half-width of Student's confidence interval."""
        return float(stats.t.ppf((1 + level) / 2, self.units - 1)) * self.error

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """Student's confidence interval."""
        return self.estimate - self.half(level), self.estimate + self.half(level)

    def points(self, level: float = LEVEL) -> Estimate:
        """Estimate and half its interval, in percentage points."""
        return 100 * self.estimate, 100 * self.half(level)

    @property
    def p_value(self) -> float:
        """Two-sided p-value; NaN if there is neither a difference nor an error."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return float(2 * stats.t.sf(np.abs(np.float64(self.estimate)) / self.error, self.units - 1))

    def within(self, margin: float) -> bool:
        """True if two one-sided tests at 5% show that the difference is within `margin` of 0."""
        low, high = self.interval(2 * LEVEL - 1)
        return -margin < low and high < margin

    def least_shown(self) -> float:
        """Least detectable difference at a power of 80%, two-sided at 5%."""
        return detectable(self.half(), self.units - 1)


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Outcomes of arms, with training sets and test items crossed.

    Attributes
    ----------
    values : by arm, (units, items)
    groups : group of each item, (items,); items of a group are dependent
    """

    values: dict[str, FloatArray]
    groups: IntArray

    def contrast(self, arm: str, against: str) -> Contrast:
        """Contrast of two arms."""
        difference = self.values[arm] - self.values[against]
        mean = float(difference.mean())
        # Contribution of each group to the mean, scaled to equal group sizes.
        by_group = np.array([np.bincount(self.groups, unit - mean) for unit in difference])
        part = by_group * by_group.shape[1] / len(self.groups)
        units, count = part.shape
        of_unit, of_group = part.mean(axis=1, keepdims=True), part.mean(axis=0)
        squares = [
            float(np.sum(deviations**2)) * repeats / freedom if freedom else math.nan
            for deviations, repeats, freedom in (
                (of_unit, count, units - 1),
                (of_group, units, count - 1),
                (part - of_unit - of_group, 1, (units - 1) * (count - 1)),
            )
        ]
        variance = max(squares[0] + squares[1] - squares[2], squares[2]) / (units * count)
        return Contrast(mean, math.sqrt(variance), units)


def means_by_unit(runs: pd.DataFrame, unit: str, outcomes: pd.Series) -> dict[str, FloatArray]:
    """Outcome of each item by arm, (units, items), mean over the runs of a unit.

    Parameters
    ----------
    runs : table with `arm` and a column that names the unit
    outcomes : array of the outcomes of the items, for each run
    """
    means = outcomes.groupby([runs["arm"], runs[unit]]).apply(lambda arrays: np.mean([*arrays], axis=0))
    return {str(arm): np.stack([*of_arm]) for arm, of_arm in means.groupby("arm")}


def holm(p_values: FloatArray) -> FloatArray:
    """Holm's adjusted p-values."""
    order = np.argsort(p_values)
    stepped = np.maximum.accumulate(p_values[order] * np.arange(len(order), 0, -1))
    adjusted = np.empty_like(p_values)
    adjusted[order] = np.minimum(stepped, 1)
    return adjusted

"""The analysis of *text or teacher*, as it is to be registered: its digest goes into the sidecar of each table.

The unit is the training set. Of an arm and a unit each icon of the test has the share of the seeds of weights that
find its category. A contrast is the mean difference of two arms over units and icons. Its variance counts both, for
one test set is not averaged out: `(M_u + M_i - M_r) / (u i)` by the mean squares of units, icons and what is left. (A
bootstrap that draws both anew counts what is left three times.) Intervals and p-values are Student's with a degree of
freedom less than units.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from pairbounds.infrastructure.arrays import FloatArray

TEXT, VIEWS, SHUFFLED = "text_head", "views_head", "shuffled_head"
CONTROL = ("labels", "none")
# Besides the primary contrast, text less views; with Holm's correction.
OTHERS = (
    CONTROL,
    (TEXT, SHUFFLED),
    (TEXT, "none"),
    (VIEWS, "none"),
    ("captions", "none"),
    ("captions", "shuffled_captions"),
    ("captions", TEXT),
    ("random", "none"),
    ("no_text", VIEWS),
)
GRANULARITY = (("merged_captions", "captions"), ("merged_captions", "most_merged_captions"))
PRIMARY, SECONDARY = "knn_right", "right"  # of the table: by the nearest labelled icon, by a linear classifier
LEVEL = 0.95
MARGIN = 0.01  # of the equivalence of text and views


@dataclass(frozen=True)
class Contrast:
    """Difference of two arms in the share of icons that are found.

    Attributes
    ----------
    estimate, error : the mean, and its standard error
    units : training sets
    """

    estimate: float
    error: float
    units: int

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """Interval of Student's."""
        half = float(stats.t.ppf((1 + level) / 2, self.units - 1)) * self.error
        return self.estimate - half, self.estimate + half

    @property
    def p_value(self) -> float:
        """Two-sided; NaN where there is neither a difference nor an error."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return float(2 * stats.t.sf(np.abs(np.float64(self.estimate)) / self.error, self.units - 1))

    def least_shown(self, power: float = 0.8) -> float:
        """The least difference that such a standard error shows with that power, two-sided at 5%."""
        t = stats.t(self.units - 1)
        return float((t.ppf((1 + LEVEL) / 2) + t.ppf(power)) * self.error)


def found_shares(table: pd.DataFrame, by: str = PRIMARY) -> dict[str, FloatArray]:
    """Share of the seeds that find an icon by its nearest labelled one, or as `by` has it, by arm: (units, icons)."""
    shares = {}
    for arm, rows in table.groupby("arm", sort=False):
        units = [
            np.mean([np.frombuffer(digits.encode(), np.uint8) == ord("1") for digits in own[by]], axis=0)
            for _, own in rows.groupby("seed")
        ]
        shares[str(arm)] = np.array(units)
    return shares


def contrast(shares: Mapping[str, FloatArray], arms: tuple[str, str]) -> Contrast:
    """The contrast of two arms."""
    difference = shares[arms[0]] - shares[arms[1]]
    units, count = difference.shape
    mean = float(difference.mean())
    by_unit, by_icon = (difference.mean(axis=axis) - mean for axis in (1, 0))
    left = difference - mean - by_unit[:, None] - by_icon
    squares = float(np.sum(left**2)) / ((units - 1) * (count - 1)) if units > 1 else math.nan
    of_units, of_icons = (
        other * float(np.sum(part**2)) / (len(part) - 1) if len(part) > 1 else math.nan
        for part, other in ((by_unit, count), (by_icon, units))
    )
    variance = max(of_units + of_icons - squares, squares) / (units * count)
    return Contrast(mean, math.sqrt(variance), units)


def verdict(shares: Mapping[str, FloatArray], margin: float = MARGIN) -> str:
    """The answer: the first that applies.

    "nothing can be concluded" where labels are not above SimCLR; "text is worse" than views; "text helps": it is above
    views, others' tags and SimCLR; "text is not needed": views are above SimCLR, and text is within the margin of them
    by two one-sided tests at 5%; "undecided".
    """

    def above(*arms: str) -> bool:
        return contrast(shares, (arms[0], arms[1])).interval()[0] > 0

    if not above(*CONTROL):
        return "nothing can be concluded"
    if above(VIEWS, TEXT):
        return "text is worse"
    if all(above(TEXT, other) for other in (VIEWS, SHUFFLED, "none")):
        return "text helps"
    low, high = contrast(shares, (TEXT, VIEWS)).interval(2 * LEVEL - 1)
    return "text is not needed" if above(VIEWS, "none") and -margin < low and high < margin else "undecided"


def contrasts(shares: Mapping[str, FloatArray]) -> pd.DataFrame:
    """Every registered contrast, a row each: arms, estimate, interval and p; of `OTHERS` also Holm's p."""
    pairs = [(TEXT, VIEWS), *OTHERS, *(pair for pair in GRANULARITY if {*pair} <= {*shares})]
    found = [contrast(shares, pair) for pair in pairs]
    low, high = np.transpose([one.interval() for one in found])
    table = pd.DataFrame(pairs, columns=["arm", "against"]).assign(
        estimate=[one.estimate for one in found],
        low=low,
        high=high,
        p=[one.p_value for one in found],
        least_shown=[one.least_shown() for one in found],
        holm=math.nan,
    )
    family = slice(1, 1 + len(OTHERS))
    table.loc[table.index[family], "holm"] = holm(table["p"].to_numpy()[family])
    return table


def holm(p_values: FloatArray) -> FloatArray:
    """Holm's adjusted p-values."""
    order = np.argsort(p_values)
    stepped = np.maximum.accumulate(p_values[order] * np.arange(len(order), 0, -1))
    adjusted = np.empty_like(p_values)
    adjusted[order] = np.minimum(stepped, 1)
    return adjusted


def agreement(shares: Mapping[str, FloatArray], forecasts: pd.DataFrame) -> dict[str, float]:
    """Kendall's τ over the arms between each forecast, of which small is good, and the share of icons found."""
    arms = [arm for arm in shares if arm in set(forecasts["arm"])]
    measured = [-float(shares[arm].mean()) for arm in arms]
    means = forecasts.groupby("arm")[["alpha_T", "theorem_4", "theorem_15"]].mean().loc[arms]
    return {str(name): float(stats.kendalltau(means[name], measured).statistic) for name in means}

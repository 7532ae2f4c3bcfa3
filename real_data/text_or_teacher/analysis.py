"""The analysis of *text or teacher*, as it was registered: docs/preregistration/text_or_teacher.md.

The unit is the training set. Of an arm and a unit each icon of the test has the share of the seeds of weights that
find its category. A contrast is the mean difference of two arms over units and icons. Its variance counts both, for
one test set is not averaged out: `(M_u + M_w - M_r) / (u w)` by the mean squares of units, of icons whose names begin
with one word, and of what is left. (A bootstrap that draws both anew counts what is left three times.) Intervals and
p-values are Student's with a degree of freedom less than units. "Above" is: the interval of 95% lies above 0; of the
two primary contrasts that of 97.5%.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from pairbounds.infrastructure.arrays import FloatArray, IntArray

TEXT, VIEWS, SHUFFLED = "text_head", "views_head", "shuffled_head"
TAGS, SHUFFLED_TAGS, LABELS, RANDOM, SIMCLR = "captions", "shuffled_captions", "labels", "random", "none"
CONTROLS = (SIMCLR, RANDOM)  # what a guide must beat
PRIMARY = ((TEXT, VIEWS), (TAGS, VIEWS))  # text by a head that learned it, and text itself
# Besides them, with Holm's correction.
OTHERS = (
    (LABELS, SIMCLR),
    (TEXT, SHUFFLED),
    (TEXT, SIMCLR),
    (VIEWS, SIMCLR),
    (TAGS, SIMCLR),
    (TAGS, SHUFFLED_TAGS),
    (TAGS, TEXT),
    (LABELS, RANDOM),
    (VIEWS, RANDOM),
    (RANDOM, SIMCLR),
    ("no_text", VIEWS),
)
GRANULARITY = (("merged_captions", TAGS), ("merged_captions", "most_merged_captions"))  # a family of their own
JUDGE, SECOND = "", "knn_"  # of columns: the linear classifier, and the nearest labelled icon
LEVEL = 0.95
LITTLE = 0.02  # a gain of text that is said to be little
MARGIN = 0.013  # of the equivalence of text and views: half of what labels gained where settings were tuned


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


@dataclass(frozen=True, eq=False)
class Found:
    """Shares of the seeds of weights that find an icon.

    Attributes
    ----------
    shares : by arm, (units, icons)
    words : number of the word with which the name of each icon begins
    """

    shares: dict[str, FloatArray]
    words: IntArray

    @classmethod
    def of(cls, runs: pd.DataFrame, words: Sequence[str], by: str = JUDGE) -> "Found":
        """The shares by one of the judges, of a table of runs."""
        shares = {}
        for arm, rows in runs.groupby("arm", sort=False):
            units = [
                np.mean([np.frombuffer(digits.encode(), np.uint8) == ord("1") for digits in own[f"{by}right"]], axis=0)
                for _, own in rows.groupby("seed")
            ]
            shares[str(arm)] = np.array(units)
        return cls(shares, np.unique(words, return_inverse=True)[1])

    def contrast(self, arm: str, against: str) -> Contrast:
        """The contrast of two arms."""
        difference = self.shares[arm] - self.shares[against]
        mean = float(difference.mean())
        # A word's part in the mean, as if all had as many icons: those of one are found, or not, together.
        by_word = np.array([np.bincount(self.words, unit - mean) for unit in difference])
        part = by_word * by_word.shape[1] / len(self.words)
        units, count = part.shape
        of_unit, of_word = part.mean(axis=1, keepdims=True), part.mean(axis=0)
        squares = [
            float(np.sum(values**2)) * repeats / freedom if freedom else math.nan
            for values, repeats, freedom in (
                (of_unit, count, units - 1),
                (of_word, units, count - 1),
                (part - of_unit - of_word, 1, (units - 1) * (count - 1)),
            )
        ]
        variance = max(squares[0] + squares[1] - squares[2], squares[2]) / (units * count)
        return Contrast(mean, math.sqrt(variance), units)

    def above(self, arm: str, *others: str) -> bool:
        """Return whether an arm is above each of the others."""
        level = {other: 1 - (1 - LEVEL) / len(PRIMARY) if (arm, other) in PRIMARY else LEVEL for other in others}
        return all(self.contrast(arm, other).interval(level[other])[0] > 0 for other in others)

    def within(self, arm: str, against: str, margin: float) -> bool:
        """Return whether two one-sided tests at 5% place a contrast within a margin of 0."""
        low, high = self.contrast(arm, against).interval(2 * LEVEL - 1)
        return -margin < low and high < margin


def verdict(found: Found, told: pd.DataFrame, margin: float = MARGIN) -> str:
    """The answer: the first that applies.

    "nothing can be concluded": labels are not above SimCLR and a random guide. "a head that learned text is worse" than
    one that learned views. "text helps": it is above views, others' tags, SimCLR and random; by less than two points,
    where the interval says so. "text itself helps": tags are above views, others' tags, SimCLR and random, though a
    head that learned text here is not. "text is not needed":
    views are above SimCLR and random, the head of text knows more of tags than that of views, and both text and tags
    are within the margin of views, by two one-sided tests at 5% each. Else "undecided".

    Parameters
    ----------
    told : as `pairbounds.real_data.text_or_teacher.graphs.forecasts` has it, of all units
    """
    little = ", by less than two points" if found.contrast(TEXT, VIEWS).interval()[1] < LITTLE else ""
    answers = {
        "nothing can be concluded": not found.above(LABELS, *CONTROLS),
        "a head that learned text is worse": found.above(VIEWS, TEXT),
        f"text helps{little}": found.above(TEXT, VIEWS, SHUFFLED, *CONTROLS),
        "text itself helps, a head that learned it here does not": found.above(TAGS, VIEWS, SHUFFLED_TAGS, *CONTROLS),
        "text is not needed": found.above(VIEWS, *CONTROLS)
        and knows_text(told)
        and all(found.within(*pair, margin) for pair in PRIMARY),
        "undecided": True,
    }
    return next(answer for answer, applies in answers.items() if applies)


def knows_text(told: pd.DataFrame) -> bool:
    """Evidence that the nearest icon by the head of text shares a tag more often than that by the head of views."""
    by_unit = told.pivot_table(index="seed", columns="arm", values="same_tag")
    more = by_unit[TEXT] - by_unit[VIEWS]
    return bool(stats.ttest_1samp(more, 0).confidence_interval(LEVEL).low > 0)


def contrasts(found: Found) -> pd.DataFrame:
    """Every registered contrast, a row each: arms, estimate, interval, p, and p by Holm within its family.

    The families are the primary contrasts, the others, and granularity's.
    """
    tables = []
    for family, pairs in {"primary": PRIMARY, "others": OTHERS, "granularity": GRANULARITY}.items():
        if family == "granularity" and GRANULARITY[0][0] not in found.shares:
            continue
        own = [found.contrast(*pair) for pair in pairs]
        low, high = np.transpose([one.interval() for one in own])
        p_values = np.array([one.p_value for one in own])
        tables.append(
            pd.DataFrame(pairs, columns=["arm", "against"]).assign(
                family=family,
                estimate=[one.estimate for one in own],
                low=low,
                high=high,
                p=p_values,
                holm=holm(p_values),
                least_shown=[one.least_shown() for one in own],
            )
        )
    return pd.concat(tables, ignore_index=True)


def holm(p_values: FloatArray) -> FloatArray:
    """Holm's adjusted p-values."""
    order = np.argsort(p_values)
    stepped = np.maximum.accumulate(p_values[order] * np.arange(len(order), 0, -1))
    adjusted = np.empty_like(p_values)
    adjusted[order] = np.minimum(stepped, 1)
    return adjusted


def agreement(found: Found, forecasts: pd.DataFrame) -> dict[str, float]:
    """Kendall's τ over the arms between each forecast, of which small is good, and the share of icons found."""
    arms = [arm for arm in found.shares if arm in set(forecasts["arm"])]
    measured = [-float(found.shares[arm].mean()) for arm in arms]
    means = forecasts.groupby("arm")[["alpha_T", "theorem_4", "theorem_15"]].mean().loc[arms]
    return {str(name): float(stats.kendalltau(means[name], measured).statistic) for name in means}

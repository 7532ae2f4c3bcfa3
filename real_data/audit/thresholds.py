"""A threshold of similarity, below which pairs go: chosen on the seen half of the images and judged on the other.

On the graph of the seen half each share gives a threshold, and the one with the least error there, or none, is applied
to the judged half. No label serves twice, neither by the choice among thresholds nor by where they lie. The interval is
of the change that this way to choose makes against dropping nothing, by the correction of
`pairbounds.real_data.audit.verdict`.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pandas as pd

from pairbounds.real_data.audit.rules import LOW_SIMILARITY, PairList, Views, count_of
from pairbounds.real_data.audit.verdict import LEVEL, paired

DIGITS = 9  # of an error; what differs by less is equal
CHOOSE, APPLY = "choose", "apply"  # actions: on the seen half, on the judged one
Measure = Callable[[PairList, PairList], dict[str, float]]  # of what is left of a half, and of the half


def rows(views: Views, shares: Sequence[float], measure: Measure) -> Iterator[dict[str, object]]:
    """A row for no threshold and each share on the seen half, and one for that of the least error on the judged half.

    A threshold is the least similarity that is kept; NaN: none.
    """
    found: list[tuple[float, float]] = []
    for share in (0.0, *shares):
        threshold = _threshold(views.seen, share)
        row = measure(above(views.seen, threshold), views.seen)
        found.append((row["error"], threshold))
        yield _row(CHOOSE, share, threshold) | row
    chosen = min(found, key=lambda one: round(one[0], DIGITS))[1]  # the first of equals: none, or the smallest share
    left = above(views.judged, chosen)
    yield _row(APPLY, 1 - len(left) / len(views.judged), chosen) | measure(left, views.judged)


def above(pairs: PairList, threshold: float) -> PairList:
    """The pairs with at least that similarity; all, if there is no threshold."""
    return pairs if np.isnan(threshold) else pairs.kept(pairs.known_similarities >= threshold)


def in_words(curves: pd.DataFrame) -> tuple[str, ...]:
    """A sentence on the threshold, where one was sought."""
    applied = curves[curves["action"] == APPLY].set_index("split")
    if applied.empty:
        return ()
    chosen = applied["threshold"].dropna()
    if chosen.empty:
        return ("similarity: on every half the error is least with all pairs; no threshold is shown to help",)
    nothing = curves[curves["action"] == "none"].set_index("split")["error"]
    change = paired(applied["error"] - nothing, LEVEL)
    where = f"{chosen.median():.3g} (middle of {chosen.min():.3g} to {chosen.max():.3g}, each the best of a half"
    none = len(applied) - len(chosen)
    where += f"; none was on {none} of {len(applied)})" if none else ")"
    verdict = "helps" if change["high"] < 0 else "is not shown to help"
    return (
        f"similarity: dropping pairs below {where} {verdict}: on the same images of the other halves it changes the "
        f"error of {nothing.mean():.3f} by {change['difference']:+.3f} ({LEVEL:.0%} interval {change['low']:+.3f} to "
        f"{change['high']:+.3f}), with {applied['share'].mean():.0%} of the pairs gone",
    )


def _threshold(pairs: PairList, share: float) -> float:
    count = count_of(share, len(pairs))
    return float(np.partition(pairs.known_similarities, count)[count]) if count else float("nan")


def _row(action: str, share: float, threshold: float) -> dict[str, object]:
    return {"action": action, "rule": LOW_SIMILARITY, "share": share, "draw": 0, "threshold": threshold}

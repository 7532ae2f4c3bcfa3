"""Comparison of a rule with random choice, or with another rule, on halves of the images that overlap.

On every half the two are measured on the same images, with the same masses: the differences are paired. Halves of one
set have images in common, so that the differences are not independent, and Student's interval would be too short;
Nadeau and Bengio's correction adds the ratio of judged to seen images, here 1, to `1/n`. The level is Bonferroni's:
over all rules and shares that are held against random choice, and for one rule against another over the shares.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from pairbounds.real_data.audit.rules import CONTROLS, ORACLE
from pairbounds.theory.quantities.confidence import detectable, student_half

LEVEL = 0.95
POWER = 0.8
OVERLAP = 1.0  # judged images for each one seen
QUANTITIES = {"error": "measured error", "alpha_t": "α_T"}


def compared(curves: pd.DataFrame, rivals: Sequence[str] = ()) -> pd.DataFrame:
    """Every rule at every share against random choice, and against leaving all as it is.

    Parameters
    ----------
    curves : as of `what_if`
    rivals : two rules, that are also held against one another

    Returns
    -------
    DataFrame with columns
        quantity ("error", "alpha_t"), action, rule, share, value, random and nothing (means over the halves: with the
        rule, with the control that it does least well against, with all pairs), control (which one that is), difference
        (value - random), low, high (its interval), detectable (the difference that would have been told from 0 with
        probability `POWER`), beats_random (high < 0), change (value - nothing), change_low, change_high, helps
        (change_high < 0). With rivals: rival (the other rule), rival_difference (value - that of the rival), rival_low,
        rival_high.
    """
    curves = curves[curves["action"].isin(["none", "drop"])]
    tried = curves[~curves["rule"].isin([*CONTROLS, ORACLE]) & (curves["action"] != "none")]
    cases = tried[["action", "rule", "share"]].drop_duplicates()
    level = 1 - (1 - LEVEL) / len(cases)
    rows = [
        {"quantity": quantity, **case}
        | _against(curves, quantity, case, level)
        | _against_rival(curves, quantity, case, rivals)
        for quantity in QUANTITIES
        for case in cases.to_dict("records")
    ]
    return pd.DataFrame(rows)


def in_words(verdict: pd.DataFrame, splits: int) -> tuple[str, ...]:
    """A sentence for each quantity, and with rivals another."""
    groups = [(QUANTITIES[str(name)], rows) for name, rows in verdict.groupby("quantity", sort=False)]
    rivals = [_of_rivals(name, rows) for name, rows in groups if "rival" in rows]
    return (*(_sentence(name, rows, splits) for name, rows in groups), *rivals)


def _against(curves: pd.DataFrame, quantity: str, case: dict[Any, Any], level: float) -> dict[str, object]:
    means = _means(curves, quantity, case["share"])
    value, nothing = means.loc[case["rule"]], curves[curves["action"] == "none"].set_index("split")[quantity]
    found = {control: paired(value - means.loc[control], level) for control in CONTROLS if control in means.index}
    control = max(found, key=lambda name: found[name]["high"])
    change = paired(value - nothing, level)
    return {
        "value": value.mean(),
        "random": means.loc[control].mean(),
        "nothing": nothing.mean(),
        "control": control,
        **found[control],
        "beats_random": found[control]["high"] < 0,
        "change": change["difference"],
        "change_low": change["low"],
        "change_high": change["high"],
        "helps": change["high"] < 0,
    }


def _against_rival(
    curves: pd.DataFrame, quantity: str, case: dict[Any, Any], rivals: Sequence[str]
) -> dict[str, object]:
    if not rivals:
        return {}
    means = _means(curves, quantity, case["share"])
    (rival,) = (name for name in rivals if name != case["rule"])
    shares = curves.loc[curves["action"] == "drop", "share"].nunique()
    apart = paired(means.loc[case["rule"]] - means.loc[rival], 1 - (1 - LEVEL) / shares)
    return {"rival": rival} | {f"rival_{name}": apart[name] for name in ("difference", "low", "high")}


def _means(curves: pd.DataFrame, quantity: str, share: float) -> pd.DataFrame:
    """Means over draws, of each rule (row) on each half (column)."""
    return curves[curves["share"] == share].groupby(["rule", "split"])[quantity].mean().unstack("split")


def paired(differences: "pd.Series[float]", level: float) -> dict[str, float]:
    """The mean of a difference over the halves: difference, low, high, detectable."""
    values = np.asarray(differences, dtype=np.float64)
    mean, half = float(values.mean()), student_half(values, level, overlap=OVERLAP)
    power = detectable(half, len(values) - 1, level, POWER)
    return {"difference": mean, "low": mean - half, "high": mean + half, "detectable": power}


def _sentence(quantity: str, rows: pd.DataFrame, splits: int) -> str:
    better = rows[rows["beats_random"]]
    if better.empty:
        return f"{quantity}, dropping pairs: no rule beats random. {_power(rows, splits)}"
    best = _least(better)
    verdict = "better" if best["helps"] else "worse" if best["change_low"] > 0 else "not shown to be better"
    return (
        f"{quantity}, dropping pairs: {best['rule']} beats random at {_shares(better, str(best['rule']))}; at "
        f"{best['share']:.0%} it is {best['value']:.3f} against {best['random']:.3f} by {best['control']} (difference "
        f"{best['difference']:+.3f}, {LEVEL:.0%} interval {best['low']:+.3f} to {best['high']:+.3f}), and {verdict} "
        f"than {best['nothing']:.3f} with all pairs"
    )


def _of_rivals(quantity: str, rows: pd.DataFrame) -> str:
    """One rule against the other, where they differ the most."""
    apart = rows[rows["rival_high"] < 0]
    if apart.empty:
        one, other = rows["rule"].iloc[0], rows["rival"].iloc[0]
        ends = rows.loc[rows["rule"] == one, ["rival_low", "rival_high"]]
        return (
            f"{quantity}, {one} less {other}: not told apart at any share; every {LEVEL:.0%} interval lies within "
            f"{ends['rival_low'].min():+.3f} to {ends['rival_high'].max():+.3f}"
        )
    best = apart.nsmallest(1, "rival_difference").to_dict("records")[0]
    return (
        f"{quantity}, {best['rule']} less {best['rival']}: {best['rule']} leaves less at "
        f"{_shares(apart, str(best['rule']))}; at {best['share']:.0%} the difference is "
        f"{best['rival_difference']:+.3f} ({LEVEL:.0%} interval {best['rival_low']:+.3f} to {best['rival_high']:+.3f})"
    )


def _power(rows: pd.DataFrame, splits: int) -> str:
    differing = rows.loc[rows["detectable"] > 0, "detectable"]
    if differing.empty:
        return f"On {splits} halves nothing differed at all"
    return (
        f"{splits} halves would have shown, with probability {POWER:g}, a difference of {differing.min():.2g} where "
        f"they tell most and {differing.max():.2g} where they tell least"
    )


def _least(rows: pd.DataFrame) -> dict[Any, Any]:
    return rows.nsmallest(1, "value").to_dict("records")[0]


def _shares(better: pd.DataFrame, rule: str) -> str:
    return ", ".join(f"{share:.0%}" for share in better.loc[better["rule"] == rule, "share"])

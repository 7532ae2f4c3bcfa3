"""Comparison of a rule with random choice, on halves of the images that overlap.

On every half the rule and the control are measured on the same images: the differences are paired. Halves of one set
have images in common, so that the differences are not independent, and Student's interval would be too short; Nadeau
and Bengio's correction adds the ratio of judged to seen images, here 1, to `1/n`. The level is Bonferroni's, over all
rules and shares that are held against random choice.
"""

from typing import Any

import numpy as np
import pandas as pd

from pairbounds.real_data.audit.rules import CONTROLS, ORACLE
from pairbounds.theory.quantities.confidence import detectable, student_half

LEVEL = 0.95
POWER = 0.8
OVERLAP = 1.0  # judged images for each one seen
QUANTITIES = {"error": "measured error", "alpha_t": "α_T"}


def compared(curves: pd.DataFrame) -> pd.DataFrame:
    """Every rule at every share against random choice, and against leaving all as it is.

    Parameters
    ----------
    curves : as of `what_if`

    Returns
    -------
    DataFrame with columns
        quantity ("error", "alpha_t"), action, rule, share, value, random and nothing (means over the halves: with the
        rule, with the control that it does least well against, with all pairs), control (which one that is), difference
        (value - random), low, high (its interval), detectable (the difference that would have been told from 0 with
        probability `POWER`), beats_random (high < 0), change (value - nothing), change_low, change_high, helps
        (change_high < 0).
    """
    tried = curves[~curves["rule"].isin([*CONTROLS, ORACLE]) & (curves["action"] != "none")]
    cases = tried[["action", "rule", "share"]].drop_duplicates()
    level = 1 - (1 - LEVEL) / len(cases)
    rows = [
        {"quantity": quantity, **case, **_against(curves, quantity, case, level)}
        for quantity in QUANTITIES
        for case in cases.to_dict("records")
    ]
    return pd.DataFrame(rows)


def in_words(verdict: pd.DataFrame, splits: int) -> tuple[str, ...]:
    """A sentence for each quantity."""
    return tuple(
        _sentence(QUANTITIES[str(name)], rows, splits) for name, rows in verdict.groupby("quantity", sort=False)
    )


def _against(curves: pd.DataFrame, quantity: str, case: dict[Any, Any], level: float) -> dict[str, object]:
    means = curves[curves["share"] == case["share"]].groupby(["rule", "split"])[quantity].mean().unstack("split")
    value, nothing = means.loc[case["rule"]], curves[curves["action"] == "none"].set_index("split")[quantity]
    found = {control: _paired(value - means.loc[control], level) for control in CONTROLS if control in means.index}
    control = max(found, key=lambda name: found[name]["high"])
    change = _paired(value - nothing, level)
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


def _paired(differences: "pd.Series[float]", level: float) -> dict[str, float]:
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

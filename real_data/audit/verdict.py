"""Comparison of a rule with random choice, or with another rule, on overlapping halves of the images.

On every half both are measured on the same images, with the same masses, so the differences are paired. Halves overlap,
so the differences are not independent, and Student's interval would be too short. Nadeau and Bengio's correction adds
the ratio of judged to training images, here 1, to `1/n`. The level has a Bonferroni correction: over all rules and
shares compared with random choice, and over the shares for one rule against another.
"""

from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd

from pairbounds.real_data.audit.dropping_rules import CONTROLS, ORACLE
from pairbounds.theory.quantities.confidence import detectable, student_half

LEVEL = 0.95
POWER = 0.8
OVERLAP = 1.0  # ratio of judged to training images
CHOOSE, APPLY = "choose", "apply"  # a threshold of similarity: on the training half, on the judged half
QUANTITIES = {"error": "measured error", "alpha_t": "α_T"}


def compared(curves: pd.DataFrame, rivals: Sequence[str] = ()) -> pd.DataFrame:
    """Comparison of every rule at every share with random choice, and with keeping all pairs.

    Parameters
    ----------
    curves : curves of `what_if`
    rivals : two rules to compare with each other

    Returns
    -------
    DataFrame with columns
        quantity ("error", "alpha_t"), action, rule, share, value, random and nothing (means over the halves: with the
        rule, with the control hardest to beat, with all pairs), control (its name), difference (value - random), low,
        high (its interval), detectable (the difference detected with probability `POWER`), beats_random (high < 0),
        change (value - nothing), change_low, change_high, helps (change_high < 0). With rivals: rival (the other rule),
        rival_difference (value - that of the rival), rival_low, rival_high.
    """
    drops, nothing = curves[curves["action"] == "drop"], curves[curves["action"] == "none"].set_index("split")
    tried = [rule for rule in drops["rule"].unique() if rule not in (*CONTROLS, ORACLE)]
    shares = drops["share"].unique()
    level = 1 - (1 - LEVEL) / (len(tried) * len(shares))
    rows = []
    for quantity, rule, share in product(QUANTITIES, tried, shares):
        of_share = drops[drops["share"] == share]
        means = of_share.groupby(["rule", "split"])[quantity].mean().unstack("split")  # over draws
        value, before = means.loc[rule], nothing[quantity]
        against = {name: paired(value - means.loc[name], level) for name in CONTROLS if name in means.index}
        control = max(against, key=lambda name: against[name]["high"])
        change = paired(value - before, level)
        row = {"quantity": quantity, "action": "drop", "rule": rule, "share": share, "value": value.mean()}
        row |= {"random": means.loc[control].mean(), "nothing": before.mean(), "control": control}
        row |= against[control] | {"beats_random": against[control]["high"] < 0, "change": change["difference"]}
        row |= {"change_low": change["low"], "change_high": change["high"], "helps": change["high"] < 0}
        if rivals:
            (rival,) = (name for name in rivals if name != rule)
            apart = paired(value - means.loc[rival], 1 - (1 - LEVEL) / len(shares))
            row |= {"rival": rival}
            row |= {f"rival_{name}": apart[name] for name in ("difference", "low", "high")}
        rows.append(row)
    return pd.DataFrame(rows)


def in_words(verdict: pd.DataFrame, splits: int) -> tuple[str, ...]:
    """A sentence for each quantity, and with rivals one more for each."""
    groups = [(QUANTITIES[str(name)], rows) for name, rows in verdict.groupby("quantity", sort=False)]
    rivals = [_of_rivals(name, rows) for name, rows in groups if "rival" in rows]
    return (*(_sentence(name, rows, splits) for name, rows in groups), *rivals)


def threshold_in_words(curves: pd.DataFrame) -> tuple[str, ...]:
    """A sentence on the threshold of similarity, if there are similarities."""
    applied = curves[curves["action"] == APPLY].set_index("split")
    if applied.empty:
        return ()
    chosen = applied.loc[np.isfinite(applied["threshold"]), "threshold"]
    if chosen.empty:
        return ("similarity: on every half the error is least with all pairs; no threshold is shown to help",)
    nothing = curves[curves["action"] == "none"].set_index("split")["error"]
    change = paired(applied["error"] - nothing, LEVEL)
    verdict = "helps" if change["high"] < 0 else "is not shown to help"
    keeping = len(applied) - len(chosen)
    where = f" On {keeping} of {len(applied)} halves the error was least with all pairs." if keeping else ""
    return (
        f"similarity: dropping pairs with a score below {chosen.median():.3g} {verdict}. This is the median of the "
        f"best thresholds of the halves, {chosen.min():.3g} to {chosen.max():.3g}.{where} Applied to the other half of "
        f"the images, they change the error from {nothing.mean():.3f} by {change['difference']:+.3f} ({LEVEL:.0%} "
        f"interval {change['low']:+.3f} to {change['high']:+.3f}) and drop {applied['share'].mean():.0%} of the pairs",
    )


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
    best = better.nsmallest(1, "value").iloc[0]
    verdict = "better" if best["helps"] else "worse" if best["change_low"] > 0 else "not shown to be better"
    return (
        f"{quantity}, dropping pairs: {best['rule']} beats random with {_shares(better, str(best['rule']))} of the "
        f"pairs dropped. At {best['share']:.0%} it gives {best['value']:.3f}, and dropping {best['control']} gives "
        f"{best['random']:.3f} (difference {best['difference']:+.3f}, {LEVEL:.0%} interval {best['low']:+.3f} to "
        f"{best['high']:+.3f}). It is {verdict} than {best['nothing']:.3f} with all pairs"
    )


def _of_rivals(quantity: str, rows: pd.DataFrame) -> str:
    """Sentence that compares two rules, at the share of their largest difference."""
    apart = rows[rows["rival_high"] < 0]
    if apart.empty:
        rule, other = rows["rule"].iloc[0], rows["rival"].iloc[0]
        ends = rows.loc[rows["rule"] == rule, ["rival_low", "rival_high"]]
        return (
            f"{quantity}, {rule} compared with {other}: no significant difference at any share of dropped pairs. All "
            f"{LEVEL:.0%} intervals are within {ends['rival_low'].min():+.3f} to {ends['rival_high'].max():+.3f}"
        )
    best = apart.nsmallest(1, "rival_difference").iloc[0]
    return (
        f"{quantity}, {best['rule']} compared with {best['rival']}: {best['rule']} gives a smaller value with "
        f"{_shares(apart, str(best['rule']))} of the pairs dropped. At {best['share']:.0%} the difference is "
        f"{best['rival_difference']:+.3f} ({LEVEL:.0%} interval {best['rival_low']:+.3f} to {best['rival_high']:+.3f})"
    )


def _power(rows: pd.DataFrame, splits: int) -> str:
    differing = rows.loc[rows["detectable"] > 0, "detectable"]
    if differing.empty:
        return f"On all {splits} halves the values are equal"
    return (
        f"With {splits} halves the smallest difference that is detected with probability {POWER:g} is between "
        f"{differing.min():.2g} and {differing.max():.2g}, depending on the rule and the share"
    )


def _shares(better: pd.DataFrame, rule: str) -> str:
    return ", ".join(f"{share:.0%}" for share in better.loc[better["rule"] == rule, "share"])

"""The registered answer of text or teacher: the rule of each, and the plan."""

import json

import numpy as np
import pandas as pd
import pytest

from pairbounds.figures import text_or_teacher
from pairbounds.figures.contrasts import Outcomes
from pairbounds.figures.text_or_teacher import OTHERS, PRIMARY, TEXT, VIEWS, agreement, knows_text, outcomes, verdict
from pairbounds.sweeps.studies import digest
from tests.rooms import ROOT


def planted(icons, **gains):
    """Icons found by arms that have a gain over SimCLR; icons, units and both together vary."""
    rng = np.random.default_rng(1)
    icon, unit = rng.uniform(0.2, 0.6, icons), 0.01 * rng.standard_normal((12, 1))
    arms = {arm: 0.0 for pair in (*PRIMARY, *OTHERS) for arm in pair} | gains
    shares = {
        arm: (rng.random((2, 12, icons)) < np.clip(icon + unit + gain, 0, 1)).mean(axis=0) for arm, gain in arms.items()
    }
    return Outcomes(shares, np.arange(icons) // 2)


def told(more):
    """Shares of icons whose nearest one has a tag of theirs, by unit: those by the head of text are so much larger."""
    rows = [
        {"seed": unit, "arm": arm, "same_tag": 0.3 + 0.01 * (unit % 3) + gain * (1 + unit % 2)}
        for unit in range(12)
        for arm, gain in ((TEXT, more), (VIEWS, 0))
    ]
    return pd.DataFrame(rows)


KNOWN = {"labels": 0.1, "text_head": 0.05, "views_head": 0.05, "captions": 0.05}


@pytest.mark.parametrize(
    ("gains", "answer"),
    [
        ({}, "nothing can be concluded"),
        ({"labels": 0.1, "random": 0.1}, "nothing can be concluded"),
        ({"labels": 0.1, "views_head": 0.1}, "a head that learned text is worse"),
        ({"labels": 0.1, "text_head": 0.1}, "text helps"),
        ({"labels": 0.1, "text_head": 0.01}, "text helps, by less than two points"),
        ({"labels": 0.1, "text_head": 0.1, "shuffled_head": 0.1}, "undecided"),
        ({"labels": 0.1, "captions": 0.1}, "text itself helps, a head that learned it here does not"),
        (KNOWN, "text is not needed"),
        (KNOWN | {"captions": 0.0}, "undecided"),
        (KNOWN | {"random": 0.05}, "undecided"),
        ({"labels": 0.1}, "undecided"),
        ({"labels": 0.1, "none": 0.07, "text_head": 0.05}, "undecided"),
    ],
)
def test_each_answer_follows_from_its_rule(gains, answer):
    assert verdict(planted(10_000, **gains), told(0.05), margin=0.02) == answer


def test_text_is_not_called_needless_if_the_guide_does_not_know_it():
    assert verdict(planted(3_000, **KNOWN), told(-0.05), margin=0.02) == "undecided"
    assert [knows_text(told(more)) for more in (0.05, -0.05)] == [True, False]


def test_an_outcome_is_the_share_of_the_seeds_of_weights_that_find_an_icon():
    rows = [("a", 0, "110"), ("a", 0, "100"), ("b", 0, "000"), ("b", 0, "001"), ("a", 1, "111"), ("b", 1, "010")]
    result = outcomes(pd.DataFrame(rows, columns=["arm", "seed", "knn_right"]), ["red", "big", "red"], "knn_right")
    assert {arm: values.tolist() for arm, values in result.values.items()} == {
        "a": [[1, 0.5, 0], [1, 1, 1]],
        "b": [[0, 0, 0.5], [0, 1, 0]],
    }
    assert result.groups.tolist() == [1, 0, 1]


def test_the_order_of_arms_agrees_with_a_forecast_that_knows_it():
    shares = {name: np.full((2, 5), share) for name, share in (("a", 0.3), ("b", 0.2), ("c", 0.1))}
    forecasts = pd.DataFrame(
        {"arm": list("abc"), "alpha_T": [1, 2, 3], "theorem_4": [3, 2, 1], "theorem_15": [1, 3, 2]}
    )
    taus = agreement(Outcomes(shares, np.arange(5)), forecasts)
    assert taus == pytest.approx({"alpha_T": 1, "theorem_4": -1, "theorem_15": 1 / 3})


def test_the_plan_is_the_one_that_was_registered():
    record = json.loads((ROOT / "results" / "text_or_teacher.parquet.json").read_text())["configuration"]
    plan = ROOT / "docs" / "preregistration" / "text_or_teacher.md"
    assert record["preregistration"] == digest(plan.read_bytes())
    assert f"±{100 * text_or_teacher.MARGIN:.1f} points" in plan.read_text(encoding="utf-8")

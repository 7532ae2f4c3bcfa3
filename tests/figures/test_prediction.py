"""Predictors compared by their rank correlations: planted orders, p-values, and the figure."""

from itertools import product

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from pairbounds.figures import prediction
from pairbounds.figures.prediction import ALL_LABELS, ALPHA, BASELINES, DRAWS, FOUR, MAIN, PREDICTORS, TUNING
from pairbounds.figures.ranking import Ranking

RESAMPLES = 200
NAMES = [f"{kind}, {part}" for kind in ("labels", "words", "look") for part in ("1", "2", "3 noisy", "4 noisy")][:-1]


def study(seed):
    """Rows in which `ALPHA` and optimum order the errors perfectly, context in reverse, and others at random."""
    rng, rows = np.random.default_rng(seed), []
    columns = [column.removeprefix("-") for draws in (PREDICTORS | ALL_LABELS).values() for column in draws]
    for split, weights, (row, name) in product(range(3), (0, 1), enumerate([*NAMES, *BASELINES])):
        values = dict(zip([*columns, "nearest"], rng.random(len(columns) + 1), strict=True))
        error = 0.2 + 0.02 * (7 * row % 13) + 0.001 * rng.random()
        values |= dict.fromkeys((*DRAWS, "optimum", "ridge"), error) | {"context": -error}
        values |= {"loss": -0.2 * (row % 2), "information": row % 2 + values["information"] / 2}
        values |= {"theorem_42_pixels": np.nan if split == 2 else 1.0}
        rows.append(values | {"pairing": name, "split": split, "seed": weights})
    runs = pd.DataFrame(rows).assign(labels="letter")
    return pd.concat([runs, runs.assign(labels="script", context=-runs["context"])], ignore_index=True)


TABLES = {MAIN: study(0), TUNING: study(1).query("pairing not in @NAMES[:3]")}


def test_comparisons_facts_and_picture_have_the_planted_orders(monkeypatch):
    monkeypatch.setattr(Ranking.resampled, "__defaults__", (RESAMPLES,))
    table = prediction.comparisons(prediction.ranking(TABLES))
    assert table.loc[ALPHA, ["rho", "half", "regret"]].tolist() == pytest.approx([1, 0, 0])
    assert table.loc["context", ["rho", "half", "less"]].tolist() == pytest.approx([-1, 0, 2])
    assert table.loc[FOUR, "less"] == pytest.approx(1 - table.loc[FOUR, "rho"])
    assert table.loc[FOUR, "less_half"] == pytest.approx(table.loc[FOUR, "half"])  # that of `ALPHA` is 0
    assert set(table.index[table["holm"].isna()]) == {ALPHA, FOUR, *ALL_LABELS}
    assert table.loc["optimum", ["less", "p", "holm"]].tolist() == pytest.approx([0, 1, 1])
    assert table.loc["context", ["p", "holm"]].tolist() == [0, 0]
    assert (table["p"] <= 1).all()
    facts = prediction.facts(TABLES)
    assert [facts[name] for name in ("pairings", "splits", "seeds", "families")] == [11, 2, 2, 3]
    assert facts["primary"]["all"][0] == pytest.approx(1 - facts["rho"][FOUR][0])
    assert [facts["sets"][f"{labels}, ridge"]["context"] for labels in ("letter", "script")] == pytest.approx([-1, 1])
    assert [facts["parts"]["natural"]["pairings"], facts["fresh"]["pairings"]] == [6, 3]
    assert facts["leaving"]["information"] == 1
    assert [facts["ceiling"], *facts["range"]] == pytest.approx([1, 0.2, 0.42], abs=0.001)
    picture, caption = prediction.draw(TABLES)
    plt.close(picture)
    assert f"rank correlation {facts['rho'][FOUR][0]:+.2f}" in [axes.get_title() for axes in picture.axes]
    assert "11 pairings of glyphs, each on 2 splits with 2 seeds" in caption


def test_leaving_is_the_area_under_the_curve_and_within_the_mean_over_families_of_four_pairings_or_more():
    runs = pd.DataFrame({"loss": [-0.5, -0.2, -0.05, 0.1], "information": [3, 1, 2, 0]})
    runs = runs.assign(alpha=[0, 1, 2, 3], partners=[3, 2, 1, 0])  # small ones leave
    assert prediction.leaving(runs) == pytest.approx({"information": 3 / 4, "alpha": 1, "partners": 0})
    assert np.isnan([*prediction.leaving(runs[:2]).values()]).all()
    values = np.array([20, 21, 22, 23, 14, 13, 12, 15, 3, 2, 1])  # ρ of 1, .2 and -1 in the families
    ranks = Ranking(NAMES, np.tile(np.arange(11.0)[:, None], (2, 1, 1)), {"x": values[None, :, None]})
    assert [prediction.within(ranks, least)["x"] for least in (4, 3)] == pytest.approx([(1 + 0.2) / 2, 0.2 / 3])


@pytest.mark.parametrize(
    ("less", "expected"),
    [
        ((1, 1, 1), "consistency ranks better than the bound"),
        ((-1, -1, -1), "consistency ranks worse than the bound"),
        ((1, 0.1, 1), "consistency ranks better than the bound over all pairings, not over those that are finite"),
        ((0.1, 1, 1), "undecided"),
    ],
)
def test_each_answer_has_its_case(less, expected):
    names = ("all", "finite", "natural")
    tables = [pd.DataFrame({"less": [value], "less_half": [0.5]}, index=[FOUR]) for value in less]
    assert prediction.answer(dict(zip(names, tables, strict=True))) == expected

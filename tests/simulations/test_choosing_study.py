"""The study of choices: scores on a small world and on a table by hand, and the figure."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from pairbounds.figures import choosing
from pairbounds.infrastructure.tables import read_table
from pairbounds.simulations.studies import choosing_checkpoints as checkpoints
from pairbounds.simulations.studies.choosing import STUDY, Settings, measure
from pairbounds.theory.questions.comparisons import BEST, UNDECIDED, WORSE
from pairbounds.theory.questions.label_choice import judged
from tests.rooms import ROOT


def test_verdicts_are_scored_by_ground_truth():
    table = pd.DataFrame({"candidate": ["a", "b", "c"], "verdict": [UNDECIDED, UNDECIDED, WORSE]})
    table = table.assign(**{"from": [-0.3, -0.1, 0.1], "to": [0.1, 0.3, 0.5]})
    values = judged(table, pd.Series({"c": 0.6, "a": 0.3, "b": 0.2}))
    assert values == {
        "regret": pytest.approx(0.1),
        "chance": pytest.approx(0.5 / 3),
        "wrong": False,
        "covered": True,  # .1 of a, -.1 of b, .4 of c
        "worse": pytest.approx(1 / 3),
        "undecided": pytest.approx(2 / 3),
    }
    assert judged(table.assign(verdict=[BEST, WORSE, WORSE]), pd.Series({"c": 0.6, "a": 0.3, "b": 0.2}))["wrong"]
    assert not judged(table, pd.Series({"c": 0.9, "a": 0.3, "b": 0.2}))["covered"]  # .7 of c


def test_a_small_world_is_measured_and_drawn():
    table = measure(Settings(**STUDY.small), 0)
    assert table.groupby("kind").size().to_dict() == {"features": 2, "pairs": 2}
    assert (table["regret"] <= table["chance"] * 3).all()  # of three candidates
    tables = {choosing.TABLE: pd.concat([table.assign(seed=seed) for seed in (0, 1)])}
    tables[choosing.CHECKPOINTS] = tables[choosing.TABLE].query("kind == 'features'").assign(kind="checkpoints")
    tables[choosing.PAIRINGS] = read_table(ROOT / "results" / "prediction.parquet")
    facts = choosing.facts(tables)
    assert facts["choices"] == 12
    page = (ROOT / "docs" / "how_to" / "choose.md").read_text(encoding="utf-8")
    rows = [f"| {size} | {chosen:.1%} | {chance:.1%} |" for size, (chosen, chance) in facts["among"].items()]
    assert sum(row in page for row in rows) == 4
    assert facts["rows"]["pairs, 100"]["chance"] == pytest.approx(table.query("kind == 'pairs'")["chance"].mean())
    orders = pd.concat([tables[choosing.TABLE].assign(order=order) for order in choosing.DASHES])
    picture, caption = choosing.draw(tables | {choosing.ORDERS: orders})
    np.testing.assert_allclose(picture.axes[0].lines[0].get_ydata(), facts["rows"]["features, 100"]["regret"][0])
    assert len(picture.axes) == 6
    plt.close(picture)
    assert "each of 2 worlds" in caption
    assert "worse in 0 of 16 choices" in caption


def test_checkpoints_layers_and_widths_of_an_encoder_are_candidates():
    settings = checkpoints.Settings(checkpoints=(0, 20), sizes=(100,), draws=1, n_positions=16)
    world = settings.world(0)
    features = checkpoints.trained_features(settings, world)
    assert [*features] == ["input", "output, 0 steps", "output, 20 steps", "layer 1", "layer 2"]
    assert {values.shape for values in features.values()} == {(320, 32), (320, 16), (320, 128)}
    again = checkpoints.trained_features(settings, world)
    np.testing.assert_allclose(again["layer 2"], features["layer 2"])
    assert np.abs(features["output, 20 steps"] - features["output, 0 steps"]).max() > 0.1
    (row,) = checkpoints.measure(settings, 0).to_dict("records")
    assert row["kind"] == "checkpoints"
    assert 0 <= row["regret"] <= 1

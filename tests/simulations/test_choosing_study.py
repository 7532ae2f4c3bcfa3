"""The study of choices: what it judges by, on a small world and on a table by hand, and what is drawn of it."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from pairbounds.figures import choosing
from pairbounds.simulations.studies.choosing import STUDY, Settings, measure
from pairbounds.theory.questions.comparisons import BEST, UNDECIDED, WORSE
from pairbounds.theory.questions.label_choice import judged


def test_verdicts_arejudged_by_the_truth():
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
    facts = choosing.facts(tables)
    assert facts["choices"] == 8
    assert facts["rows"]["pairs, 100"]["chance"] == pytest.approx(table.query("kind == 'pairs'")["chance"].mean())
    orders = pd.concat([tables[choosing.TABLE].assign(order=order) for order in choosing.DASHES])
    picture, caption = choosing.draw(tables | {choosing.ORDERS: orders})
    np.testing.assert_allclose(picture.axes[0].lines[0].get_ydata(), facts["rows"]["features, 100"]["regret"][0])
    plt.close(picture)
    assert "each of 2 worlds" in caption
    assert "worse in 0 of 16 choices" in caption

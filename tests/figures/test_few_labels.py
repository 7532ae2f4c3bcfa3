"""Regret of choosing an embedding by few labels."""

import pandas as pd

from pairbounds.figures.few_labels import CHOICES, regrets


def test_regret_is_the_mean_error_of_the_chosen_embedding_above_the_least():
    scores = {name: [1.0, 2.0, 2.0, 1.0] for name in CHOICES if name != "chance"} | {"loo": [2.0, 1.0, 2.0, 1.0]}
    rows = {"seed": 0, "labels": 50, "k": 4, "pairs": [*"abab"], "draw": [0, 0, 1, 1], "ridge": [0.1, 0.4, 0.3, 0.2]}
    result = regrets(pd.DataFrame(rows | scores))  # means: .2 of a, .3 of b
    assert result["loo"].round(9).tolist() == [0.1, 0.1]
    assert result["logme"].round(9).tolist() == [0.0, 0.1]
    assert result["chance"].round(9).tolist() == [0.05, 0.05]

"""Numbers of figures: contrasts of resampled training, and the regret of choosing an embedding by few labels."""

import numpy as np
import pandas as pd
import pytest

from pairbounds.figures import resampled_training as figure
from pairbounds.figures.few_labels import CHOICES, regrets
from pairbounds.figures.summaries import LEVEL, OVERLAP
from pairbounds.real_data.training import splits
from pairbounds.theory.quantities.confidence import student_half
from tests.rooms import ROOT

SEEDS, BASELINES = 8, 3


@pytest.fixture(scope="module")
def table():
    return pd.read_parquet(ROOT / "results" / "resampled_training" / "resampled_training.parquet")


def test_a_change_is_over_the_mean_of_the_baselines_of_its_split(table):
    change = figure.changes_over_simclr(table).iloc[7]
    of_split = (table["seed"] == change["seed"]) & (table["labels"] == change["labels"]) & ~table["tuned"]
    simclr = table[of_split & (table["kind"] == "simclr") & (table["rule"] == "none")]["test"]
    assert len(simclr) == BASELINES
    assert change["change"] == pytest.approx(100 * (change["test"] - simclr.mean()))


def test_tuned_runs_are_compared_with_simclr_that_was_tuned_alike_by_validation(table):
    runs_of_labels = table[(table["labels"] == "category") & (table["kind"] == "simclr") & (table["repeat"] == 0)]
    differences = []
    for _, runs in runs_of_labels.groupby("seed"):
        arms = [runs[(runs["rule"] == rule) & (runs["guide"] == guide)] for rule, guide in (figure.TEXT, figure.SIMCLR)]
        encoder, simclr = (runs.loc[runs["validation"].idxmax(), "test"] for runs in arms)
        differences.append(100 * (encoder - simclr))
    assert len(differences) == SEEDS
    result = figure.tuned_changes(table, figure.TEXT)["category"]
    assert result == pytest.approx((np.mean(differences), student_half(pd.Series(differences), LEVEL, overlap=OVERLAP)))


def test_the_overlap_is_that_of_the_splits():
    assert pytest.approx((1 - splits.TRAIN - splits.VALIDATION) / splits.TRAIN) == OVERLAP


def test_regret_is_the_mean_error_of_the_chosen_embedding_above_the_least():
    scores = {name: [1.0, 2.0, 2.0, 1.0] for name in CHOICES if name != "chance"} | {"loo": [2.0, 1.0, 2.0, 1.0]}
    rows = {"seed": 0, "labels": 50, "k": 4, "pairs": [*"abab"], "draw": [0, 0, 1, 1], "ridge": [0.1, 0.4, 0.3, 0.2]}
    result = regrets(pd.DataFrame(rows | scores))  # means: .2 of a, .3 of b
    assert result["loo"].round(9).tolist() == [0.1, 0.1]
    assert result["logme"].round(9).tolist() == [0.0, 0.1]
    assert result["chance"].round(9).tolist() == [0.05, 0.05]

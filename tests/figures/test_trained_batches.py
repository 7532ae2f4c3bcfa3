"""Numbers of the figures of batch size and of pairs needed, from small tables by hand."""

import math

import pandas as pd
import pytest

from pairbounds.figures.batch_size import contrast_of, following, one_rate, rates, tuned
from pairbounds.figures.pairs_needed import broken, first_below
from pairbounds.theory.quantities.confidence import student_half


def rows(tunes, seed, batch, errors, arm="all"):
    """A row for each rate, .1, .2, ..."""
    about = {"critic": "free", "arm": arm, "steps": 64 // batch, "tunes": tunes, "seed": seed, "batch": batch}
    return [about | {"rate": (place + 1) / 10, "mse": error} for place, error in enumerate(errors)]


@pytest.fixture
def table():
    """At B = 8 seed 0 finds the second rate of three best, at B = 16 the first; seeds 1 and 2 would choose others."""
    return pd.DataFrame(
        [
            *rows(True, 0, 8, (0.5, 0.3, 0.4)),
            *rows(True, 0, 16, (0.2, 0.3, 0.4)),
            *rows(True, 0, 16, (0.9, 0.9, 0.1), "reworded"),
            *rows(False, 1, 8, (0.1, 0.6, 0.1)),
            *rows(False, 1, 16, (0.5, 0.1, 0.1)),
            *rows(False, 1, 16, (0.1, 0.1, 0.7), "reworded"),
            *rows(False, 2, 8, (0.1, 0.3, 0.1)),
            *rows(False, 2, 16, (0.5, 0.1, 0.1)),
            *rows(False, 2, 16, (0.1, 0.1, 0.6), "reworded"),
        ]
    )


def test_rates_are_chosen_by_other_seeds_and_one_at_an_edge_is_told(table):
    found = rates(table).set_index(["arm", "batch"])
    assert found["rate"].to_dict() == {("all", 8): 0.2, ("all", 16): 0.1, ("reworded", 16): pytest.approx(0.3)}
    assert found["edge"].to_dict() == {("all", 8): False, ("all", 16): True, ("reworded", 16): True}
    assert tuned(table)["mse"].tolist() == [0.6, 0.5, 0.7, 0.3, 0.5, 0.6]
    assert one_rate(table, "free")["mse"].tolist() == [0.1, 0.5, 0.1, 0.5]  # that of B = 16, at both sizes


def test_errors_follow_batches_seed_by_seed(table):
    found = following(table, "free")
    assert found.order == pytest.approx((0, student_half(pd.Series([1.0, -1.0]), 0.95)))
    assert found.change == pytest.approx((0.05, student_half(pd.Series([-0.1, 0.2]), 0.95)))


def test_a_contrast_is_a_difference_at_the_same_batch(table):
    mean, half = contrast_of(table, "free", "reworded")
    assert (mean, half) == pytest.approx((0.15, student_half(pd.Series([0.2, 0.1]), 0.95)))


def test_the_least_n_from_which_on_a_target_holds():
    table = pd.DataFrame({"n_pairs": [1, 1, 2, 3, 4], "y": [0.1, 0.3, 0.4, 0.3, 0.2]})
    assert [first_below(table, "y", target) for target in (0.5, 0.3, 0.2, 0.1)] == [1, 3, 4, math.inf]


def test_broken_bounds_are_counted_for_the_encoders_that_they_speak_of():
    columns = ["encoder", "violated", "excess_loss", "counted_28", "excess_28", "mse", "mse_28"]
    found = broken(
        pd.DataFrame(
            [
                ("free", 0.0, 2.0, 1.0, 3.0, 0.1, 0.2),
                ("free", 1.0, 2.0, 3.0, 1.0, 0.1, 0.2),
                ("free", 0.0, 2.0, 3.0, 3.0, 0.3, 0.2),
                ("linear", 0.0, 2.0, math.nan, 1.0, 0.3, 0.2),
            ],
            columns=columns,
        )
    )
    assert [*found.values()] == [1, 1, 2]

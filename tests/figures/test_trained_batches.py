"""Numbers of the figures of batch size and of pairs needed, from small tables by hand."""

import math

import pandas as pd
import pytest

from pairbounds.figures.batch_size import order, tuned
from pairbounds.figures.pairs_needed import broken, first_below
from pairbounds.theory.quantities.confidence import student_half


def rows(tunes, seed, batch, errors):
    """A row for each rate, .1, .2, ..."""
    settings = {"critic": "free", "steps": 64 // batch, "tunes": tunes, "seed": seed, "batch": batch}
    return [settings | {"rate": (index + 1) / 10, "mse": error} for index, error in enumerate(errors)]


def test_rates_are_chosen_by_other_seeds_and_errors_follow_batches_seed_by_seed():
    """At B = 8 seed 0 finds the second rate of three best, at B = 16 the first; seeds 1 and 2 would choose others."""
    tuning = [*rows(True, 0, 8, (0.5, 0.3, 0.4)), *rows(True, 0, 16, (0.2, 0.3, 0.4))]
    first = [*rows(False, 1, 8, (0.1, 0.6, 0.1)), *rows(False, 1, 16, (0.5, 0.1, 0.1))]
    second = [*rows(False, 2, 8, (0.1, 0.3, 0.1)), *rows(False, 2, 16, (0.5, 0.1, 0.1))]
    result = tuned(pd.DataFrame(tuning + first + second))
    assert result["mse"].tolist() == [0.6, 0.5, 0.3, 0.5]
    assert order(result) == pytest.approx((0, student_half(pd.Series([1.0, -1.0]), 0.95)))


def test_first_below_is_the_least_n_from_which_a_target_holds():
    table = pd.DataFrame({"n_pairs": [1, 1, 2, 3, 4], "y": [0.1, 0.3, 0.4, 0.3, 0.2]})
    assert [first_below(table, "y", target) for target in (0.5, 0.3, 0.2, 0.1)] == [1, 3, 4, math.inf]


def test_broken_bounds_are_counted_for_the_encoders_that_they_speak_of():
    columns = ["encoder", "violated", "excess_loss", "counted_28", "excess_28", "mse", "mse_28"]
    numbers = broken(
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
    assert [*numbers.values()] == [1, 1, 2]

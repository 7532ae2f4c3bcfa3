"""Worlds and pairings in which the smaller bound names the better encoder, counted by hand."""

import numpy as np
import pandas as pd
import pytest

from pairbounds.figures import phase, phase_worlds

SETTING = {"labels": "category", "width": 32, "diversity": 5, "diversity_of": "others"}


def test_a_bound_is_compared_with_the_constant_answer():
    """Captions win 3 of 4 points that differ, the bound is right on 2: one point below the constant answer."""
    points = pd.DataFrame(
        {
            "seed": 0,
            "trained_caption": [1, 1, 1, 2, 1],
            "trained_augmentation": [2, 2, 2, 1, 1],
            "alpha_caption": [1, 2, 1, 1, 1],
            "alpha_augmentation": [2, 1, 2, 2, 2],
        }
    )
    result = phase.judged(points, ["alpha"], "trained", "seed")
    assert (result.most, result.rates["alpha"][0], result.over["alpha"][0]) == (0.75, 0.5, -0.25)


def test_pairings_of_emoji_are_compared_within_a_setting_by_held_out_error():
    names = ["captions, by encoder", "augmentation, by encoder, strength 1", "labels, subcategory"]
    columns = ["bound", "multihop_bound", "local_multihop_bound", "induced_labelling_error"]
    rows = [
        SETTING | {"draw": draw, "pairing": name, "held_out_error": error} | dict.fromkeys(columns, value)
        for draw, values in ((0, (1.0, 2.0, 3.0)), (1, (2.0, 1.0, 3.0)))
        for name, error, value in zip(names, (0.1, 0.2, 0.3), values, strict=True)
    ]
    table = pd.DataFrame(rows)
    assert phase_worlds.on_emoji(table).rates["bound"][0] == 0.5  # right in one draw of two
    assert len(phase_worlds.on_emoji(table).right) == 2
    value, half = phase_worlds.order_on_emoji(table, "alpha")
    assert value == pytest.approx((1 + 1 / 3) / 2)
    assert half == pytest.approx(12.706205 * np.std([1, 1 / 3], ddof=1) / np.sqrt(2))

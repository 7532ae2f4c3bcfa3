"""Verdicts in words follow the numbers."""

import math

import pandas as pd
import pytest

from pairbounds.real_data.measures.caption_verdict import verdict

MORE, LESS, OPEN = (0.1, 0.3), (-0.3, -0.1), (-0.1, 0.1)
FAMILIES = {"views": "augmentation", "other views": "augmentation", "images": "no text", "shuffled": "shuffled"}


def differences(*rows: tuple[str, str, float, tuple[float, float]]) -> pd.DataFrame:
    return pd.DataFrame(
        [(first, second, FAMILIES[second], diversity, *ends) for first, second, diversity, ends in rows],
        columns=["first", "second", "family", "diversity", "low", "high"],
    )


def against_all(diversity: float, **ends: tuple[float, float]) -> list[tuple[str, str, float, tuple[float, float]]]:
    """Captions more consistent than everything at one diversity, but where `ends` says otherwise."""
    intervals = {"views": MORE, "other_views": MORE, "images": MORE, "shuffled": MORE, "control": MORE} | ends
    rows = [
        ("captions", name.replace("_", " "), diversity, ends) for name, ends in intervals.items() if name != "control"
    ]
    return [
        *rows,
        ("images", "views", diversity, intervals["control"]),
        ("images", "other views", diversity, intervals["control"]),
    ]


def words(*rows: tuple[str, str, float, tuple[float, float]]) -> str:
    return verdict(differences(*rows), "captions", "images")


@pytest.mark.parametrize("rival", ["views", "other_views", "images", "shuffled"])
@pytest.mark.parametrize("ends", [OPEN, LESS, (0.0, 0.2), (-math.inf, math.inf)])
def test_one_rival_suffices_to_deny_the_advantage(rival, ends):
    assert words(*against_all(5, **{rival: ends})).endswith("An advantage of text is not shown.")


def test_an_advantage_at_some_diversities_is_reported_for_these_only():
    text = words(*against_all(5), *against_all(20, other_views=LESS), *against_all(50, views=OPEN))
    assert "more consistent at diversity (5), less consistent at diversity (20), not shown to be more or less" in text
    assert "(less than other views)" in text
    assert text.endswith("An advantage of text is shown at diversity (5) only.")
    text = words(*against_all(5), *against_all(20, control=LESS))
    assert "Images: against augmentation pairs, more consistent at diversity (5), less consistent at" in text
    assert text.endswith("(less than views; other views). An advantage of text is shown at every diversity (5, 20).")


def test_there_is_no_verdict_on_text_if_captions_name_the_classes():
    text = verdict(differences(*against_all(5)), "captions", "images", ["label"])
    assert text.endswith("captions name the label here, and pairs by captions are pairs by labels.")

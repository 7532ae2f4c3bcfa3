"""Gains of guides over views alone: planted lines, differences and explanations."""

from itertools import product

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from pairbounds.figures import guides
from pairbounds.figures.contrasts import Outcomes
from pairbounds.figures.guides import ALIKE, ALONE, ARMS, AT_SHARE, EXCHANGED, PRIMARY, SLOPE, SLOPE_ALIKE, TEXT

SHARES = dict(zip(ARMS, (0.1, 0.3, 0.5, 0.7, 0.9, 0.3, 0.5, 0.7, 0.6, 0.6, 1.0, 0.5, 0.2, 0.4, 0.3, 0.6), strict=True))
LIKENESS, LOG_PARTNERS = (dict(zip(ARMS, row, strict=True)) for row in np.random.default_rng(0).random((2, 16)))
# Gains in views of 30: 10 for a step of 1 in consistency, 5 among look-alikes; exact words gain 3 more.
LINE = {arm: round(10 * share) - 2 for arm, share in SHARES.items()}
PLANTED = LINE | dict(zip(ALIKE, (2, 3, 4), strict=True)) | {EXCHANGED: LINE[TEXT] - 3}


def study(noise=0):
    """Rows in which arms gain `PLANTED` by the ridge classifier, and lose it by the nearest view."""
    rng, rows = np.random.default_rng(1), []
    for split, seed, (arm, gain) in product(range(4), (0, 1), ({ALONE: 0} | PLANTED).items()):
        itself, name = (1 - 2**-52, ALONE) if arm == ALONE else (0.5 + split / 20, f"views + {arm}")
        base = np.arange(8) % 3 + 14 + split + (2 * seed - 1) * (arm == ALONE)
        counts = {"ridge": base + gain + rng.integers(-noise, noise + 1, 8), "nearest": base - gain}
        rows.append(
            {"pairing": name, "split": split, "seed": seed, "shown": "U" * 8, "classes": "c|c|a|a|b|b|b|a"}
            | {f"{judge}_right": "".join(np.base_repr(count, 36) for count in counts[judge]) for judge in counts}
            | {"ridge": 1 - counts["ridge"].mean() / 30, "partners": np.exp(LOG_PARTNERS.get(arm, 0))}
            | {
                "loss": -1.0,
                "itself": itself,
                "alpha": (1 - itself) * (1 - SHARES.get(arm, 1)),
                "likeness": LIKENESS.get(arm),
            }
        )
    runs = pd.DataFrame(rows).assign(labels="letter")
    return pd.concat([runs, runs[-1:].assign(pairing="labels"), runs.assign(labels="script", ridge=9)])


ROWS = guides.guided(study())


def test_consistency_gains_slopes_the_ladder_and_contrasts_are_those_planted():
    runs = pd.DataFrame({"arm": ["a", "a"], "itself": [0.5, 0.6], "alpha": [0.1, 0.2]})
    assert guides.consistency(runs).to_dict() == pytest.approx({"a": (0.8 + 0.5) / 2})
    assert guides.consistency(ROWS).to_dict() == pytest.approx(SHARES | {ALONE: np.nan}, nan_ok=True)
    gained = guides.outcomes(ROWS)
    assert gained.groups.tolist() == [2, 2, 0, 0, 1, 1, 1, 0]
    for arm, gain in (PLANTED | {SLOPE: 10, SLOPE_ALIKE: 5, AT_SHARE: 10 * SHARES[TEXT] - 2}).items():
        np.testing.assert_allclose(gained.values[arm], np.full((4, 8), gain / 30), atol=1e-12)
    for judge, difference in (("ridge", 0.1), ("nearest", -0.1)):
        assert guides.outcomes(ROWS, judge).contrast(*PRIMARY).interval() == pytest.approx((difference, difference))


def test_gains_that_are_linear_in_a_quantity_are_explained_by_it_and_no_other():
    quantities = {"consistency": SHARES, "likeness": LIKENESS, "partners": LOG_PARTNERS}
    for name, values in quantities.items():
        gained = Outcomes({arm: np.full((2, 3), 0.3 * value - 0.1) for arm, value in values.items()}, np.arange(3))
        without = {other: guides.explained(ROWS, gained, other) for other in quantities}
        assert without.pop(name) < 0.5
        assert [guides.explained(ROWS, gained), *without.values()] == pytest.approx([1, 1, 1])


def test_facts_and_the_caption_have_the_primary_contrast():
    tables = {guides.TABLE: study(noise=1), guides.TUNING: study()}
    facts = guides.facts(tables)
    assert [facts[name] for name in ("units", "items", "letters", "seeds")] == [4, 8, 3, 2]
    assert facts["margin"] == pytest.approx(100 * (8 - -1) / 30 / 4)  # labels, and the lowest step
    assert facts["answer"] == "text adds"
    assert {f"{SLOPE} less nothing", f"{TEXT} less {AT_SHARE}"} & set(facts["shown"]) == {f"{SLOPE} less nothing"}
    estimate, half = facts["primary"]
    assert estimate == pytest.approx(10, abs=half)
    assert f"{estimate:+.1f} [{estimate - half:.1f}, {estimate + half:.1f}] points" in guides.draw(tables)[1]
    plt.close("all")


@pytest.mark.parametrize(
    ("text", "labels", "margin", "expected"),
    [
        (0.05, 0.0, 0.1, "nothing can be concluded"),
        (0.05, 0.1, 0.02, "text adds"),
        (0.05, 0.1, 0.5, "text adds, by less than the margin"),
        (-0.05, 0.1, 0.02, "text takes"),
        (0.0, 0.1, 0.05, "text adds nothing beyond its graph and the letters, within the margin"),
        (0.0, 0.1, 0.001, "undecided"),
    ],
)
def test_each_answer_has_its_case(text, labels, margin, expected):
    noise = np.array([[0.01, -0.01], [-0.01, 0.01], [0.01, -0.01], [-0.01, 0.01]])
    gains = {TEXT: text + noise, EXCHANGED: np.zeros((4, 2)), "labels": labels + noise, guides.ZERO: np.zeros((4, 2))}
    assert guides.answer(Outcomes(gains, np.arange(2)), margin) == expected


def test_runs_with_different_test_views_raise():
    with pytest.raises(ValueError, match="different views"):
        guides.outcomes(ROWS.assign(shown=np.where(ROWS["seed"] == 0, "U" * 8, "T" * 8)))

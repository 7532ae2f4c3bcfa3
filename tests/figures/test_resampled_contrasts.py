"""What is read from a table of resampled training with several baselines, more guides and tuned runs."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from pairbounds.figures import resampled_training as figure
from pairbounds.figures.finding import CATEGORY, SUBCATEGORY
from pairbounds.figures.findings.page import section
from pairbounds.figures.summaries import LEVEL, OVERLAP
from pairbounds.theory.quantities.confidence import shared_halves

SEEDS, BASELINES = 5, 3
GUIDES = ("encoder", "labels", "random", "no_text", "captions")


def rows(rng):
    """Of each seed, its own level; SimCLR's weights, and each rule's own effect by the guide."""
    for seed, labels in product(range(SEEDS), (CATEGORY, SUBCATEGORY)):
        level = 0.4 + 0.02 * rng.standard_normal()
        usual = {"seed": seed, "labels": labels, "published": False, "tuned": False, "chosen": True, "steps": 175.0}
        usual["tried_strength"] = 1.0
        plain = {"rule": "none", "guide": "random", "repeat": 0}
        for kind in ("untrained", "supervised"):
            yield usual | plain | {"kind": kind, "test": level + 0.01 * rng.standard_normal()}
        for repeat in range(BASELINES):
            yield usual | plain | {"kind": "simclr", "repeat": repeat, "test": level + 0.01 * rng.standard_normal()}
        for rule, guide in product(figure.RULES, GUIDES):
            if rule == "drop_false_positive" and guide in ("labels", "captions"):
                continue
            effect = 0.02 * (guide == "encoder") + 0.01 * rng.standard_normal()
            yield usual | {"kind": "simclr", "rule": rule, "guide": guide, "repeat": 0, "test": level + effect}
        for rule, guide, gain in (("none", "random", 0.01), ("add_new_positive", "encoder", 0.05)):
            own = usual | {"kind": "simclr", "rule": rule, "guide": guide, "repeat": 0, "tuned": True}
            yield own | {"chosen": False, "test": 0.0, "tried_strength": 0.1}
            yield own | {"test": level + gain, "tried_strength": 0.25}


@pytest.fixture
def table():
    made = pd.DataFrame(rows(np.random.default_rng(0)))
    tuned = made.groupby(["seed", "labels", "rule", "guide", "repeat", "kind"])["tuned"].transform("any")
    return made.assign(chosen=made["chosen"] & (made["tuned"] | ~tuned))


@pytest.fixture
def graphs():
    named = figure.ON_GRAPHS.values()
    frame = pd.DataFrame(list(product(figure.RULES, named)), columns=["rule", "guide"])
    return frame.assign(multihop_bound_before=1.0, multihop_bound_after=np.linspace(0.5, 2, len(frame)))


def test_a_change_is_over_the_mean_of_the_baselines_of_its_split(table):
    changes = figure.changes_over_simclr(table)
    assert set(changes["baselines"]) == {BASELINES}
    assert not changes["tuned"].any()
    one = changes.iloc[7]
    same = (table["seed"] == one["seed"]) & (table["labels"] == one["labels"]) & ~table["tuned"]
    simclr = table[same & (table["kind"] == "simclr") & (table["rule"] == "none")]["test"]
    assert len(simclr) == BASELINES
    assert one["change"] == pytest.approx(100 * (one["test"] - simclr.mean()))
    assert len(figure.without_resampling(table)) == SEEDS * 2 * 3


def test_intervals_take_apart_what_differences_share(table):
    changes = figure.changes_over_simclr(table)
    own = changes[changes["labels"] == CATEGORY]
    by_seed = own.pivot_table(index="seed", columns=["rule", "guide"], values="change")
    mean, of_two, _ = shared_halves(by_seed, LEVEL, overlap=OVERLAP)
    assert figure.mean_changes(own, "add_new_positive")["encoder"][1] == mean
    for other in ("random", "no_text", "captions"):
        found = figure.over_guide(own, other)
        assert {half for _, half in found.values()} == {of_two}
        expected = (by_seed["add_new_positive", "encoder"] - by_seed["add_new_positive", other]).mean()
        assert found["add_new_positive"][0] == pytest.approx(expected)
    assert "drop_false_positive" not in figure.over_guide(own, "captions")


def test_tuned_runs_are_compared_with_simclr_that_was_tuned_alike(table):
    mean, half = figure.tuned_change(table[table["labels"] == CATEGORY])
    assert mean == pytest.approx(4.0)  # 0.05 and 0.01 over the same level
    assert half == pytest.approx(0.0, abs=1e-9)


@pytest.fixture
def more(table):
    """The same, and further seeds of what is tuned alone."""
    kept = table["tuned"] | (
        table["rule"].isin(["none", "add_new_positive"]) & (table["guide"].isin(["random", "encoder"]))
    )
    further = table[kept & (table["kind"] == "simclr") & (table["repeat"] == 0)]
    added = (further.assign(seed=further["seed"] + SEEDS * times) for times in (1, 2))
    return pd.concat([table, *added], ignore_index=True)


def without_text(more):
    """Another arm, as the tuned guide's is, a point below it on each seed."""
    encoder = more[(more["rule"] == "add_new_positive") & (more["guide"] == "encoder")]
    return encoder.assign(guide="no_text", test=encoder["test"] - 0.01)


def test_figure_and_finding_have_the_new_contrasts(more, graphs):
    tuned = pd.concat([more[more["guide"] != "no_text"], without_text(more)], ignore_index=True)
    frozen = pd.DataFrame([{"kind": "frozen", "labels": labels, "seed": seed, "test": 0.9}
                           for labels in more["labels"].unique() for seed in range(3)])  # fmt: skip
    tables = {"resampled_training": more, "resampled_tuned": tuned, "training_controls": frozen,
              "resampled_views": graphs}  # fmt: skip
    facts = figure.FINDING.facts(tables)
    text = " ".join(section(figure.FINDING, facts, figure.FINDING.of(tables)).split())
    assert facts["over"].keys() == {"random", "no_text", "captions"}
    assert (facts["seeds"], facts["all_seeds"]) == (SEEDS, 3 * SEEDS)
    assert "is ahead by +4.0 ± 0.0 points by category" in text
    assert facts["looks"] == 2 * (5 * 5 - 2 + 5 + 5 + 4)
    assert facts["shown_of_random"] <= facts["shown"]
    assert facts["shown_corrected"] < facts["shown"]
    assert figure.FINDING.of(tables) == (1, 3 * SEEDS, facts["looks"] + 16)
    assert facts["no_text"][CATEGORY][0] == pytest.approx(3.0)
    assert facts["text"][CATEGORY][0] == pytest.approx(1.0)
    picture, caption = figure.draw(tables)
    assert "with a probability of 80%" in caption
    rows = [label.get_text() for label in picture.axes[0].get_yticklabels()]
    assert len(set(rows)) == len(rows) == 7


def test_further_seeds_of_what_is_tuned_change_nothing_else(table, more):
    pd.testing.assert_frame_equal(figure.changes_over_simclr(more), figure.changes_over_simclr(table))
    pd.testing.assert_frame_equal(figure.without_resampling(more), figure.without_resampling(table))
    one, three = (figure.tuned_change(each[each["labels"] == CATEGORY]) for each in (table, more))
    assert one[0] == pytest.approx(three[0])

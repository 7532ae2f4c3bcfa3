"""Studies of human captions, on a small data set with known facts."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from pairbounds import induced_labelling_error, probe, spectrum
from pairbounds.real_data.caption_graphs import caption_graph
from pairbounds.real_data.image_settings import NaturalSets
from pairbounds.real_data.studies import natural_captions, natural_pairings
from pairbounds.real_data.studies.pairings import pairings_tables
from pairbounds.theory.bounds.measured import Encoder
from tests.real_data.colours import COLOURS, SUBJECTS

GRAPHS = natural_captions.Settings(widths=(4, 8), shuffles=2, splits=3, labelled_shares=(0.1, 0.5), held_out_width=8)


@pytest.fixture(scope="module")
def tables(source):
    parts = list(natural_captions.graph_tables(source.dataset, GRAPHS, 0))
    return {name: pd.concat([part[name] for part in parts], ignore_index=True) for name in parts[0]}


def only(settings, source):
    """Settings of a study whose one data set is this."""

    @dataclass(frozen=True)
    class Own(type(settings)):
        def each(self):
            return {"coloured": SimpleNamespace(source=lambda: source, images=lambda: source.dataset)}

    return Own(**{name: getattr(settings, name) for name in settings.__dataclass_fields__})


def test_a_graph_has_its_exact_facts_and_its_control_the_same_number_of_pairs(source, tables):
    """Each colour is a part of its own: its images share the colour's name, and the two of a thing the thing's."""
    by_captions = tables["natural_graphs"].query("texts == 'captions' and exclusion == 'subject'")
    exact, *controls = by_captions.to_dict("records")
    n = len(source.dataset)
    assert (exact["images"], exact["n_texts"], exact["pairs"]) == (n, len(COLOURS) * (1 + SUBJECTS), 2 * n)
    assert (exact["classes"], exact["components"]) == (4, 4)
    assert exact["induced_labelling_error"] == pytest.approx(0, abs=1e-12)
    assert exact["consistency"] == exact["corrected"] == pytest.approx(1)
    assert exact["positives_others"] == pytest.approx(2 * SUBJECTS - 2)
    assert len(controls) == GRAPHS.shuffles
    for control in controls:
        assert abs(control["corrected"]) < 0.2
        assert control["positives_others"] == exact["positives_others"]
        assert control["induced_labelling_error"] > 0.3


def test_all_bounds_of_the_study_hold(source, tables):
    bounds = tables["natural_bounds"]
    assert bounds["holds"].all()
    assert set(bounds["bound"]) == set(natural_captions.BOUNDS)
    graph = caption_graph(source.dataset, words=True)
    row = bounds.query("texts == 'words' and k == 8 and shuffle == 0 and bound == 'trained-error'").iloc[0]
    triplets = spectrum(graph, 9, method="dense")
    assert row["next_singular_value"] == pytest.approx(triplets.singular_values[8])
    assert row["measured"] == pytest.approx(probe(graph, Encoder.optimum(graph, triplets, 8).left).error)
    assert induced_labelling_error(graph) == pytest.approx(
        tables["natural_graphs"].query("texts == 'words'")["induced_labelling_error"].iloc[0]
    )


def test_a_probe_is_held_out_by_subject_and_misses_unseen_classes(tables):
    held_out = tables["natural_held_out"]
    few_labels = held_out[held_out["labelled"] == 0.1]
    assert (few_labels["n_labelled"] == 2 * round(0.1 * 4 * SUBJECTS)).all()
    assert (held_out["held_out_error"] >= held_out["unseen_class"] - 1e-12).all()
    assert (few_labels["unseen_texts"] >= held_out.loc[held_out["labelled"] == 0.5, "unseen_texts"].mean()).all()


def test_the_tail_counts_every_caption_once(source, tables):
    tags = tables["natural_tags"].query("texts == 'captions'").set_index("images")
    assert tags["n_texts"].to_dict() == {2: 4 * SUBJECTS, 2 * SUBJECTS: 4}
    assert tags["share_of_pairs"].sum() == pytest.approx(1)


def test_pairings_are_measured_for_each_set_by_name(source):
    small = {"total_images": 48, "draws": 2, "views": 2}
    protocol = {"strengths": (1.0,), "diversities": (2,), "learned_at": (5,), "widths": (4,)}
    compared = natural_pairings.measure(only(natural_pairings.Settings(**small, **protocol), source), 0)
    assert set(compared) == set(natural_pairings.TABLES)
    table = pairings_tables(source, natural_pairings.Settings(**small, **protocol), 0)["pairings_learned"]
    np.testing.assert_array_equal(compared["natural_learned"]["trained_bound"], table["trained_bound"])
    for bound in ("local_multihop_bound", "trained_bound"):
        assert (table["probe_error"] <= table[bound] + 1e-9).all()
    assert set(compared["natural_verdict"]["dataset"]) == {"coloured"}


def test_unknown_data_sets_raise():
    for wrong, message in (((), "datasets is empty"), (("emojis",), "data set 'emojis' is none of 7: is it 'emoji'")):
        with pytest.raises(ValueError, match=message):
            NaturalSets(datasets=wrong)

"""Studies of a small data set: resampling of its augmentation graphs, and encoders from drawn image pairs."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from pairbounds import check_bounds, induced_labelling_error
from pairbounds.real_data.measures.off_diagonal import off_diagonal
from pairbounds.real_data.pairings.image_draws import draw_images, gather
from pairbounds.real_data.pairings.pairing import EXACT, TEXTS, augmentations
from pairbounds.real_data.studies import from_pairs
from pairbounds.real_data.studies.resampled_views import ORACLE, RANDOM, ResampledViewsSettings, resampling_on_graphs
from pairbounds.theory.resampling.effects import RULES

SETTINGS, SEED = ResampledViewsSettings(total_images=48, draws=2, keep=10, diversity=8, k=5), 3
BEFORE = [f"{name}_before" for name in ("induced_labelling_error", "next_singular_value", "bound", "probe_error")]


@pytest.fixture(scope="module")
def table(source):
    return resampling_on_graphs(source, SETTINGS, SEED)


def test_the_table_has_every_rule_by_every_guide_on_every_graph(table):
    rows = ["draw", "estimator", "guide", "rule"]
    assert not table.duplicated(rows).any()
    assert len(table) == SETTINGS.draws * len(RULES) * 4
    assert set(table["guide"]) == {EXACT, TEXTS, ORACLE, RANDOM}
    assert set(table["estimator"]) == {"augmentation, by pixels"}  # the encoder is a guide, and chooses no pairs
    assert (table.groupby(["draw", "estimator"])[BEFORE].nunique() == 1).all(axis=None)
    for stage in ("before", "after"):
        assert (table[f"probe_error_{stage}"] <= table[f"multihop_bound_{stage}"] + 1e-9).all()
        assert (table[f"probe_error_{stage}"] <= table[f"bound_{stage}"] + 1e-9).all()


def test_the_graph_has_the_requested_diversity_and_the_numbers_of_theory(source, table):
    images = draw_images(source, SETTINGS.total_images, SETTINGS.draws, np.random.default_rng(SEED))[0]
    seed = int(np.random.SeedSequence([SEED, 0]).generate_state(1)[0])
    inputs = gather(source, images, views=2, strengths=(1.0,), anchors=1, seed=seed)
    (pairing,) = (pairing for pairing in augmentations(inputs, SETTINGS.keep) if pairing.name.endswith("pixels"))
    first = table[table["draw"] == 0]
    labels = next(iter(inputs.labels.values()))
    graph = pairing.graph(first["temperature"].iloc[0], labels)
    measured = off_diagonal(graph, {}, {"": np.arange(len(images))})[""]
    assert measured.effective_positives(with_own=True) == pytest.approx(SETTINGS.diversity, rel=0.05)
    assert first["induced_labelling_error_before"].iloc[0] == induced_labelling_error(graph)
    assert check_bounds(graph, SETTINGS.k)["holds"].all()


def test_a_right_guide_lowers_the_labelling_error_and_a_random_one_does_not(table):
    new = table[table["rule"] == "add_new_positive"].groupby("guide")
    means = new[["induced_labelling_error_before", "induced_labelling_error_after"]].mean()
    change = means["induced_labelling_error_after"] - means["induced_labelling_error_before"]
    assert change[ORACLE] < change[RANDOM]
    assert change[EXACT] < change[RANDOM]


def test_an_unreachable_diversity_raises_with_the_possible_range(source):
    with pytest.raises(
        ValueError, match=r"diversity=500 is out of reach: augmentation, by pixels, strength 1 has [\d.]+ to [\d.]+"
    ):
        resampling_on_graphs(source, replace(SETTINGS, diversity=500, draws=1), SEED)


BOUNDS = ["mse_43", "mse_43_by_norms", "mse_43_by_hops", "mse_43_certified"]


def test_bounds_hold_in_any_order_of_the_images(source, tmp_path, monkeypatch):
    tables = []
    for order in (np.arange(len(source.dataset)), np.random.default_rng(1).permutation(len(source.dataset))):
        images = SimpleNamespace(images=lambda order=order: source.dataset.take(order))
        monkeypatch.setattr(from_pairs.FromPairsSettings, "source", lambda _, images=images: images)
        settings = from_pairs.FromPairsSettings(
            size=32, images=40, k=4, components=(6,), pairs=(500, 20_000), cache=str(tmp_path)
        )
        tables.append(from_pairs.measure(settings, 0))
    pd.testing.assert_frame_equal(*tables, rtol=1e-4)
    for _, row in tables[0].iterrows():
        assert all(row[bound] >= row["mse"] - 1e-9 for bound in BOUNDS)
        assert row["optimum_mse"] <= row["mse_42"] + 1e-9

"""The parts of experiments that train on many pairings: splits, views, partners, pairings and judges."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from pairbounds import PairGraph, induced_labelling_error, spectrum
from pairbounds.real_data.datasets.glyphs import glyphs
from pairbounds.real_data.experiments import judges, pairings
from pairbounds.real_data.experiments.forecasts import forecasts
from pairbounds.real_data.experiments.groups import SIZE, grouped
from pairbounds.real_data.experiments.judges import Judged, cross_error, errors, pixels
from pairbounds.real_data.experiments.pairings import PAIRINGS, Material, pairing
from pairbounds.real_data.experiments.parts import TUNING, Parts, parted, parts_of
from pairbounds.real_data.experiments.training import RECIPE, qualities
from pairbounds.real_data.experiments.views import PIXELS, Partners, views
from pairbounds.real_data.studies import prediction
from tests.families import GRAPHS, family_graph


@pytest.fixture(scope="module")
def dataset():
    return glyphs(size=24)


@pytest.fixture(scope="module")
def material(dataset, tmp_path_factory):
    """Every 40th character of the training part, in all its faces."""
    train = parted(dataset, 0)["train"]
    shown = dataset.take(train.reshape(-1, 10)[::8].ravel())
    pictures = np.stack([np.moveaxis(np.asarray(shown.image(index)), -1, 0) for index in range(len(shown))])
    everyone = np.arange(len(shown))
    return Material(
        Parts(shown, torch.from_numpy(pictures), everyone, everyone, everyone), 0, str(tmp_path_factory.mktemp("cache"))
    )


def test_no_subject_is_in_two_parts_and_what_judges_never_tunes(dataset):
    subjects = np.array(dataset.subjects)
    splits = {number: parted(dataset, number) for number in (TUNING, 0, 1)}
    for parts in splits.values():
        owners = [set(subjects[images]) for images in parts.values()]
        assert all(owners)
        assert sum(map(len, owners)) == len(set.union(*owners))
        for images in parts.values():
            assert set(dataset.labels[images]) == set(dataset.labels)
    judged = set(subjects[splits[0]["judged"]])
    assert judged == set(subjects[splits[1]["judged"]])
    assert set(subjects[splits[0]["train"]]) != set(subjects[splits[1]["train"]])
    assert not judged & set(subjects[np.concatenate([*splits[TUNING].values()])])
    faces = {name: {dataset.ids[image].partition("/")[0] for image in images} for name, images in splits[0].items()}
    assert not faces["judged"] & (faces["train"] | faces["fit"])


def test_images_without_a_class_and_classes_of_few_subjects_are_refused(dataset):
    with pytest.raises(ValueError, match="12 images have no class"):
        parted(replace(dataset, labels=np.where(np.arange(len(dataset)) < 12, -1, dataset.labels)), 0)
    with pytest.raises(ValueError, match="class 'latin a' has 1 subjects: at least 4"):
        parted(dataset.take(np.arange(12)), 0)


def test_a_data_set_that_is_none_is_named(tmp_path):
    with pytest.raises(ValueError, match="is it 'glyphs'"):
        parts_of("glyph", 0, "", str(tmp_path))


def test_a_view_of_no_strength_is_the_picture_and_others_follow_from_the_generator(material):
    pictures = material.parts.pictures[:64]
    still = views(pictures, np.random.default_rng(0), strength=0.0)
    assert still.shape == (64, 3, PIXELS, PIXELS)
    likenesses = [np.corrcoef(*both)[0, 1] for both in zip(pictures.flatten(1), still.flatten(1), strict=True)]
    assert np.mean(likenesses) > 0.8  # noise is a part of every view
    drawn = [views(pictures, np.random.default_rng(seed)) for seed in (1, 1, 2)]
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])


@pytest.mark.parametrize("family", GRAPHS)
def test_partners_are_drawn_as_the_induced_graph_has_them(family):
    graph = family_graph(family)
    expected = graph.induced().joint.toarray() / graph.left_marginal[:, None]
    count = 4_000
    images = np.repeat(np.arange(graph.n_left), count)
    drawn = Partners(graph).draw(images, np.random.default_rng(0))
    shares = np.bincount(images * graph.n_left + drawn, minlength=expected.size).reshape(expected.shape) / count
    assert np.all(np.abs(shares - expected) < 6 * np.sqrt(expected * (1 - expected) / count) + 1e-12)


@pytest.mark.parametrize("name", PAIRINGS)
def test_a_pairing_gives_all_images_the_same_mass(name, material, monkeypatch):
    monkeypatch.setattr(pairings, "RECIPE", replace(RECIPE, iterations=2, warmup=0))  # of networks that are guides
    graph = pairing(name, material)
    np.testing.assert_allclose(graph.left_marginal, 1 / graph.n_left)
    values = forecasts(graph, 0, 64, {}, material.alike)
    assert 0 <= values["alpha"] <= 1
    assert values["theorem_4"] >= values["optimum"] - 1e-9
    assert values["theorem_15"] >= values["optimum"] - 1e-9


def test_a_mixture_has_half_of_the_pairs_of_each(material):
    both, *each = (pairing(name, material).induced().joint for name in ("subject + words", "subject", "words"))
    np.testing.assert_allclose(both.toarray(), (each[0].toarray() + each[1].toarray()) / 2, atol=1e-12)


def test_an_exchange_within_classes_keeps_all_that_a_bound_sees_and_moves_the_words(material):
    plain, exchanged = (pairing(name, material) for name in ("words, rare", "words, rare within classes"))
    assert induced_labelling_error(exchanged) == pytest.approx(induced_labelling_error(plain))
    values = [spectrum(graph, 5).singular_values for graph in (plain, exchanged)]
    np.testing.assert_allclose(*values, atol=1e-9)
    assert abs(plain.joint - exchanged.joint).sum() > 0.1
    per_class = [np.bincount(graph.left_labels, graph.joint @ np.ones(graph.n_right)) for graph in (plain, exchanged)]
    np.testing.assert_allclose(*per_class)


@pytest.mark.parametrize("share", [0.0, 0.31, 0.57, 1.0])
@pytest.mark.parametrize("alike", [False, True])
def test_groups_have_the_share_that_is_asked_for_and_one_spectrum(share, alike):
    rng = np.random.default_rng(0)
    classes, subjects = np.repeat(np.arange(10), 120), np.repeat(np.arange(240), 5)
    similar = rng.random((1_200, 1_200)) if alike else None
    groups = grouped(classes, subjects, share, rng, similar)
    sizes = np.asarray(groups.sum(axis=0)).ravel()
    assert set(sizes) == {SIZE}
    members = groups.tocsc().indices.reshape(-1, SIZE)
    assert all(len(set(subjects[group])) == SIZE for group in members)
    same = classes[members][:, :, None] == classes[members][:, None, :]
    result = (same.sum() - len(classes)) / (len(members) * SIZE * (SIZE - 1))
    assert result == pytest.approx(share, abs=0.08)


def test_a_judge_finds_classes_that_pixels_tell_and_no_others():
    rng = np.random.default_rng(0)
    labels, other = rng.integers(3, size=300), rng.integers(3, size=300)
    pictures = rng.integers(0, 40, (300, 3, 8, 8))
    pictures[np.arange(300), labels] += 120
    fit, judged = torch.from_numpy(pictures).split(150)
    shown = Judged(fit[:1], fit, judged, np.arange(150), np.arange(150, 300), 0.0)
    told_errors, guessed = errors(pixels, shown, {"told": labels, "guessed": other}, np.arange(300) // 3)
    assert told_errors["ridge"] == told_errors["nearest"] == 0
    assert told_errors["ridge_right"] == "3" * 50
    assert min(guessed["ridge"], guessed["nearest"]) > 0.4


def test_effective_rank_is_the_number_of_equal_directions():
    rng, rank = np.random.default_rng(0), 3
    directions = np.linalg.qr(np.column_stack([np.ones(24), rng.standard_normal((24, rank))]))[0][:, 1:]
    turned = directions @ np.linalg.qr(rng.standard_normal((8, 8)))[0][:rank] + rng.standard_normal(8)
    assert qualities(turned, PairGraph(np.eye(24)))["effective_rank"] == pytest.approx(rank)


def test_cross_error_fits_no_subject_that_it_judges():
    rng = np.random.default_rng(0)
    subjects = rng.permutation(np.repeat(np.arange(60), 5))
    features = rng.standard_normal((60, 120))[subjects] + 0.01 * rng.standard_normal((300, 120))
    labels = rng.integers(2, size=60)[subjects]
    assert cross_error(features, labels, subjects) > 0.35
    assert cross_error(features, labels, np.arange(300)) < 0.02


def test_the_study_is_the_same_twice_and_labels_that_fit_or_judge_change_no_forecast(material, monkeypatch):
    dataset, quarter = material.parts.dataset, material.subjects % 4
    indices = [np.flatnonzero(np.isin(quarter, part)) for part in ([0, 1], 2, 3)]
    permuted = np.where(quarter > 1, np.random.default_rng(0).permutation(dataset.labels), dataset.labels)
    monkeypatch.setattr(prediction, "judged_views", judges.judged_views.__wrapped__)
    settings, rows = prediction.Settings(pairing="words, rare", split=0, steps=2, batch=64), []
    for labels in (dataset.labels, dataset.labels, permuted):
        shown = replace(dataset, labels=labels, label_sets={"letter": labels})
        for module in (prediction, judges):
            monkeypatch.setattr(module, "parts_of", lambda *_, s=shown: Parts(s, material.parts.pictures, *indices))
        rows.append(prediction.measure(settings, seed=1).iloc[0].to_dict())
    assert rows[0] == rows[1]
    changed = {column for column, value in rows[0].items() if value != rows[2][column]}
    assert {"ridge", "classes"} <= changed <= {"ridge", "nearest", "ridge_right", "nearest_right", "classes"}
    assert {"alpha_0", "theorem_4", "information", "loss", "half"} <= set(rows[0])

"""Parts of experiments that train on many pairings: splits, views, partners, pairings and judges."""

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
    images = dataset.take(train.reshape(-1, 10)[::8].ravel())
    pictures = np.stack([np.moveaxis(np.asarray(images.image(index)), -1, 0) for index in range(len(images))])
    everyone = np.arange(len(images))
    return Material(
        Parts(images, torch.from_numpy(pictures), everyone, everyone, everyone),
        0,
        str(tmp_path_factory.mktemp("cache")),
    )


def test_no_subject_is_in_two_parts_and_test_images_never_tune(dataset):
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


def test_images_without_a_class_and_classes_of_few_subjects_raise(dataset):
    with pytest.raises(ValueError, match="12 images have no class"):
        parted(replace(dataset, labels=np.where(np.arange(len(dataset)) < 12, -1, dataset.labels)), 0)
    with pytest.raises(ValueError, match="class 'latin a' has 1 subjects: at least 4"):
        parted(dataset.take(np.arange(12)), 0)


def test_a_data_set_that_is_none_is_named(tmp_path):
    with pytest.raises(ValueError, match="is it 'glyphs'"):
        parts_of("glyph", 0, "", str(tmp_path))


def test_a_view_of_strength_0_is_the_picture_and_views_follow_from_the_seed(material):
    pictures = material.parts.pictures[:64]
    still = views(pictures, np.random.default_rng(0), strength=0.0)
    assert still.shape == (64, 3, PIXELS, PIXELS)
    likenesses = [np.corrcoef(*both)[0, 1] for both in zip(pictures.flatten(1), still.flatten(1), strict=True)]
    assert np.mean(likenesses) > 0.8  # noise is a part of every view
    view_sets = [views(pictures, np.random.default_rng(seed)) for seed in (1, 1, 2)]
    assert torch.equal(view_sets[0], view_sets[1])
    assert not torch.equal(view_sets[0], view_sets[2])


@pytest.mark.parametrize("family", GRAPHS)
def test_partners_are_drawn_from_the_induced_graph(family):
    graph = family_graph(family)
    expected = graph.induced().joint.toarray() / graph.left_marginal[:, None]
    count = 4_000
    images = np.repeat(np.arange(graph.n_left), count)
    partners = Partners(graph).draw(images, np.random.default_rng(0))
    shares = np.bincount(images * graph.n_left + partners, minlength=expected.size).reshape(expected.shape) / count
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
    both, *parts = (pairing(name, material).induced().joint for name in ("subject + words", "subject", "words"))
    np.testing.assert_allclose(both.toarray(), (parts[0].toarray() + parts[1].toarray()) / 2, atol=1e-12)


def test_an_exchange_within_classes_moves_words_and_keeps_all_inputs_of_bounds(material):
    plain, exchanged = (pairing(name, material) for name in ("words, rare", "words, rare within classes"))
    assert induced_labelling_error(exchanged) == pytest.approx(induced_labelling_error(plain))
    values = [spectrum(graph, 5).singular_values for graph in (plain, exchanged)]
    np.testing.assert_allclose(*values, atol=1e-9)
    assert abs(plain.joint - exchanged.joint).sum() > 0.1
    per_class = [np.bincount(graph.left_labels, graph.joint @ np.ones(graph.n_right)) for graph in (plain, exchanged)]
    np.testing.assert_allclose(*per_class)


@pytest.mark.parametrize("share", [0.0, 0.31, 0.57, 1.0])
@pytest.mark.parametrize("alike", [False, True])
def test_groups_have_the_requested_share_and_one_spectrum(share, alike):
    rng = np.random.default_rng(0)
    classes, subjects = np.repeat(np.arange(10), 120), np.repeat(np.arange(240), 5)
    similar = rng.random((1_200, 1_200)) if alike else None
    groups = grouped(classes, subjects, share, rng, similar)
    sizes = np.asarray(groups.sum(axis=0)).ravel()
    assert set(sizes) == {SIZE}
    members = groups.tocsc().indices.reshape(-1, SIZE)
    assert all(len(set(subjects[group])) == SIZE for group in members)
    same_class = classes[members][:, :, None] == classes[members][:, None, :]
    result = (same_class.sum() - len(classes)) / (len(members) * SIZE * (SIZE - 1))
    assert result == pytest.approx(share, abs=0.08)


def test_a_judge_finds_classes_visible_in_pixels_and_no_others():
    rng = np.random.default_rng(0)
    labels, other = rng.integers(3, size=300), rng.integers(3, size=300)
    pictures = rng.integers(0, 40, (300, 3, 8, 8))
    pictures[np.arange(300), labels] += 120
    fit, judged = torch.from_numpy(pictures).split(150)
    pictures_judged = Judged(fit[:1], fit, judged, np.arange(150), np.arange(150, 300), 0.0)
    told_errors, guessed = errors(pixels, pictures_judged, {"told": labels, "guessed": other}, np.arange(300) // 3)
    assert told_errors["ridge"] == told_errors["nearest"] == 0
    assert told_errors["ridge_right"] == "3" * 50
    assert min(guessed["ridge"], guessed["nearest"]) > 0.4


def test_effective_rank_is_the_number_of_equal_directions():
    rng, rank = np.random.default_rng(0), 3
    directions = np.linalg.qr(np.column_stack([np.ones(24), rng.standard_normal((24, rank))]))[0][:, 1:]
    turned = directions @ np.linalg.qr(rng.standard_normal((8, 8)))[0][:rank] + rng.standard_normal(8)
    assert qualities(turned, PairGraph(np.eye(24)))["effective_rank"] == pytest.approx(rank)


def test_cross_error_fits_on_other_subjects():
    rng = np.random.default_rng(0)
    subjects = rng.permutation(np.repeat(np.arange(60), 5))
    features = rng.standard_normal((60, 120))[subjects] + 0.01 * rng.standard_normal((300, 120))
    labels = rng.integers(2, size=60)[subjects]
    assert cross_error(features, labels, subjects) > 0.35
    assert cross_error(features, labels, np.arange(300)) < 0.02


def test_the_study_is_deterministic_and_its_forecasts_ignore_labels_of_fit_and_test(material, monkeypatch):
    dataset, quarter = material.parts.dataset, material.subjects % 4
    indices = [np.flatnonzero(np.isin(quarter, part)) for part in ([0, 1], 2, 3)]
    permuted = np.where(quarter > 1, np.random.default_rng(0).permutation(dataset.labels), dataset.labels)
    monkeypatch.setattr(prediction, "judged_views", judges.judged_views.__wrapped__)
    settings, rows = prediction.Settings(pairing="words, rare", split=0, steps=2, batch=64), []
    for labels in (dataset.labels, dataset.labels, permuted):
        relabelled = replace(dataset, labels=labels, label_sets={"letter": labels})
        for module in (prediction, judges):
            monkeypatch.setattr(
                module, "parts_of", lambda *_, s=relabelled: Parts(s, material.parts.pictures, *indices)
            )
        rows.append(prediction.measure(settings, seed=1).iloc[0].to_dict())
    assert rows[0] == rows[1]
    changed = {column for column, value in rows[0].items() if value != rows[2][column]}
    assert {"ridge", "classes"} <= changed <= {"ridge", "nearest", "ridge_right", "nearest_right", "classes"}
    assert {"alpha_0", "theorem_4", "information", "loss", "half"} <= set(rows[0])

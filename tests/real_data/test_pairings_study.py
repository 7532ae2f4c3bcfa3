"""Views, draws and inputs of a small data set, and every pairing compared on it."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from pairbounds.__main__ import app
from pairbounds.real_data.measures.drawn import measure_draw
from pairbounds.real_data.measures.protocol import Protocol
from pairbounds.real_data.pairings.augmentations import views_of
from pairbounds.real_data.pairings.image_draws import draw_images, gather, pixel_rows, seed_of_draw
from pairbounds.real_data.pairings.pairing import ENCODER, EXACT, TEXTS, UNIFORM, UNNAMED, pairings
from pairbounds.real_data.studies.pairings import pairings_tables
from tests.real_data import tiny
from tests.real_data.colours import COLOURS, RowEncoder

PROTOCOL, SEED = (
    Protocol(total_images=48, draws=2, views=2, strengths=(1.0,), diversities=(2, 5)),
    3,
)


@pytest.fixture(scope="module")
def tables(source):
    return pairings_tables(source, PROTOCOL, SEED)


def test_views_depend_on_the_seed_and_not_on_other_draws(source):
    views = views_of(source.dataset.take([0, 5]), 3, 1.0, seed=1)
    first = [np.asarray(views.image(i)) for i in range(6)]
    state = torch.random.get_rng_state()
    again = [np.asarray(views.take([i]).image(0)) for i in reversed(range(6))][::-1]
    assert torch.equal(state, torch.random.get_rng_state())
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert views.ids == tuple(f"{source.dataset.ids[i]}/view {v}" for i in (0, 5) for v in range(3))
    assert not np.array_equal(first[0], first[1])


def test_views_differ_by_seed_and_strength_and_a_weak_one_is_nearer_to_its_image(source):
    single = source.dataset.take([0])
    sets = [views_of(single, 1, strength, seed) for strength, seed in ((1.0, 0), (1.0, 1), (0.5, 0))]
    assert len({views.key for views in sets} | {single.key}) == 4
    picture = source.dataset.take(range(0, 112, 8))
    original = pixel_rows(picture, None)
    off = [np.abs(pixel_rows(views_of(picture, 1, s, 0), None) - original).mean() for s in (0.05, 1.0)]
    assert off[0] < off[1]


def test_draws_are_disjoint_keep_subjects_whole_and_balance_classes(source):
    draws = draw_images(source, 48, 3, np.random.default_rng(0))
    subjects = [set(source.subjects[draw]) for draw in draws]
    assert not (subjects[0] & subjects[1] or subjects[0] & subjects[2] or subjects[1] & subjects[2])
    for draw in draws:
        assert len(draw) == 2 * len(set(source.subjects[draw]))
        assert np.bincount(source.dataset.labels[draw]).tolist() == [4, 4, 4, 4]


def test_impossible_draws_and_protocols_raise(source):
    with pytest.raises(ValueError, match="are too few for 2 draws"):
        draw_images(source, 10, 2, np.random.default_rng(0))
    for wrong in ({"total_images": 0}, {"views": 1}, {"strengths": ()}, {"diversities": (1.0,)}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            Protocol(**wrong)


def test_texts_and_anchors_come_from_other_subjects(source):
    images = draw_images(source, 48, 2, np.random.default_rng(0))[0]
    inputs = gather(source, images, views=2, strengths=(1.0,), anchors=1000, seed=0)
    n_other_subjects = 4 * 14 - len(set(source.subjects[images]))
    assert len(inputs.texts) == len(inputs.anchor_images[ENCODER]) == n_other_subjects
    everything = RowEncoder().encode_images(source.dataset, None)
    names = {tuple(np.round(row, 6)): subject for row, subject in zip(everything, source.subjects, strict=True)}
    anchors = {names[tuple(np.round(row, 6))] for row in inputs.anchor_images[ENCODER]}
    assert len(anchors) == n_other_subjects
    assert not anchors & set(source.subjects[images])
    texts = {tuple(np.round(row, 6)) for row in RowEncoder().encode_texts([f"{c} thing" for c in COLOURS], None)}
    assert {tuple(np.round(row, 6)) for row in inputs.texts} <= texts  # an image encoder reads the colour only
    few_inputs = gather(source, images, views=2, strengths=(1.0,), anchors=5, seed=0)
    assert len(few_inputs.texts) == len(few_inputs.anchor_images[ENCODER]) == 5


def test_a_text_of_a_compared_image_is_held_out(source):
    """The things have names of their own; what all of a colour share is no text once an image of it is compared."""
    texts_read = []
    spy = replace(source, encoder_without=lambda _: Reader(texts_read))
    images = draw_images(source, 48, 2, np.random.default_rng(0))[0]
    inputs = gather(spy, images, views=2, strengths=(1.0,), anchors=1000, seed=0)
    texts_of_images = {text for i in images for text in source.dataset.captions[i]}
    assert not {texts_read[int(index)] for index in inputs.texts[:, 0] / inputs.texts[:, 1] - 1} & texts_of_images


class Reader(RowEncoder):
    """Encoder whose rows tell their text."""

    def __init__(self, texts_read):
        self.read = texts_read

    def text_rows(self, texts):
        self.read[:] = texts
        for index in range(len(texts)):
            yield np.array([[index + 1, 1, 0, 0]], dtype=np.float32)


def test_one_arm_leaves_out_captions_that_name_a_class(source):
    assert gather(source, np.arange(16), views=2, strengths=(1.0,), anchors=9, seed=0).unnamed is None  # all name it
    number = [caption.split()[-1] for _, caption in source.dataset.captions]
    captions = tuple((texts[0], f"thing {index}") for texts, index in zip(source.dataset.captions, number, strict=True))
    captions = (captions[0][:1], *captions[1:])  # all of the first image's name its colour
    spied = replace(source, dataset=replace(source.dataset, captions=captions), encoder_without=lambda _: Reader([]))
    indices = np.arange(16)
    inputs = gather(spied, indices, views=2, strengths=(1.0,), anchors=9, seed=0)
    by_key = {pairing.key: pairing for pairing in pairings(inputs, np.random.default_rng(0))}
    text_of_image = np.array([f"thing {number[i]}" if i else "its own" for i in indices])
    graph = by_key[UNNAMED].graph(1e-3)
    induced = graph.induced().joint.toarray()
    np.testing.assert_array_equal(induced > 0, text_of_image[:, None] == text_of_image[None, :])


def test_every_table_is_consistent_with_the_others(tables):
    """Differences are those of the matched values, and the verdict's words those of the differences."""
    key = ["evaluator", "exclusion", "diversity_of", "matched_to"]
    value = tables["pairings_matched"].set_index([*key, "pairing"])["value"]
    differences = tables["pairings_difference"]
    for row in differences.sample(60, random_state=0).itertuples():
        cell = tuple(getattr(row, name) for name in key)
        assert row.value == pytest.approx(value[(*cell, row.first)] - value[(*cell, row.second)], abs=1e-9)
        assert row.low <= row.value <= row.high
    setting = ["evaluator", "exclusion", "diversity_of"]
    compared = differences[differences["first"].isin([EXACT, TEXTS])].drop_duplicates([*setting, "first"])
    judged = tables["pairings_verdict"].rename(columns={"captions": "first"})
    assert len(judged) == len(compared) == len(judged.merge(compared, on=[*setting, "first"]))
    frontier = tables["pairings_frontier"]
    uniform = frontier[frontier["pairing"] == UNIFORM]
    assert uniform["consistency"].to_numpy() == pytest.approx(uniform["chance"])


def test_a_draw_does_not_depend_on_the_others_nor_the_table_on_the_jobs(source, tables):
    draws = draw_images(source, 48, 2, np.random.default_rng(SEED))
    single = measure_draw(source, PROTOCOL, 1, draws[1], seed_of_draw(SEED, 1)).frontier.reset_index(drop=True)
    among = tables["pairings_frontier"].query("draw == 1").reset_index(drop=True)
    pd.testing.assert_frame_equal(single, among)


def test_an_imagefolder_is_measured_with_a_clip_model(call, tmp_path):
    """Weights are random here: the path is tested, not what CLIP makes of it."""
    tiny.register_clip(tmp_path)
    root = tiny.class_folders(tmp_path / "root", {"ants": 10, "bees": 10})
    settings = tiny.sets(
        dataset="imagefolder", root=root, model="tiny-clip", size=32, pretrained="random", total_images=16,
        draws=2, views=2, strengths=[1], cache=tmp_path / "cache", diversities=[2],
    )  # fmt: skip
    code, out, _ = call(app, "study", "pairings", *settings, "--out", tmp_path / "out")
    assert code == 0
    verdicts = pd.read_parquet(tmp_path / "out" / "pairings_verdict.parquet")
    assert out.count("captions name the label here") == len(verdicts) / 4  # of one convention
    frontier = pd.read_parquet(tmp_path / "out" / "pairings_frontier.parquet")
    assert set(frontier["evaluator"]) == {"label", "efficientnet-lite0"}
    sidecar = json.loads((tmp_path / "out" / "pairings_matched.parquet.json").read_text())
    assert sidecar["configuration"]["encoder"] == "tiny-clip, random"


@pytest.mark.parametrize(
    ("images", "settings", "message"),
    [
        (11, {"draws": 12, "total_images": 200}, "no class has 12 subjects, and the largest has 11: take draws=11"),
        (10, {"draws": 1, "total_images": 20}, "leaves none to compare them with: take draws=2"),
    ],
)
def test_too_few_images_raise_before_an_encoder_is_loaded(refused, tmp_path, images, settings, message):
    absent = {"model": "ViT-B-32-quickgelu", "pretrained": tmp_path / "nowhere.pt"}
    root = tiny.class_folders(tmp_path / "root", {"ants": images, "bees": images})
    options = tiny.sets(dataset="imagefolder", root=root, cache=tmp_path / "cache", **absent, **settings)
    assert message in refused(app, "study", "pairings", *options, "--out", tmp_path / "out")

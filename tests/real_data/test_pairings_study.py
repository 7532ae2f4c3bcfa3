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
from pairbounds.real_data.pairings.inputs import ENCODER, EXACT, IMAGES, TEXTS, UNIFORM, UNNAMED, pairings
from pairbounds.real_data.pairings.sampling import draw_images, gather, pixel_rows
from pairbounds.real_data.pairings.views import simclr, views_of
from pairbounds.real_data.studies.pairings import pairings_tables, verdict_lines
from tests.real_data import tiny
from tests.real_data.colours import COLOURS, RowEncoder, coloured_source

PROTOCOL, SEED = (
    Protocol(total_images=48, draws=2, views=2, strengths=(1.0,), diversities=(2, 5), learned_at=(5,), widths=(4,)),
    3,
)


@pytest.fixture(scope="module")
def colours(tmp_path_factory):
    return coloured_source(tmp_path_factory.mktemp("colours"))


@pytest.fixture(scope="module")
def tables(colours):
    return pairings_tables(colours, PROTOCOL, SEED)


def test_views_are_the_same_for_one_seed_whatever_else_is_drawn(colours):
    views = views_of(colours.dataset.take([0, 5]), 3, 1.0, seed=1)
    first = [np.asarray(views.image(i)) for i in range(6)]
    state = torch.random.get_rng_state()
    again = [np.asarray(views.take([i]).image(0)) for i in reversed(range(6))][::-1]
    assert torch.equal(state, torch.random.get_rng_state())
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert views.ids == tuple(f"{colours.dataset.ids[i]}/view {v}" for i in (0, 5) for v in range(3))
    assert not np.array_equal(first[0], first[1])


def test_views_differ_by_seed_and_strength_and_a_weak_one_is_nearer_to_its_image(colours):
    one = colours.dataset.take([0])
    sets = [views_of(one, 1, strength, seed) for strength, seed in ((1.0, 0), (1.0, 1), (0.5, 0))]
    assert len({views.key for views in sets} | {one.key}) == 4
    assert len({np.asarray(views.image(0)).tobytes() for views in sets}) == 3
    picture = colours.dataset.take(range(0, 112, 8))
    original = pixel_rows(picture, None)
    off = [np.abs(pixel_rows(views_of(picture, 1, s, 0), None) - original).mean() for s in (0.05, 1.0)]
    assert off[0] < off[1]


def test_views_need_a_size_and_a_strength_in_range(colours):
    for strength in (0.0, 1.5):
        with pytest.raises(ValueError, match="is not in"):
            simclr(24, strength)
    with pytest.raises(ValueError, match="views have the size of their images"):
        views_of(replace(colours.dataset, size=None), 2, 1.0, seed=0)


def test_draws_share_nothing_hold_whole_subjects_and_spread_the_classes(colours):
    draws = draw_images(colours, 48, 3, np.random.default_rng(0))
    subjects = [set(colours.subjects[draw]) for draw in draws]
    assert not (subjects[0] & subjects[1] or subjects[0] & subjects[2] or subjects[1] & subjects[2])
    for draw in draws:
        assert len(draw) == 2 * len(set(colours.subjects[draw]))
        assert np.bincount(colours.dataset.labels[draw]).tolist() == [4, 4, 4, 4]


def test_draws_and_protocols_that_cannot_be_are_named(colours):
    for images, draws, message in ((10, 2, "at least 8 each"), (400, 15, "no class has 15")):
        with pytest.raises(ValueError, match=message):
            draw_images(colours, images, draws, np.random.default_rng(0))
    for wrong in ({"total_images": 0}, {"views": 1}, {"strengths": ()}, {"widths": (0,)}, {"diversities": (1.0,)}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            Protocol(**wrong)


def test_what_stands_between_images_comes_from_other_subjects(colours):
    own = draw_images(colours, 48, 2, np.random.default_rng(0))[0]
    inputs = gather(colours, own, views=2, strengths=(1.0,), anchors=1000, seed=0)
    others = 4 * 14 - len(set(colours.subjects[own]))
    assert len(inputs.texts) == len(inputs.others[ENCODER]) == others
    everything = RowEncoder().encode_images(colours.dataset, None)
    names = {tuple(np.round(row, 6)): subject for row, subject in zip(everything, colours.subjects, strict=True)}
    anchors = {names[tuple(np.round(row, 6))] for row in inputs.others[ENCODER]}
    assert len(anchors) == others
    assert not anchors & set(colours.subjects[own])
    texts = {tuple(np.round(row, 6)) for row in RowEncoder().encode_texts([f"{c} thing" for c in COLOURS], None)}
    assert {tuple(np.round(row, 6)) for row in inputs.texts} <= texts  # an image encoder reads the colour only
    few = gather(colours, own, views=2, strengths=(1.0,), anchors=5, seed=0)
    assert len(few.texts) == len(few.others[ENCODER]) == 5


def test_a_text_is_held_out_where_its_subject_has_one_that_is(colours):
    """The things have names of their own; what all of a colour share is no text once an image of it is compared."""
    read = []
    spy = replace(colours, encoder_without=lambda _: Reader(read))
    own = draw_images(colours, 48, 2, np.random.default_rng(0))[0]
    inputs = gather(spy, own, views=2, strengths=(1.0,), anchors=1000, seed=0)
    taken = {text for i in own for text in colours.dataset.captions[i]}
    assert not {read[int(place)] for place in inputs.texts[:, 0] / inputs.texts[:, 1] - 1} & taken


class Reader(RowEncoder):
    """Says which text each row of features is of."""

    def __init__(self, read):
        self.read = read

    def text_rows(self, texts):
        self.read[:] = texts
        for place in range(len(texts)):
            yield np.array([[place + 1, 1, 0, 0]], dtype=np.float32)


def test_all_arms_are_there_with_their_controls(colours):
    inputs = gather(colours, np.arange(0, 112, 8), views=2, strengths=(0.5, 1.0), anchors=9, seed=0)
    found = {pairing.key: pairing.family for pairing in pairings(inputs, np.random.default_rng(0))}
    assert found == {
        EXACT: "captions",
        TEXTS: "captions",
        "augmentation, by encoder, strength 0.5": "augmentation",
        "augmentation, by pixels, strength 0.5": "augmentation",
        "augmentation, by encoder, strength 1": "augmentation",
        "augmentation, by pixels, strength 1": "augmentation",
        "nearest neighbours": "no text",
        IMAGES: "no text",
        f"shuffled {EXACT}": "shuffled",
        f"shuffled {TEXTS}": "shuffled",
        "labels, colour": "labels",
        "labels, greenish": "labels",
        UNIFORM: "uniform",
    }


def test_captions_that_name_a_class_are_left_out_of_an_arm_of_their_own(colours):
    assert gather(colours, np.arange(16), views=2, strengths=(1.0,), anchors=9, seed=0).unnamed is None  # all name it
    number = [caption.split()[-1] for _, caption in colours.dataset.captions]
    captions = tuple((texts[0], f"thing {one}") for texts, one in zip(colours.dataset.captions, number, strict=True))
    captions = (captions[0][:1], *captions[1:])  # all of the first image's name its colour
    told = replace(colours, dataset=replace(colours.dataset, captions=captions), encoder_without=lambda _: Reader([]))
    own = np.arange(16)
    inputs = gather(told, own, views=2, strengths=(1.0,), anchors=9, seed=0)
    found = {pairing.key: pairing for pairing in pairings(inputs, np.random.default_rng(0))}
    shown = np.array([f"thing {number[i]}" if i else "its own" for i in own])
    graph = found[UNNAMED].graph(1e-3)
    induced = graph.induced().joint.toarray()
    np.testing.assert_array_equal(induced > 0, shown[:, None] == shown[None, :])


def test_every_table_is_consistent_with_the_others(tables):
    """Differences are those of the matched values, and the verdict's words those of the differences."""
    key = ["evaluator", "exclusion", "diversity_of", "matched_to"]
    value = tables["pairings_matched"].set_index([*key, "pairing"])["value"]
    differences = tables["pairings_difference"]
    for row in differences.sample(60, random_state=0).itertuples():
        at = tuple(getattr(row, name) for name in key)
        assert row.value == pytest.approx(value[(*at, row.first)] - value[(*at, row.second)], abs=1e-9)
        assert row.low <= row.value <= row.high
    about = ["evaluator", "exclusion", "diversity_of"]
    compared = differences[differences["first"].isin([EXACT, TEXTS])].drop_duplicates([*about, "first"])
    judged = tables["pairings_verdict"].rename(columns={"captions": "first"})
    assert len(judged) == len(compared) == len(judged.merge(compared, on=[*about, "first"]))
    frontier = tables["pairings_frontier"]
    uniform = frontier[frontier["pairing"] == UNIFORM]
    assert uniform["consistency"].to_numpy() == pytest.approx(uniform["chance"])
    learned = tables["pairings_learned"]
    assert (learned["probe_error"] <= learned["bound"] * (1 + 1e-9)).all()


def test_a_draw_does_not_depend_on_the_others_nor_the_table_on_the_jobs(colours, tables):
    own = draw_images(colours, 48, 2, np.random.default_rng(SEED))
    alone = measure_draw(colours, PROTOCOL, SEED, 1, own[1]).frontier.reset_index(drop=True)
    among = tables["pairings_frontier"].query("draw == 1").reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, among)


def test_an_imagefolder_is_measured_with_a_clip_model(call, tmp_path):
    """Weights are random here: the path is tested, not what CLIP makes of it."""
    tiny.register_clip(tmp_path)
    for name in ("ants", "bees"):
        for index in range(10):
            tiny.picture(tmp_path / "root" / name / f"{index}.png", seed=100 * len(name) + 10 * ord(name[0]) + index)
    settings = tiny.sets(
        dataset="imagefolder", root=tmp_path / "root", model="tiny-clip", size=32, pretrained="random", total_images=16,
        draws=2, views=2, strengths=[1], cache=tmp_path / "cache", diversities=[2], learned_at=[2], widths=[4],
    )  # fmt: skip
    code, out, _ = call(app, "study", "pairings", *settings, "--out", tmp_path / "out")
    assert code == 0
    count = out.count("pairs by captions are pairs by labels")
    assert out.splitlines()[-1] == f"In sum: No verdict on an advantage of text in {count} of {count} comparisons."
    frontier = pd.read_parquet(tmp_path / "out" / "pairings_frontier.parquet")
    assert set(frontier["evaluator"]) == {"label", "efficientnet-lite0"}
    sidecar = json.loads((tmp_path / "out" / "pairings_matched.parquet.json").read_text())
    assert sidecar["configuration"]["encoder"] == "tiny-clip, random"


def test_the_line_below_the_verdicts_counts_each_conclusion_once(tables):
    ends = ["is shown at every diversity (2, 5).", "is shown at diversity (5) only.", "is not shown.", "is not shown."]
    table = (
        tables["pairings_verdict"].head(4).assign(verdict=[f"A: b at 2. An advantage of text {end}" for end in ends])
    )
    parts = ("shown at every diversity in 1", "shown at some diversities in 1", "not shown in 2")
    expected = "; ".join(f"An advantage of text is {part} of 4 comparisons" for part in parts)
    assert verdict_lines(table)[-1] == f"In sum: {expected}."


@pytest.mark.parametrize(
    ("images", "settings", "message"),
    [
        (6, {"draws": 1, "total_images": 12}, "no class has 10 subjects, and the largest has 6: give the classes more"),
        (11, {"draws": 12, "total_images": 200}, "no class has 12 subjects, and the largest has 11: take draws=11"),
        (10, {"draws": 1, "total_images": 20}, "leaves none to compare them with: take draws=2"),
    ],
)
def test_too_few_images_are_told_before_any_encoder_is_loaded(call, tmp_path, images, settings, message):
    for seed, name in enumerate(("ants", "bees")):
        for index in range(images):
            tiny.picture(tmp_path / "root" / name / f"{index}.png", seed=100 * seed + index)
    absent = {"model": "ViT-B-32-quickgelu", "pretrained": tmp_path / "nowhere.pt"}
    about = tiny.sets(dataset="imagefolder", root=tmp_path / "root", cache=tmp_path / "cache", **absent, **settings)
    code, _, err = call(app, "study", "pairings", *about, "--out", tmp_path / "out")
    assert (code, err.count("\n")) == (2, 1)
    assert message in err


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"dataset": "imagefolder"}, "needs a root"),
        ({"classes": 3}, "classes: only an imagefolder"),
        ({"model": "no-such-model"}, "no model 'no-such-model'"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(call, tmp_path, settings, message):
    code, _, err = call(app, "study", "pairings", *tiny.sets(**settings), "--out", tmp_path / "out")
    assert code == 2
    assert err.splitlines()[-1].startswith("error: ")
    assert message in err

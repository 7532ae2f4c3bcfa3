"""Data sets of packages of Debian and npm: small folders of their layout; and what `make data` unpacks, where it is."""

import json
import re
from dataclasses import replace
from statistics import median

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from pairbounds import emoji_graph
from pairbounds.__main__ import app
from pairbounds.real_data.caption_graphs import caption_graph
from pairbounds.real_data.datasets import openclipart as clips
from pairbounds.real_data.datasets import tabler as icons
from pairbounds.real_data.datasets import tuxpaint as stamps
from pairbounds.real_data.datasets.openclipart import openclipart
from pairbounds.real_data.datasets.tabler import tabler
from pairbounds.real_data.datasets.tuxpaint import tuxpaint
from pairbounds.real_data.image_settings import ImageSettings
from tests.real_data import tiny
from tests.real_data.tiny import error_of
from tests.rooms import ROOT

DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" width="9" height="6"><metadata><rdf:RDF>
 <dc:title>no tag</dc:title><dc:subject><rdf:Bag>{}</rdf:Bag></dc:subject></rdf:RDF></metadata>
 <rect width="9" height="6" fill="red"/></svg>"""


def clip(root, path, tags, seed=0):
    tiny.picture(root / "usr/share/openclipart/png" / f"{path}.png", seed)
    drawing = root / "usr/share/openclipart/svg" / f"{path}.svg"
    drawing.parent.mkdir(parents=True, exist_ok=True)
    drawing.write_text(DRAWING.format("".join(f"<rdf:li>{tag}</rdf:li>" for tag in tags)))
    return drawing


ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M0 0h24v24H0z"/></svg>'
ICONS = {
    "sun-set": {"category": "Weather", "tags": [], "styles": {"outline": {}, "filled": {}}},
    "01": {"category": "Numbers", "tags": [1, "one", "one"], "styles": {"outline": {}}},
}


@pytest.fixture
def unpacked(tmp_path, monkeypatch):
    """Three clip-arts with tags, and what is left out; four stamps with sentences; three drawings of two icons."""
    clip(tmp_path, "animals/cat", ["cat", " animal ", "cat", ""], 1)
    clip(tmp_path, "animals/birds/owl", ["animal", "hash(0x8a3ecd4)"], 2)
    clip(tmp_path, "food/pear", ["fruit &amp; food"], 3)
    clip(tmp_path, "food/plain", [], 4)
    clip(tmp_path, "shapes/square", ["square"], 5)
    clip(tmp_path, "computer/icons/save", ["icon"], 6)
    (tmp_path / "usr/share/openclipart/png/food/pear-again.png").symlink_to("pear.png")
    (tmp_path / "usr/share/openclipart/svg/food/pear-again.svg").symlink_to("pear.svg")
    folder = tmp_path / "usr/share/tuxpaint/stamps"
    for number, (path, sentence) in enumerate(
        {"animals/cats/lion": "A lion. \nde.utf8=Ein Löwe.\n", "food/fig": "A fig.", "food/date": "A fig."}.items()
    ):
        tiny.picture(folder / f"{path}.png", number)
        (folder / f"{path}.txt").write_text(sentence, encoding="utf-8")
    (folder / "food/fig.svg").write_text(DRAWING.format(""))
    (folder / "food/date.svg").write_text('<!DOCTYPE svg [<!ENTITY a "0">]>' + DRAWING.format(""))
    tiny.picture(folder / "food/fig_mirror.png", 9)
    (folder / "food/fig.ogg").write_bytes(b"a sound")
    for name, icon in ICONS.items():
        for style in icon["styles"]:
            file = tmp_path / "npm/tabler/icons" / style / f"{name}.svg"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(ICON)
    (tmp_path / "npm/tabler/icons.json").write_text(json.dumps(ICONS))
    monkeypatch.setattr(icons, "DRAWINGS", 3)
    monkeypatch.setattr(icons, "ICONS", 2)
    for module in (clips, stamps):
        monkeypatch.setattr(module, "PACKAGES", replace(module.PACKAGES, counts={}))
    return tmp_path


def test_clip_arts_have_their_distinct_tags_and_the_class_of_their_folder(unpacked):
    dataset = openclipart(unpacked, size=16)
    assert dict(zip(dataset.ids, dataset.captions, strict=True)) == {
        "animals/birds/owl.png": ("animal", "hash(0x8a3ecd4)"),
        "animals/cat.png": ("cat", "animal"),
        "food/pear-again.png": ("fruit & food",),
        "food/pear.png": ("fruit & food",),
    }
    assert [dataset.label_names[label] for label in dataset.labels] == ["animals", "animals", "food", "food"]
    assert dataset.image(0).size == (16, 16)
    assert dataset.subjects[2] == dataset.subjects[3]  # one picture in two places
    assert len(set(dataset.subjects)) == 3


def test_stamps_have_their_english_sentence_and_two_formats_are_one_subject(unpacked):
    dataset = tuxpaint(unpacked, size=16)
    stamps_by_image = zip(dataset.ids, dataset.captions, dataset.subjects, strict=True)
    assert list(stamps_by_image) == [
        ("animals/cats/lion.png", ("A lion.",), "animals/cats/lion"),
        ("food/date.png", ("A fig.",), "food/date"),
        ("food/fig.png", ("A fig.",), "food/fig"),
        ("food/fig.svg", ("A fig.",), "food/fig"),
    ]
    assert dataset.label_names == ("animals", "food")
    red, green, blue = np.asarray(dataset.image(3))[8, 8]
    assert (red, green, blue) == (255, 0, 0)


def test_icons_have_their_categories_and_tags(unpacked):
    dataset = tabler(unpacked)
    assert dataset.ids == ("tabler/outline/01", "tabler/outline/sun-set", "tabler/filled/sun-set")
    assert dataset.captions == (("1", "one"), ("sun set",), ("sun set",))
    assert [dataset.label_names[label] for label in dataset.labels] == ["Numbers", "Weather", "Weather"]
    assert dataset.subjects == ("01", "sun-set", "sun-set")
    assert dataset.image(1).size == (64, 64)
    assert np.asarray(dataset.image(1)).max() == 0


def test_unreadable_pictures_are_skipped_and_named(unpacked):
    Image.new("1", (12_000, 12_000)).save(unpacked / "usr/share/openclipart/png/food/pear.png")
    clips_left, stamps_left = openclipart(unpacked), tuxpaint(unpacked)
    for dataset, names in ((clips_left, ["pear-again.png", "pear.png"]), (stamps_left, ["date.svg"])):
        assert {f"food/{name}" for name in names}.isdisjoint(dataset.ids)
        for name, why in zip(names, dataset.skipped, strict=True):
            assert re.search(rf"food/{re.escape(name)}: .", why)


def test_a_missing_package_another_release_and_a_broken_drawing_are_one_line(unpacked, monkeypatch):
    for build in (openclipart, tuxpaint, tabler):
        assert "`make data` unpacks" in error_of(build, unpacked / "nowhere")
    drawing = clip(unpacked, "food/pear", [])
    drawing.write_text("<svg>")
    assert f"cannot read the tags of {drawing}" in error_of(openclipart, unpacked)
    drawing.unlink()
    assert f"cannot read the tags of {drawing}" in error_of(openclipart, unpacked)
    clip(unpacked, "food/pear", ["fruit"])
    monkeypatch.setattr(clips, "PACKAGES", replace(clips.PACKAGES, counts={"categories": 3}))
    message = f"expected 3 categories, found 2: it was measured on version {clips.PACKAGES.version}"
    assert message in error_of(openclipart, unpacked)
    monkeypatch.setattr(icons, "ICONS", 3)
    assert "expected 3 drawings of 3 icons in" in error_of(tabler, unpacked)


def test_commands_take_the_data_sets_by_name(unpacked, call):
    out, name = unpacked / "pairs.csv", "tuxpaint"
    assert call(app, "graph", name, "--set", f"root={unpacked}", "--out", out)[0] == 0
    assert set(pd.read_csv(out)["label"]) == {"animals", "food"}
    code, _, err = call(app, "study", "pairings", "--set", f"dataset={name}", "--out", unpacked / "out")
    assert (code, err) == (2, f"error: data set {name} needs a root: give its folder or file\n")
    assert ImageSettings(name, str(unpacked)).images().size == 96


def test_the_caption_graph_of_emoji_equals_the_published_one():
    ours, published = caption_graph(ImageSettings().images()), emoji_graph()
    assert ours.left_ids.tolist() == published.left_ids.tolist()
    assert ours.right_ids.tolist() == published.right_ids.tolist()
    assert abs(ours.joint - published.joint).max() < 1e-18
    assert np.array_equal(ours.left_labels, published.left_labels)


@pytest.mark.data
@pytest.mark.parametrize(
    ("build", "described", "of_each"),
    [
        (openclipart, "openclipart(3902 images, 12830 captions, 16 classes, skipped 15)", 3),
        (tuxpaint, "tuxpaint(1159 images, 1159 captions, 16 classes, skipped 40)", 1),
    ],
)
def test_the_unpacked_packages_have_the_measured_counts(build, described, of_each):
    """Their other counts are asserted wherever they are read."""
    dataset = build(ROOT / "build/data", size=96)
    assert repr(dataset) == described
    assert median(map(len, dataset.captions)) == of_each
    assert dataset.named_by_captions == ()
    rng = np.random.default_rng(0)
    assert {dataset.image(int(i)).size for i in rng.choice(len(dataset), 30)} == {(96, 96)}


@pytest.mark.data
def test_the_unpacked_icons_have_the_measured_counts():
    dataset = tabler(ROOT / "build/data")
    assert repr(dataset) == "tabler(6545 images, 66584 captions, 41 classes)"
    assert len(set(dataset.subjects)) == 5491

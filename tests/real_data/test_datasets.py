"""Data sets of files made here, the emoji and the glyphs."""

import shutil
import unicodedata
from collections import Counter
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from pairbounds.real_data import datasets
from pairbounds.real_data.caption_graphs import caption_graph
from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.datasets.emoji import emoji
from pairbounds.real_data.datasets.glyphs import FACES, characters, glyphs
from pairbounds.real_data.datasets.imagefolder import imagefolder
from pairbounds.real_data.datasets.picture_files import open_picture
from pairbounds.real_data.datasets.table import table
from pairbounds.real_data.image_settings import KINDS
from pairbounds.theory.graph.labels import UNLABELLED
from tests.real_data.tiny import error_of


@pytest.fixture(scope="module")
def drawings():
    return emoji()


def write_table(path: Path, rows: list[tuple[object, ...]]) -> Path:
    pd.DataFrame(rows, columns=["image", "caption", "label"]).to_csv(path, index=False)
    return path


def test_the_emoji_have_their_captions_and_categories(drawings):
    assert repr(drawings) == "emoji(3246 images, 30292 captions, 9 classes)"


@pytest.mark.parametrize("style", ["openmoji", "twemoji"])
def test_both_styles_are_drawn_on_white_at_one_size(style):
    dataset, size = emoji(size=100), 100
    image = dataset.image(dataset.ids.index(f"{style}/1f600"))
    assert (image.mode, image.size) == ("RGB", (size, size))
    assert {image.getpixel((x, y)) for x in (0, size - 1) for y in (0, size - 1)} == {(255, 255, 255)}
    red, green, blue = image.getpixel((size // 2, round(0.56 * size)))
    assert min(red, green) > blue + 60  # the face is yellow


FIELDS = {
    "name": "test", "ids": ("a", "b"), "files": (Path("a"),) * 2, "digests": ("1", "2"),
    "captions": (("one",), ("two",)), "labels": np.array([0, 1]), "label_names": ("p", "q"), "size": 8,
}  # fmt: skip


def test_an_unlabelled_image_is_unlabelled_in_the_caption_graph():
    graph = caption_graph(replace(ImageTextDataset(**FIELDS), labels=np.array([1, -1])))
    assert (graph.left_labels.tolist(), graph.class_names) == ([0, UNLABELLED], ("q",))


def test_the_key_depends_on_the_content_only():
    dataset = ImageTextDataset(**FIELDS)
    assert replace(dataset, files=(Path("b.png"),) * 2).key == dataset.key
    for change in (
        {"size": 73},
        {"ids": ("a", "c")},
        {"digests": ("1", "3")},
        {"captions": (("one",), ("two", "three"))},
        {"labels": np.array([0, 0])},
        {"label_names": ("p", "r")},
    ):
        assert replace(dataset, **change).key != dataset.key


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ids": ("a",)}, "need one positive length"),
        ({"ids": ("a", "a")}, "1 duplicate ids"),
        ({"captions": (("one",), ())}, "image b has no caption"),
        ({"labels": np.array([0, 2])}, "labels must be in 0..1"),
        ({"size": 0}, "size=0"),
        ({"label_sets": {"colour": np.zeros(3, int)}}, "each label set and the subjects need one entry for each"),
        (
            dict.fromkeys(("ids", "files", "digests", "captions"), ()) | {"labels": np.array([], int)},
            "need one positive length",
        ),
    ],
)
def test_inconsistent_fields_raise(change, message):
    assert message in error_of(ImageTextDataset, **FIELDS | change)


def test_classes_have_open_clips_names_or_their_own_in_every_prompt(pictures):
    dataset = imagefolder(pictures)
    assert dataset.label_names == ("tench", "goldfish", "widgets")
    assert Counter(dataset.labels.tolist()) == {0: 3, 1: 3, 2: 3}
    for name, label, captions in zip(dataset.ids, dataset.labels, dataset.captions, strict=True):
        assert captions[0] == f"a photo of a {dataset.label_names[label]}."
        assert len(set(captions)) == len(captions) == 8
        assert name.split("/")[0] == ("n01440764", "n01443537", "widgets")[label]


def test_captions_of_class_names_determine_labels_and_names_of_things_do_not(pictures, drawings):
    named = imagefolder(pictures)
    assert named.named_by_captions == ("label",)
    assert drawings.named_by_captions == ()
    merged = {"label": named.labels, "half": named.labels // 2, "own": np.arange(len(named))}
    assert replace(named, label_sets=merged).named_by_captions == ("label",)
    assert replace(named, captions=(("a picture",),) * len(named)).named_by_captions == ()


def test_captions_name_a_class_by_a_word_of_its_name():
    captions = (("red apples", "pineapple"), ("The Animal and I",), ("a pie",))
    classes = {"kind": np.array([0, 1, 0]), "half": np.array([0, 0, 1])}
    names = {"kind": ("apple-pie", "animals & other things")}
    three = {"ids": ("a", "b", "c"), "files": (Path("a"),) * 3, "digests": ("1", "2", "3"), "labels": np.zeros(3, int)}
    dataset = ImageTextDataset(**FIELDS | three | {"captions": captions, "label_sets": classes})
    assert replace(dataset, class_names=names).naming == ((True, False), (True,), (True,))
    assert dataset.naming == ((False, False), (False,), (False,))


def test_broken_pictures_are_skipped_and_a_copy_has_the_same_key(pictures, tmp_path):
    dataset = imagefolder(pictures)
    assert repr(dataset) == "imagefolder(9 images, 72 captions, 3 classes, skipped 1)"
    (reason,) = dataset.skipped
    assert reason.startswith(f"cannot read picture {pictures / 'n01443537' / '0_cut.png'}: ")
    assert imagefolder(Path(shutil.copytree(pictures, tmp_path / "copy"))).key == dataset.key


def test_samples_are_balanced_follow_the_seed_and_a_broken_picture_is_replaced(pictures):
    keys = set()
    for seed in (0, 1, 2, 3, 0):
        dataset = imagefolder(pictures, classes=2, samples=5, seed=seed)
        assert sorted(Counter(dataset.labels.tolist()).values()) == [2, 3]
        assert len(set(dataset.ids)) == 5
        assert not any("cut" in name for name in dataset.ids)
        keys.add(dataset.key)
    assert 1 < len(keys) < 5


def test_wrong_options_and_folders_are_one_line(pictures, tmp_path):
    for options, message in (
        ({"classes": 4}, "has 1 to 3 to choose from"),
        ({"samples": 2}, "samples=2 of 3 classes"),
        ({"samples": 12}, "has 3 readable pictures, and 4 are needed: take fewer samples"),
    ):
        assert message in error_of(imagefolder, pictures, **options)
    assert "does not exist" in error_of(imagefolder, tmp_path / "nowhere")
    (tmp_path / "cats").mkdir()
    (tmp_path / "cats" / "notes.txt").write_text("no picture")
    assert "cats has no pictures" in error_of(imagefolder, tmp_path)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparent_is_white(tmp_path, mode):
    image = Image.new("RGBA", (4, 4), (0, 0, 0, 0)).convert(mode)
    image.save(tmp_path / "clear.png", **({"transparency": image.getpixel((0, 0))} if mode == "P" else {}))
    assert open_picture(tmp_path / "clear.png", None).getcolors() == [(16, (255, 255, 255))]


def test_rows_of_one_image_are_its_captions(pictures, tmp_path):
    copy = Path(shutil.copytree(pictures / "widgets", tmp_path / "widgets"))
    absolute = str(pictures / "n01440764" / "0.JPEG")
    rows = [
        ("widgets/2.png", "a widget", "NA"),
        (absolute, "a fish", "fish"),
        ("widgets/2.png", "a gadget", "NA"),
        ("widgets/none.png", "nothing", "fish"),
        ("widgets/2.png", "a widget", "NA"),
    ]
    dataset = table(write_table(tmp_path / "pictures.csv", rows), size=16)
    assert dataset.ids == ("widgets/2.png", absolute)
    assert dataset.captions == (("a widget", "a gadget", "a widget"), ("a fish",))
    assert [dataset.label_names[label] for label in dataset.labels] == ["NA", "fish"]
    assert dataset.image(0).tobytes() == open_picture(copy / "2.png", 16).tobytes()
    assert len(dataset.skipped) == 1
    assert "widgets/none.png" in dataset.skipped[0]


def test_wrong_tables_are_one_line(pictures):
    for rows, message in (
        ([("widgets/0.png", "one", "a"), ("widgets/0.png", "two", "b")], "gives 'widgets/0.png' two classes"),
        ([("none.png", "one", "a")], "none of its 1 pictures can be read"),
    ):
        assert message in error_of(table, write_table(pictures / "wrong.csv", rows))
    assert "formats are .csv, .tsv, .jsonl, .parquet" in error_of(table, pictures / "widgets" / "0.png")
    (pictures / "other.csv").write_text("image,words\na.png,one\n")
    assert "has no column caption: its columns are image, words. Rename them" in error_of(table, pictures / "other.csv")


def test_each_data_set_is_in_the_table_of_kinds():
    modules = [import_module(f"{datasets.__name__}.{module.name}") for module in iter_modules(datasets.__path__)]
    names = [module.__name__.rpartition(".")[2] for module in modules]
    for name, module in zip(names, modules, strict=True):
        assert not hasattr(module, name) or name in KINDS, f"add {name!r} to KINDS in real_data/image_settings.py"


def test_a_letter_is_the_character_without_its_marks():
    compared = 0
    for character in characters():
        plain = unicodedata.normalize("NFD", character.text)[0]
        if plain != character.text:
            name = unicodedata.name(plain).lower().partition(" with ")[0]  # a stroke is no mark that can be taken away
            script, case, _, *letter = name.split()
            assert (character.script, character.case) == (script, case)
            assert character.letter == " ".join([script, *letter])
            compared += 1
    assert compared > 600


def test_each_character_is_there_in_every_face_and_no_two_faces_draw_it_alike():
    dataset = glyphs(size=64)
    assert len(dataset) == len(FACES) * len(characters())
    assert np.bincount(dataset.labels).min() >= 6 * len(FACES)
    indices = [index for index, subject in enumerate(dataset.subjects) if subject == "017e"]
    drawings = [np.asarray(dataset.image(index)) for index in indices]
    assert len({drawing.tobytes() for drawing in drawings}) == len(FACES)
    assert dataset.captions[indices[0]] == ("latin", "small", "letter", "z", "with", "caron")
    assert dataset.label_names[dataset.labels[indices[0]]] == "latin z"


def test_no_drawing_is_cut():
    dataset = glyphs(size=48)
    for index in range(0, len(dataset), 37):  # faces in turn, since 37 and 12 have no common factor
        ink = 255 - np.asarray(dataset.image(index)).astype(int)
        inner = ink[1:-1, 1:-1]
        assert inner.sum() == ink.sum() > 0, dataset.ids[index]

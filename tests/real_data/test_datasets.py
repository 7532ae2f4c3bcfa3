"""Data sets of files made here, and the emoji against their graph."""

import inspect
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from pairbounds.real_data.datasets import DATASETS, ImageTextDataset
from pairbounds.real_data.datasets.emoji import emoji
from pairbounds.real_data.datasets.imagefolder import imagefolder
from pairbounds.real_data.datasets.naming import images_whose_class_is_named, names_their_class
from pairbounds.real_data.datasets.pictures import open_picture
from pairbounds.real_data.datasets.table import table
from pairbounds.real_data.emoji_concepts import concepts, emoji_graph
from tests.real_data import tiny


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.imagefolder(tmp_path_factory.mktemp("pictures"))


@pytest.fixture(scope="module")
def drawings() -> ImageTextDataset:
    return emoji()


def write_table(path: Path, rows: list[tuple[object, ...]]) -> Path:
    frame = pd.DataFrame(rows, columns=["image", "caption", "label"])
    frame.to_csv(path, index=False) if path.suffix == ".csv" else frame.to_parquet(path)
    return path


def error_of(build, *arguments, **options) -> str:
    with pytest.raises((ValueError, FileNotFoundError)) as caught:
        build(*arguments, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_emoji_are_the_left_nodes_of_their_graph(drawings):
    graph = emoji_graph("category")
    assert list(drawings.ids) == graph.left_ids.tolist()
    assert np.array_equal(drawings.labels, graph.left_labels)
    assert drawings.captions == tuple(concept.captions for concept in concepts()) * 2
    assert repr(drawings) == "emoji(3246 images, 30292 captions, 9 classes)"
    assert "CC BY-SA 4.0" in drawings.licence
    assert "All emojis designed by OpenMoji" in drawings.attribution


@pytest.mark.parametrize("size", [72, 100])
@pytest.mark.parametrize("style", ["openmoji", "twemoji"])
def test_both_styles_are_drawn_on_white_at_one_size(style, size):
    dataset = emoji(size=size)
    image = dataset.image(dataset.ids.index(f"{style}/1f600"))
    assert (image.mode, image.size) == ("RGB", (size, size))
    assert {image.getpixel((x, y)) for x in (0, size - 1) for y in (0, size - 1)} == {(255, 255, 255)}
    red, green, blue = image.getpixel((size // 2, round(0.56 * size)))
    assert min(red, green) > blue + 60  # the face is yellow


@pytest.mark.parametrize(
    "change",
    [
        {"size": 73},
        {"ids": ("a", "c")},
        {"digests": ("1", "3")},
        {"captions": (("one",), ("two", "three"))},
        {"captions": (("one", "two"), ("three",))},
        {"labels": np.array([0, 0])},
        {"label_names": ("p", "r")},
    ],
)
def test_the_key_is_of_the_content(change):
    dataset = ImageTextDataset(
        "test", ("a", "b"), (Path("a.png"),) * 2, ("1", "2"), (("one",), ("two",)), np.array([0, 1]), ("p", "q"),
        None, "", "",
    )  # fmt: skip
    assert replace(dataset, files=(Path("b.png"),) * 2, licence="other").key == dataset.key
    assert replace(dataset, **change).key != dataset.key


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ids": ("a",)}, "are as many"),
        ({"ids": ("a", "a")}, "1 ids are there twice"),
        ({"captions": (("one",), ())}, "image b has no caption"),
        ({"labels": np.array([0, 2])}, "labels are in 0..1"),
        ({"size": 0}, "size=0"),
    ],
)
def test_fields_that_do_not_agree_are_refused(change, message):
    fields = {
        "name": "test", "ids": ("a", "b"), "files": (Path("a"),) * 2, "digests": ("1", "2"),
        "captions": (("one",), ("two",)), "labels": np.array([0, 1]), "label_names": ("p", "q"), "size": 8,
        "licence": "", "attribution": "",
    }  # fmt: skip
    assert message in error_of(ImageTextDataset, **fields | change)
    nothing = dict.fromkeys(("ids", "files", "digests", "captions"), ()) | {"labels": np.array([], dtype=np.int64)}
    assert "more than none" in error_of(ImageTextDataset, **fields | nothing)


def test_taking_images_keeps_their_fields_together(drawings):
    chosen = drawings.take([5, 2000, 17])
    for position, index in enumerate((5, 2000, 17)):
        assert chosen.ids[position] == drawings.ids[index]
        assert chosen.captions[position] == drawings.captions[index]
        assert chosen.labels[position] == drawings.labels[index]
        assert chosen.image(position).tobytes() == drawings.image(index).tobytes()
    assert chosen.label_names == drawings.label_names


def test_classes_have_open_clips_names_or_their_own(folder):
    dataset = imagefolder(folder, prompts="single")
    assert dataset.label_names == ("tench", "goldfish", "widgets")
    assert Counter(dataset.labels.tolist()) == {0: 3, 1: 3, 2: 3}
    for name, label, captions in zip(dataset.ids, dataset.labels, dataset.captions, strict=True):
        assert captions == (f"a photo of a {dataset.label_names[label]}.",)
        assert name.split("/")[0] == ("n01440764", "n01443537", "widgets")[label]


def test_class_names_tell_the_labels_and_names_of_things_do_not(folder, drawings):
    named = imagefolder(folder)
    assert named.told == ("label",)
    assert drawings.told == ()
    merged = {"label": named.labels, "half": named.labels // 2, "own": np.arange(len(named))}
    assert replace(named, label_sets=merged).told == ("label",)
    assert replace(named, captions=(("a picture",),) * len(named)).told == ()


def test_captions_name_a_class_by_a_word_of_its_name():
    captions = (("red apples", "pineapple"), ("The Animal and I",), ("a pie",))
    classes = {"kind": np.array([0, 1, 0]), "half": np.array([0, 0, 1])}
    names = {"kind": ("apple-pie", "animals & other things")}
    naming = names_their_class(captions, classes, names)
    assert naming == ((True, False), (True,), (True,))
    assert names_their_class(captions, classes, {}) == ((False, False), (False,), (False,))
    assert images_whose_class_is_named(naming) == 1


def test_every_synset_has_the_name_of_its_number():
    from pairbounds.real_data.datasets.imagefolder import _class_name

    named = _class_name()
    by_number = {"n01440764": "tench", "n02123045": "tabby cat", "n02504458": "African bush elephant",
                 "n03063599": "coffee mug", "n04507155": "umbrella", "n15075141": "toilet paper"}  # fmt: skip
    assert {synset: named(synset) for synset in by_number} == by_number


@pytest.mark.parametrize(("prompts", "count"), [("single", 1), ("simple", 8), ("openai", 80)])
def test_a_caption_for_each_prompt_the_plain_one_first(folder, prompts, count):
    captions = imagefolder(folder, prompts=prompts).captions[0]
    assert len(set(captions)) == len(captions) == count
    assert captions[0] == "a photo of a tench."
    assert all("tench" in text for text in captions)


def test_broken_pictures_are_left_out_counted_and_named(folder):
    dataset = imagefolder(folder)
    assert repr(dataset) == "imagefolder(9 images, 72 captions, 3 classes, skipped 1)"
    (reason,) = dataset.skipped
    assert reason.startswith(f"cannot read picture {folder / 'n01443537' / '0_cut.png'}: ")
    assert "\n" not in reason


@pytest.mark.parametrize("seed", range(5))
def test_samples_are_balanced_and_a_broken_picture_is_replaced(folder, seed):
    dataset = imagefolder(folder, classes=2, samples=5, seed=seed)
    assert sorted(Counter(dataset.labels.tolist()).values()) == [2, 3]
    assert len(set(dataset.ids)) == 5
    assert not any("cut" in name for name in dataset.ids)
    assert imagefolder(folder, classes=2, samples=5, seed=seed).key == dataset.key


def test_seeds_draw_other_samples(folder):
    assert len({imagefolder(folder, classes=2, samples=4, seed=seed).key for seed in range(8)}) > 2


def test_a_copy_of_the_folder_is_the_same_data_and_a_changed_picture_is_not(folder, tmp_path):
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    assert imagefolder(copy).key == imagefolder(folder).key
    tiny.picture(copy / "widgets" / "0.png", seed=1234)
    assert imagefolder(copy).key != imagefolder(folder).key


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"classes": 4}, "has 1 to 3 to choose from"),
        ({"classes": 0}, "has 1 to 3 to choose from"),
        ({"samples": 2}, "samples=2 of 3 classes"),
        ({"samples": 12}, "has 3 readable pictures of the 4 that are wanted: take fewer samples"),
        ({"prompts": "many"}, "choose one of single, simple, openai"),
        ({"size": 0}, "size=0"),
    ],
)
def test_wrong_options_are_one_line(folder, options, message):
    assert message in error_of(imagefolder, folder, **options)


def test_wrong_folders_are_one_line(tmp_path):
    assert "does not exist" in error_of(imagefolder, tmp_path / "nowhere")
    assert "has no folders in it" in error_of(imagefolder, tmp_path)
    (tmp_path / "cats").mkdir()
    (tmp_path / "cats" / "notes.txt").write_text("no picture")
    assert "cats has no pictures" in error_of(imagefolder, tmp_path)
    (tmp_path / "cats" / "junk.png").write_text("no picture")
    assert "cats has 0 readable pictures of the 1" in error_of(imagefolder, tmp_path)


def test_the_middle_of_a_picture_fills_the_size(tmp_path):
    wide = Image.new("RGB", (40, 20), "red")
    wide.paste("blue", (10, 0, 30, 20))
    wide.save(tmp_path / "wide.png")
    assert open_picture(tmp_path / "wide.png", 20).getcolors() == [(400, (0, 0, 255))]
    assert open_picture(tmp_path / "wide.png", None).size == (40, 20)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparent_is_white(tmp_path, mode):
    image = Image.new("RGBA", (4, 4), (0, 0, 0, 0)).convert(mode)
    image.save(tmp_path / "clear.png", **({"transparency": image.getpixel((0, 0))} if mode == "P" else {}))
    assert open_picture(tmp_path / "clear.png", None).getcolors() == [(16, (255, 255, 255))]


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_rows_of_one_image_are_its_captions(folder, tmp_path, suffix):
    place = Path(shutil.copytree(folder / "widgets", tmp_path / "widgets"))
    absolute = str(folder / "n01440764" / "0.JPEG")
    rows = [
        ("widgets/2.png", "a widget", "NA"),
        (absolute, "a fish", "fish"),
        ("widgets/2.png", "a gadget", "NA"),
        ("widgets/none.png", "nothing", "fish"),
        ("widgets/2.png", "a widget", "NA"),
    ]
    dataset = table(write_table(tmp_path / f"pictures{suffix}", rows), size=16)
    assert dataset.ids == ("widgets/2.png", absolute)
    assert dataset.captions == (("a widget", "a gadget", "a widget"), ("a fish",))
    assert [dataset.label_names[label] for label in dataset.labels] == ["NA", "fish"]
    assert dataset.image(0).tobytes() == open_picture(place / "2.png", 16).tobytes()
    assert len(dataset.skipped) == 1
    assert "widgets/none.png" in dataset.skipped[0]


def test_csv_and_parquet_are_the_same_data(folder):
    rows = [("widgets/0.png", "one", 7), ("widgets/1.png", "two", 12), ("widgets/0.png", "three", 7)]
    keys = {table(write_table(folder / f"same{suffix}", rows)).key for suffix in (".csv", ".parquet")}
    assert len(keys) == 1


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("widgets/0.png", "one", "a"), ("widgets/0.png", "two", "b")], "image widgets/0.png has two labels"),
        ([("widgets/0.png", "one", "a"), ("widgets/1.png", None, "b")], "has an empty cell in column 'caption'"),
        ([("none.png", "one", "a")], "none of its 1 pictures can be read"),
        ([], "has no rows"),
    ],
)
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_wrong_tables_are_one_line(folder, rows, message, suffix):
    assert message in error_of(table, write_table(folder / f"wrong{suffix}", rows))


def test_files_that_are_no_such_table_are_one_line(folder, tmp_path):
    assert "does not exist" in error_of(table, tmp_path / "none.csv")
    assert "ends in .csv, .tsv, .jsonl, .parquet" in error_of(table, folder / "widgets" / "0.png")
    (tmp_path / "junk.parquet").write_text("junk")
    assert "cannot be read as .parquet" in error_of(table, tmp_path / "junk.parquet")
    (tmp_path / "empty.csv").write_text("")
    assert "is empty" in error_of(table, tmp_path / "empty.csv")
    (tmp_path / "other.csv").write_text("image,text\na.png,one\n")
    assert "lacks ['caption']" in error_of(table, tmp_path / "other.csv")


def test_a_picture_that_is_gone_is_named(folder, tmp_path):
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    dataset = imagefolder(copy)
    dataset.files[0].unlink()
    assert f"cannot read picture {dataset.files[0]}" in error_of(dataset.image, 0)


@pytest.mark.parametrize("build", DATASETS.values(), ids=DATASETS.keys())
def test_every_builder_has_typed_options(build):
    signature = inspect.signature(build)
    assert signature.return_annotation is ImageTextDataset
    assert all(option.annotation is not inspect.Parameter.empty for option in signature.parameters.values())

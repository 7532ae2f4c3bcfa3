"""Images in tar files, written by the package itself."""

import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from webdataset import TarWriter

from pairbounds.real_data.datasets import webdataset as module
from pairbounds.real_data.datasets.imagefolder import imagefolder
from pairbounds.real_data.datasets.picture_files import open_picture
from pairbounds.real_data.datasets.webdataset import webdataset
from pairbounds.real_data.pairings.augmentations import views_of
from tests.real_data import tiny

LONG_AGO = 1_700_000_000


@pytest.fixture
def folder(tmp_path):
    return tiny.imagefolder(tmp_path / "pictures")


def write(path: Path, samples: list[dict]) -> Path:
    with TarWriter(str(path)) as shard:
        for sample in samples:
            shard.write(sample)
    os.utime(path, (LONG_AGO, LONG_AGO))
    return path


@pytest.fixture
def shards(folder, tmp_path):
    """The pictures of the folder in two shards, the second with captions."""
    for number, names in enumerate((["n01440764"], ["n01443537", "widgets"])):
        samples = []
        for name in names:
            for path in sorted((folder / name).iterdir()):
                sample = {"__key__": f"{name}/{path.stem}", path.suffix[1:].lower(): path.read_bytes(), "cls": name}
                samples.append(sample | ({"txt": f"one {name}\n\ntwo\n"} if number else {}) | {"md5": b"x"})
        write(tmp_path / f"shard-{number:03d}.tar", samples)
    return f"{tmp_path}/shard-{{000..001}}.tar"


def test_images_in_shards_equal_those_in_a_folder(folder, shards):
    data, peer = webdataset(shards, size=20), imagefolder(folder, size=20)
    assert repr(data) == "webdataset(9 images, 15 captions, 3 classes, skipped 1)"
    assert list(data.digests) == list(peer.digests)
    assert np.array_equal(data.labels, peer.labels)
    assert data.ids[0] == "shard-000.tar/n01440764/0.jpeg"
    assert data.captions[0] == ("a photo of a n01440764.",)
    assert data.captions[-1] == ("one widgets", "two")
    for index in range(9):
        assert data.image(index).tobytes() == peer.image(index).tobytes()
    assert views_of(data, 2, 1.0, seed=0).image(3).size == (20, 20)
    part = data.take([7, 2])
    assert part.image(0).tobytes() == peer.image(7).tobytes()
    assert data.skipped[0].startswith(f"cannot read picture {shards[:-14]}001.tar: n01443537/0_cut.png: ")


def test_a_shard_is_indexed_again_only_after_a_change(shards, tmp_path, monkeypatch):
    looked = Counter()

    def opened(member, size):
        looked[member.shard.name] += 1
        return open_picture(member, size)

    monkeypatch.setattr(module, "open_picture", opened)
    first = webdataset(shards, cache=tmp_path / "cache")
    assert looked == {"shard-000.tar": 3, "shard-001.tar": 7}
    again = webdataset(shards, cache=tmp_path / "cache")
    assert looked.total() == 10
    assert (again.key, again.skipped) == (first.key, first.skipped)
    assert again.image(4).tobytes() == first.image(4).tobytes()
    path = tiny.picture(tmp_path / "new.png", seed=5)
    write(tmp_path / "shard-000.tar", [{"__key__": "a", "png": path.read_bytes(), "cls": "7"}])
    assert webdataset(shards, cache=tmp_path / "cache").key != first.key
    assert looked == {"shard-000.tar": 4, "shard-001.tar": 7}


def test_classes_that_are_numbers_are_in_their_order(tmp_path):
    content = tiny.picture(tmp_path / "one.png").read_bytes()
    samples = [{"__key__": str(number), "png": content, "cls": number} for number in (10, 9, 100)]
    data = webdataset(str(write(tmp_path / "one.tar", samples)))
    assert data.label_names == ("9", "10", "100")
    assert data.labels.tolist() == [1, 0, 2]


def test_wrong_shards_are_one_line(tmp_path, shards):
    content = tiny.picture(tmp_path / "one.png").read_bytes()
    wrong = {
        "a": {"png": content},
        "b": {"png": content, "jpg": content, "cls": "x"},
        "c": {"txt": "nothing"},
        "d": {"png": b"junk", "cls": "x"},
        "e": {"png": content, "cls": b"\xff"},
    }
    shard_paths = {
        name: str(write(tmp_path / f"{name}.tar", [{"__key__": "a"} | members])) for name, members in wrong.items()
    }
    cases = {
        "no-{class": "braces",
        str(tmp_path / "none.tar"): "does not exist",
        str(tmp_path / "one.png"): "is not a tar file",
        shard_paths["a"]: "image a has 1 pictures and 0 classes",
        shard_paths["b"]: "has 2 pictures",
        shard_paths["c"]: "none of 0 pictures can be read",
        shard_paths["d"]: "none of 1 pictures can be read: ",
        shard_paths["e"]: "a.cls is not UTF-8 text",
    }
    for pattern, message in cases.items():
        assert message in tiny.error_of(webdataset, pattern)


def test_shards_of_one_name_with_the_same_image_raise(tmp_path):
    content = tiny.picture(tmp_path / "one.png").read_bytes()
    for folder in "ab":
        (tmp_path / folder).mkdir()
        write(tmp_path / folder / "one.tar", [{"__key__": "x", "png": content, "cls": "1"}])
    with pytest.raises(ValueError, match=r"two shards named one\.tar contain the image x\.png"):
        webdataset(f"{tmp_path}/{{a,b}}/one.tar")


def test_a_shard_that_was_cut_short_is_named(shards, tmp_path):
    data = webdataset(shards)
    path = tmp_path / "shard-001.tar"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ValueError, match=r"widgets/2\.png: .* ends before it: index the shard again"):
        data.image(8)

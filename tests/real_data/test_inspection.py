"""Index of pictures: files are read once, and again if they have changed."""

import hashlib
import json
import os
from collections import Counter

import pytest

from pairbounds.real_data.datasets import dataset as dataset_module
from pairbounds.real_data.datasets import inspection
from pairbounds.real_data.datasets.imagefolder import imagefolder
from tests.real_data import tiny

LONG_AGO = 1_700_000_000


@pytest.fixture
def folder(tmp_path):
    pictures = tiny.imagefolder(tmp_path / "pictures")
    for path in pictures.rglob("*.*"):
        os.utime(path, (LONG_AGO, LONG_AGO))
    return pictures


@pytest.fixture
def decodings(monkeypatch):
    """Number of times each file was decoded."""
    count, look = Counter(), inspection.look
    monkeypatch.setattr(inspection, "look", lambda path: count.update([path.name]) or look(path))
    return count


def test_files_are_read_once_and_again_after_a_change(folder, tmp_path, decodings):
    first = imagefolder(folder, cache=tmp_path / "cache")
    assert decodings.total() == 10
    again = imagefolder(folder, cache=tmp_path / "cache")
    assert decodings.total() == 10
    assert (again.key, again.skipped) == (first.key, first.skipped) == (imagefolder(folder).key, first.skipped)
    tiny.picture(folder / "widgets" / "1.png", seed=77)
    decodings.clear()
    other = imagefolder(folder, cache=tmp_path / "cache")
    assert decodings.total() == 10
    assert other.key != first.key
    assert other.key == imagefolder(folder).key


@pytest.mark.parametrize("content", ["junk", "[1]", "[]", '{"0.png": 1}'])
def test_an_index_of_another_format_is_one_line(folder, tmp_path, content):
    imagefolder(folder, cache=tmp_path)
    (path,) = (tmp_path / "manifests").iterdir()
    path.write_text(content)
    with pytest.raises(ValueError, match=rf"index {path} .*: delete the file"):
        imagefolder(folder, cache=tmp_path)


def test_the_key_does_not_depend_on_the_block_size(folder, monkeypatch):
    data = imagefolder(folder, size=16)
    content = [data.size, list(data.ids), list(data.digests), data.captions, data.labels.tolist(), data.label_names]
    expected = hashlib.sha256(json.dumps(content).encode()).hexdigest()
    assert data.key == expected
    monkeypatch.setattr(dataset_module, "AT_ONCE", 2)
    assert imagefolder(folder, size=16).key == expected

"""Manifests: files are read once, and again if they have changed."""

import hashlib
import json
import os
from collections import Counter

import pytest

from pairbounds.real_data.datasets import dataset as dataset_module
from pairbounds.real_data.datasets import imagefolder as folders
from pairbounds.real_data.datasets import manifest, picture_files
from pairbounds.real_data.datasets.imagefolder import imagefolder
from pairbounds.real_data.datasets.manifest import manifest_of
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
    count, look = Counter(), picture_files.look
    for module in (picture_files, folders):
        monkeypatch.setattr(module, "look", lambda path: count.update([path.name]) or look(path))
    return count


def test_files_are_read_once_and_a_changed_one_again(folder, tmp_path, decodings):
    first = imagefolder(folder, cache=tmp_path / "cache")
    assert decodings.total() == 10
    again = imagefolder(folder, cache=tmp_path / "cache")
    assert decodings.total() == 10
    assert (again.key, again.skipped) == (first.key, first.skipped) == (imagefolder(folder).key, first.skipped)
    decodings.clear()
    changed = tiny.picture(folder / "widgets" / "1.png", seed=77)
    other = imagefolder(folder, cache=tmp_path / "cache")
    assert decodings == {"1.png": 1}
    assert other.key != first.key
    assert other.key == imagefolder(folder).key
    decodings.clear()
    imagefolder(folder, cache=tmp_path / "cache")
    assert decodings == {"1.png": 1}  # changed so lately that it might have been changed again
    os.utime(changed, (LONG_AGO, LONG_AGO + 1))
    for _ in range(2):
        imagefolder(folder, cache=tmp_path / "cache")
    assert decodings == {"1.png": 2}


def test_a_killed_check_resumes_after_its_last_block(folder, tmp_path, decodings, monkeypatch):
    monkeypatch.setattr(manifest, "BLOCK", 2)
    class_folder = folder / "n01443537"
    names = sorted(path.name for path in class_folder.iterdir())
    checks = manifest.inspected(class_folder, names, picture_files.look, tmp_path)
    for _ in range(3):
        next(checks)
    checks.close()
    assert set(json.loads(manifest_of(class_folder, tmp_path).read_text())) == set(names[:2])
    decodings.clear()
    assert [name for name, _ in manifest.inspected(class_folder, names, picture_files.look, tmp_path)] == names
    assert sorted(decodings) == names[2:]


@pytest.mark.parametrize("content", ["junk", "[1]", '{"0.png": 1}'])
def test_a_manifest_of_another_format_is_one_line(folder, tmp_path, content):
    imagefolder(folder, cache=tmp_path)
    path = manifest_of(folder / "widgets", tmp_path)
    path.write_text(content)
    with pytest.raises(ValueError, match=f"manifest {path} cannot be read: delete the file"):
        imagefolder(folder, cache=tmp_path)


def test_the_key_does_not_depend_on_the_block_size(folder, monkeypatch):
    data = imagefolder(folder, size=16)
    content = [data.size, list(data.ids), list(data.digests), data.captions, data.labels.tolist(), data.label_names]
    expected = hashlib.sha256(json.dumps(content).encode()).hexdigest()
    assert data.key == expected
    monkeypatch.setattr(dataset_module, "AT_ONCE", 2)
    assert imagefolder(folder, size=16).key == expected

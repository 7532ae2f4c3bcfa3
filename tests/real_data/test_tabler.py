"""Tabler icons: a small folder of their layout; and what `make data` unpacks, where it is."""

import json
from pathlib import Path

import numpy as np
import pytest

from pairbounds.real_data.datasets import DATASETS
from pairbounds.real_data.datasets import tabler as module

ROOT = Path(__file__).parents[2]
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M0 0h24v24H0z"/></svg>'


@pytest.fixture
def unpacked(tmp_path, monkeypatch):
    """Three drawings of two icons."""
    folder = tmp_path / "npm/tabler"
    for style, name in (("outline", "sun-set"), ("filled", "sun-set"), ("outline", "01")):
        file = folder / "icons" / style / f"{name}.svg"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(DRAWING)
    entries = {
        "sun-set": {"category": "Weather", "tags": [], "styles": {"outline": {}, "filled": {}}},
        "01": {"category": "Numbers", "tags": [1, "one", "one"], "styles": {"outline": {}}},
    }
    (folder / "icons.json").write_text(json.dumps(entries))
    monkeypatch.setattr(module, "DRAWINGS", 3)
    monkeypatch.setattr(module, "ICONS", 2)
    return tmp_path


def test_icons_have_their_categories_and_tags(unpacked):
    dataset = DATASETS["tabler"](unpacked)
    assert dataset.ids == ("tabler/outline/01", "tabler/outline/sun-set", "tabler/filled/sun-set")
    assert dataset.captions == (("1", "one"), ("sun set",), ("sun set",))
    assert [dataset.label_names[label] for label in dataset.labels] == ["Numbers", "Weather", "Weather"]
    assert dataset.subjects == ("01", "sun-set", "sun-set")
    assert dataset.image(1).size == (64, 64)
    assert np.asarray(dataset.image(1)).max() == 0


def test_missing_icons_and_another_release_are_one_line(unpacked, monkeypatch):
    with pytest.raises(ValueError, match=r"^data set tabler: .*tabler is no folder: `make data` unpacks it into build"):
        DATASETS["tabler"](unpacked / "nowhere")
    monkeypatch.setattr(module, "ICONS", 3)
    with pytest.raises(ValueError, match=r"^data set tabler: expected 3 drawings of 3 icons in .*, found 3 of 2: it"):
        DATASETS["tabler"](unpacked)


@pytest.mark.data
def test_the_unpacked_package_has_the_measured_counts():
    dataset = DATASETS["tabler"](ROOT / "build/data")
    assert repr(dataset) == "tabler(6545 images, 66584 captions, 41 classes)"
    assert len(set(dataset.subjects)) == 5491

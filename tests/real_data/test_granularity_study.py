"""The study of coarser captions, on a small data set of which everything is known."""

import numpy as np
import pytest

from pairbounds.real_data.caption_graphs import caption_graph
from pairbounds.real_data.studies.granularity import BETWEEN, Settings, measured, ways
from pairbounds.theory.quantities.consistency import induced_labelling_error
from pairbounds.theory.questions.merge_levels import RANDOM, SIMILARITY
from tests.real_data.colours import COLOURS


@pytest.fixture
def images(source):
    return source.dataset


def test_features_of_the_colour_alone_leave_no_error(images):
    """Each image has its colour, which is its class, as a caption: merging by it loses nothing, at random much."""
    texts = sorted({text for own in images.captions for text in own})
    number = {name: row for row, name in enumerate(COLOURS)}
    colour = np.array([[float(number.get(word, 9) == n) for n in range(4)] for word in (t.split()[0] for t in texts)])
    pixels = np.eye(4)[images.labels] + 0.01 * np.random.default_rng(0).standard_normal((len(images), 4))
    settings = Settings(splits=2, k=4, factor=4)
    found = measured(images, pixels, dict(zip(texts, colour, strict=True)), settings, 0)
    assert set(found["by"]) == {"letters", "meaning", "images", "keywords"}
    assert found.loc[found["level"] == "as they are", "error"].max() == 0
    for by, level in (("meaning", "15 groups"), ("images", "7 groups")):
        most = found[(found["by"] == by) & (found["level"] == level)].groupby("kind")["alpha_t"].max()
        assert most[SIMILARITY] == pytest.approx(0, abs=1e-12)
        assert most[RANDOM] > 0.3
    assert found["split"].nunique() == 2
    assert (found["bound"] >= found["mse"] - 1e-9).all()


def test_ways_to_use_keywords_are_channels_of_all_joined(images):
    """By theorem 30 each way has an α_T of at least that of all joined."""
    graph = caption_graph(images)
    seen = np.arange(graph.n_left) % 2 == 0
    found = dict(ways(images, graph, seen))
    assert list(found) == ["each keyword", "first keyword", "commonest keyword", "all joined"]
    joined = induced_labelling_error(found["all joined"])
    for one in found.values():
        assert one.left_ids.tolist() == graph.left_ids.tolist()
        assert induced_labelling_error(one) >= joined - 1e-12
    uses = dict(zip(graph.right_ids, np.asarray((graph.joint[seen] > 0).sum(axis=0)), strict=True))
    allowed = {
        "each keyword": lambda own: own,
        "first keyword": lambda own: own[:1],
        "commonest keyword": lambda own: [text for text in own if uses[text] == max(map(uses.get, own))],
        "all joined": lambda own: [BETWEEN.join(own)],
    }
    captions = dict(zip(images.ids, images.captions, strict=True))
    for level, one in found.items():
        for row, column in zip(*one.joint.nonzero(), strict=True):
            assert one.right_ids[column] in allowed[level](captions[one.left_ids[row]])

"""The study of coarser captions, on a small data set with known facts."""

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
    """Each image has its colour, which is its class, as a caption: merging by colour loses nothing, at random much."""
    texts = sorted({text for texts_of_image in images.captions for text in texts_of_image})
    number = {name: row for row, name in enumerate(COLOURS)}
    colour = np.array([[float(number.get(word, 9) == n) for n in range(4)] for word in (t.split()[0] for t in texts)])
    pixels = np.eye(4)[images.labels] + 0.01 * np.random.default_rng(0).standard_normal((len(images), 4))
    settings = Settings(splits=2, k=4, factor=4)
    result = measured(images, pixels, dict(zip(texts, colour, strict=True)), settings, 0)
    assert set(result["by"]) == {"letters", "meaning", "images", "keywords"}
    assert result.loc[result["level"] == "as they are", "error"].max() == 0
    for similarity, level in (("meaning", "15 groups"), ("images", "7 groups")):
        largest = result[(result["by"] == similarity) & (result["level"] == level)].groupby("kind")["alpha_t"].max()
        assert largest[SIMILARITY] == pytest.approx(0, abs=1e-12)
        assert largest[RANDOM] > 0.3
    assert result["split"].nunique() == 2
    assert (result["bound"] >= result["mse"] - 1e-9).all()


def test_ways_to_use_keywords_are_channels_of_all_joined(images):
    """By theorem 30 each way has an α_T of at least that of all joined."""
    graph = caption_graph(images)
    labelled = np.arange(graph.n_left) % 2 == 0
    result = dict(ways(images, graph, labelled))
    assert list(result) == ["each keyword", "first keyword", "commonest keyword", "all joined"]
    joined = induced_labelling_error(result["all joined"])
    for graph_of_way in result.values():
        assert graph_of_way.left_ids.tolist() == graph.left_ids.tolist()
        assert induced_labelling_error(graph_of_way) >= joined - 1e-12
    uses = dict(zip(graph.right_ids, np.asarray((graph.joint[labelled] > 0).sum(axis=0)), strict=True))
    allowed = {
        "each keyword": lambda texts: texts,
        "first keyword": lambda texts: texts[:1],
        "commonest keyword": lambda texts: [text for text in texts if uses[text] == max(map(uses.get, texts))],
        "all joined": lambda texts: [BETWEEN.join(texts)],
    }
    captions = dict(zip(images.ids, images.captions, strict=True))
    for level, graph_of_way in result.items():
        for row, column in zip(*graph_of_way.joint.nonzero(), strict=True):
            assert graph_of_way.right_ids[column] in allowed[level](captions[graph_of_way.left_ids[row]])

"""Scores of the study of exchanged captions against naive loops and cleanlab, and on planted errors."""

import numpy as np
import pytest
from cleanlab.rank import get_label_quality_scores

from pairbounds import LatentWorld
from pairbounds.real_data.studies.wrong_captions import (
    centroid_cosines,
    held_out_probabilities,
    judged,
    label_quality,
)
from pairbounds.simulations.observations import image_features

IMAGES, CAPTIONS = np.array([0, 0, 1, 1, 2, 3, 3]), np.array([0, 1, 0, 2, 0, 2, 3])
LABELS = np.array([0, 1, 0, 1])


def test_the_centroid_is_that_of_the_other_images_of_the_caption():
    features = np.random.default_rng(0).standard_normal((4, 3))
    units = features - features.mean(axis=0)
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    for image, caption, cosine in zip(IMAGES, CAPTIONS, centroid_cosines(features, IMAGES, CAPTIONS), strict=True):
        unit_rows = [units[x] for x, c in zip(IMAGES, CAPTIONS, strict=True) if c == caption and x != image]
        total = sum(unit_rows, np.zeros(3))
        assert cosine == (pytest.approx(units[image] @ total / np.linalg.norm(total)) if unit_rows else np.inf)


def test_label_quality_is_the_default_of_cleanlab():
    probabilities = np.random.default_rng(0).dirichlet([1, 1], size=4)
    commonest = np.array([0, 0, 1, 1])  # classes of captions 0 to 3; ties take the first class
    expected = get_label_quality_scores(commonest[CAPTIONS], probabilities[IMAGES])
    np.testing.assert_allclose(label_quality(probabilities, IMAGES, CAPTIONS, LABELS), expected)


def test_every_score_ranks_planted_errors_above_chance():
    world = LatentWorld(n_positions=12)
    graph, features = world.caption_graph(noise=0, detail=0.3), image_features(world)
    probabilities = held_out_probabilities(features, graph.left_labels)
    rows = judged(graph, features, probabilities, 0.1, np.random.default_rng(0)).set_index("score")
    assert rows["precision"].drop("random").min() > 3 * rows["wrong"].iloc[0] / rows["rows"].iloc[0]
    assert (rows["dropped_wrong"].dropna() <= rows["dropped"].dropna()).all()

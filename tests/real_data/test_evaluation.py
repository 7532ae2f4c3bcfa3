"""Judgements of encoders by neighbours."""

import dataclasses

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from pairbounds.real_data.training.data import TrainingData
from pairbounds.real_data.training.encoder_runs import RESULT, run_all
from pairbounds.real_data.training.evaluation import nearest_neighbours
from pairbounds.real_data.training.recipe import Recipe
from pairbounds.real_data.training.run import Run
from pairbounds.real_data.training.splits import Split


def test_neighbours_vote_by_cosine():
    rng = np.random.default_rng(0)
    labels = rng.integers(3, size=60)
    features = rng.standard_normal((3, 5))[labels] + rng.standard_normal((60, 5))
    features *= rng.uniform(0.1, 10, (60, 1))  # lengths say nothing
    parts = Split(np.arange(30), np.arange(30, 45), np.arange(45, 60))
    result = nearest_neighbours(features, labels, parts, 7)
    peer = KNeighborsClassifier(7, metric="cosine").fit(features[:30], labels[:30])  # ties take the first class
    assert result.test == pytest.approx(peer.score(features[45:], labels[45:]))
    assert 0.4 < result.test < 1
    few_images = Split(np.arange(3), np.arange(30, 45), np.arange(45, 60))
    commonest = np.bincount(labels[:3]).argmax()
    assert nearest_neighbours(features, labels, few_images, 20).test == pytest.approx(np.mean(labels[45:] == commonest))


@pytest.mark.usefixtures("quick_probe", "no_export")
def test_another_evaluation_does_not_train_again(source, tmp_path):
    run = Run("simclr", Recipe(epochs=2, batch=16, warmup=0), 0)
    studio = TrainingData(source, tmp_path / "cache", views=2, device="cpu")
    first = run_all([run], studio, tmp_path)
    assert first["knn_test"].between(0, 1).all()
    assert first["labels"].tolist() == ["colour", "greenish"]
    again = dataclasses.replace(studio, neighbours=60)
    second = run_all([run], again, tmp_path)
    assert not first["knn_test"].equals(second["knn_test"])
    assert second["seconds"].tolist() == first["seconds"].tolist()  # of the same training
    written_at = (tmp_path / run.key / RESULT).stat().st_mtime_ns
    run_all([run], again, tmp_path)
    assert (tmp_path / run.key / RESULT).stat().st_mtime_ns == written_at

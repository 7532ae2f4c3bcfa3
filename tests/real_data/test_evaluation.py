"""Judgements of encoders by neighbours and by texts, each against its formula."""

import dataclasses

import numpy as np
import open_clip
import pytest
import torch
from sklearn.neighbors import KNeighborsClassifier

from pairbounds.real_data.training.data import TrainingData
from pairbounds.real_data.training.encoder_runs import RESULT, run_all
from pairbounds.real_data.training.evaluation import nearest_neighbours, zero_shot
from pairbounds.real_data.training.networks import WordBag
from pairbounds.real_data.training.objectives.clip import ImageText
from pairbounds.real_data.training.recipe import Recipe
from pairbounds.real_data.training.run import Run
from pairbounds.real_data.training.splits import Split, split
from pairbounds.real_data.training.trainer import Trained


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


def test_texts_of_class_names_classify_what_learned_from_captions(source):
    dataset, rng = source.dataset, np.random.default_rng(0)
    objective = ImageText(
        6, dataset.captions, WordBag([text for words_of_image in dataset.captions for text in words_of_image], width=8)
    )
    features = rng.standard_normal((len(dataset), 6))
    parts = split(source.subjects, 0)
    trained = Trained(None, None, 0.0, objective)
    result = zero_shot(trained, features, dataset, dataset.labels, parts)
    prompts = [[template(name) for template in open_clip.SIMPLE_IMAGENET_TEMPLATES] for name in dataset.label_names]
    prototypes = torch.stack([objective.texts(texts).mean(dim=0) for texts in prompts])
    rows = objective.images(torch.from_numpy(features).float())
    classes = (rows @ torch.nn.functional.normalize(prototypes).T).argmax(dim=1).numpy()
    is_right = classes == dataset.labels
    assert result.test == pytest.approx(is_right[parts.test].mean())
    assert result.validation == pytest.approx(is_right[parts.validation].mean())
    for other, labels in ((Trained(None, None, 0.0), dataset.labels), (trained, dataset.label_sets["greenish"])):
        assert np.isnan(zero_shot(other, features, dataset, labels, parts).test)


@pytest.mark.usefixtures("quick_probe", "no_export")
def test_another_evaluation_does_not_train_again(source, tmp_path):
    run = Run("clip", Recipe(epochs=2, batch=16, warmup=0), 0)
    studio = TrainingData(source, tmp_path / "cache", views=2, device="cpu")
    first = run_all([run], studio, tmp_path)
    assert first.loc[0, ["zero_shot_test", "knn_test"]].between(0, 1).all()
    assert first.loc[1, "labels"] == "greenish"
    assert np.isnan(first.loc[1, "zero_shot_test"])  # its classes have no names
    again = dataclasses.replace(studio, neighbours=60)
    second = run_all([run], again, tmp_path)
    assert not first["knn_test"].equals(second["knn_test"])
    assert second["seconds"].tolist() == first["seconds"].tolist()  # of the same training
    written_at = (tmp_path / run.key / RESULT).stat().st_mtime_ns
    run_all([run], again, tmp_path)
    assert (tmp_path / run.key / RESULT).stat().st_mtime_ns == written_at

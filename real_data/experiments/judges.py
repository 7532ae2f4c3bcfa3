"""Evaluation of features: error of a ridge probe, and of the nearest neighbour."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from sklearn.linear_model import RidgeClassifierCV
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.real_data.encoders.encoder import unit_rows
from pairbounds.real_data.experiments.parts import TUNING, parts_of
from pairbounds.real_data.experiments.views import TWINS, correlated, views
from pairbounds.real_data.training.evaluation import Features

PENALTIES = np.logspace(-1, 4, 6)  # candidates of leave-one-out validation
COPIES = 4  # views of each judged image
FOLDS = 5


@dataclass(frozen=True, eq=False)
class Judged:
    """Views for the evaluation of every encoder of a split.

    Attributes
    ----------
    train, fit, judged : (n, 3, s, s), bytes; views of training images are not used for evaluation
    fit_images, judged_images : images of the views
    twins : share of the judged views dropped as near twins of a train or fit view
    """

    train: torch.Tensor
    fit: torch.Tensor
    judged: torch.Tensor
    fit_images: IntArray
    judged_images: IntArray
    twins: float


@lru_cache(maxsize=4)
def judged_views(name: str, number: int, root: str, cache: str) -> Judged:
    """The views of a split."""
    parts = parts_of(name, number, root, cache)
    rng = np.random.default_rng([2, number - TUNING])
    images = np.repeat(parts.judged, COPIES)
    train, fit, judged = (views(parts.pictures[own], rng) for own in (parts.train, parts.fit, images))
    known = correlated(torch.cat([train, fit]))
    nearest = torch.cat([(correlated(block) @ known.T).amax(1) for block in torch.split(judged, 256)])
    kept = (nearest < TWINS).numpy()
    return Judged(train, fit, judged[kept], parts.fit, images[kept], float(1 - kept.mean()))


def errors(
    features: Callable[[torch.Tensor], Features], shown: Judged, label_sets: Mapping[str, IntArray], subjects: IntArray
) -> list[dict[str, object]]:
    """Errors of a ridge classifier on standardised features, and of the nearest fit view, for each label set.

    Columns: labels, ridge, nearest; for each subject, as a base-36 digit, ridge_right and nearest_right (correctly
    classified views) and shown (views); and classes of the subjects, separated by "|".

    Parameters
    ----------
    label_sets : codes of the classes of each image of the data set
    subjects : subject of each image of the data set
    """
    fit, judged = features(shown.fit), features(shown.judged)
    probe = _ridge()
    nearest = KNeighborsClassifier(1, algorithm="brute")
    _, first, subject = np.unique(subjects[shown.judged_images], return_index=True, return_inverse=True)
    rows = []
    for name, labels in label_sets.items():
        known, truth = labels[shown.fit_images], labels[shown.judged_images]
        by_probe = probe.fit(fit, known).predict(judged)
        by_nearest = nearest.fit(unit_rows(fit - fit.mean(0)), known).predict(unit_rows(judged - fit.mean(0)))
        row: dict[str, object] = {
            "labels": name,
            "shown": _digits(np.bincount(subject)),
            "classes": "|".join(map(str, truth[first])),
        }
        for judge, answers in {"ridge": by_probe, "nearest": by_nearest}.items():
            counts = np.bincount(subject, answers == truth).astype(int)
            row |= {judge: np.mean(answers != truth), f"{judge}_right": _digits(counts)}
        rows.append(row)
    return rows


def cross_error(features: Features, labels: IntArray, subjects: IntArray) -> float:
    """Cross-validated error of the ridge classifier, with `FOLDS` folds of subjects."""
    answers = cross_val_predict(_ridge(), features, labels, groups=subjects, cv=GroupKFold(FOLDS))
    return float(np.mean(answers != labels))


def _digits(counts: IntArray) -> str:
    return "".join(np.base_repr(count, 36) for count in counts)


def _ridge() -> Pipeline:
    return make_pipeline(StandardScaler(), RidgeClassifierCV(PENALTIES))


def pixels(pictures: torch.Tensor) -> Features:
    """The pixels of views as features, (n, 3 s²)."""
    return np.asarray(pictures.flatten(1).float().numpy())

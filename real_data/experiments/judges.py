"""Judges of features: the share of images whose class a ridge probe, or the nearest image, does not find."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from sklearn.linear_model import RidgeClassifierCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.real_data.encoders.encoder import unit_rows
from pairbounds.real_data.experiments.parts import TUNING, parts_of
from pairbounds.real_data.experiments.views import TWINS, correlated, views
from pairbounds.real_data.training.evaluation import Features

PENALTIES = np.logspace(-1, 4, 6)  # of which leave-one-out chooses
COPIES = 4  # views of each judged image


@dataclass(frozen=True, eq=False)
class Judged:
    """Views that judge every encoder of a split alike.

    Attributes
    ----------
    fit, judged : (n, 3, s, s), bytes
    fit_images, judged_images : what they are views of
    twins : share of the judged views that were left out, as near twins of a view that trains or fits
    """

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
    return Judged(fit, judged[kept], parts.fit, images[kept], float(1 - kept.mean()))


def errors(
    features: Callable[[torch.Tensor], Features], shown: Judged, label_sets: Mapping[str, IntArray], subjects: IntArray
) -> list[dict[str, object]]:
    """For each label set the errors of a ridge classifier on standardised features, and of the nearest fitted view.

    Columns: labels, ridge, nearest; ridge_right and nearest_right, for each subject in its order how many of its views
    are found, a digit in base 36.

    Parameters
    ----------
    subjects : of each image of the data set
    """
    fit, judged = features(shown.fit), features(shown.judged)
    probe = make_pipeline(StandardScaler(), RidgeClassifierCV(PENALTIES))
    nearest = KNeighborsClassifier(1, algorithm="brute")
    subject = np.unique(subjects[shown.judged_images], return_inverse=True)[1]
    rows = []
    for name, labels in label_sets.items():
        known, truth = labels[shown.fit_images], labels[shown.judged_images]
        by_probe = probe.fit(fit, known).predict(judged)
        by_nearest = nearest.fit(unit_rows(fit - fit.mean(0)), known).predict(unit_rows(judged - fit.mean(0)))
        row: dict[str, object] = {"labels": name}
        for judge, answers in {"ridge": by_probe, "nearest": by_nearest}.items():
            counts = np.bincount(subject, answers == truth).astype(int)
            row |= {
                judge: np.mean(answers != truth),
                f"{judge}_right": "".join(np.base_repr(each, 36) for each in counts),
            }
        rows.append(row)
    return rows


def pixels(pictures: torch.Tensor) -> Features:
    """The pixels of views as features, (n, 3 s²)."""
    return np.asarray(pictures.flatten(1).float().numpy())

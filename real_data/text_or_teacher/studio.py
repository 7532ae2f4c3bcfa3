"""The data that the encoders of the experiment share: parts, guides, and classifiers that judge."""

import hashlib
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.encoders.efficientnet import EfficientNet
from pairbounds.real_data.encoders.encoder import unit_rows
from pairbounds.real_data.resampling import AddNewPositive, Rule
from pairbounds.real_data.text_or_teacher.merges import merged_tags
from pairbounds.real_data.text_or_teacher.parts import Icons
from pairbounds.real_data.text_or_teacher.teachers import ABOUT, Teachers, teachers
from pairbounds.real_data.training.data import TrainingData
from pairbounds.real_data.training.evaluation import Features
from pairbounds.real_data.training.run import Run
from pairbounds.real_data.training.splits import Split
from pairbounds.real_data.training.trainer import Trained
from pairbounds.real_data.training.view_batches import Batch, ViewPool, stored_pictures, view_pool
from pairbounds.real_data.training.view_guides import (
    CAPTIONS,
    HEADS,
    LABELS,
    MERGED,
    MERGED_MOST,
    NO_TEXT,
    RANDOM,
    SHUFFLED,
    SHUFFLED_HEAD,
    TEXT_HEAD,
    TIE_BREAK,
    VIEWS_HEAD,
    WIDTH,
    Guide,
)
from pairbounds.theory.quantities.consistency import class_indicators

ADDING, SIMCLR = "add_new_positive", "none"  # the rule of runs that have a guide; those that have none
# The primary contrast is that of the first two.
ARMS = (TEXT_HEAD, VIEWS_HEAD, SHUFFLED_HEAD, CAPTIONS, SHUFFLED, LABELS, RANDOM, SIMCLR, NO_TEXT)
# Of the classifier, which stops where its answers no longer change.
PENALTY, TOLERANCE = 0.1, 0.01


@dataclass(frozen=True, eq=False, kw_only=True)
class IconStudio(TrainingData):
    """Icons of the experiment.

    Attributes
    ----------
    icons : in their parts
    positives : images that a guide adds to an anchor, with both of their views
    folder : where the network below the heads is kept
    """

    icons: Icons
    positives: int
    folder: Path

    @property
    def key(self) -> str:
        """See `TrainingData`."""
        content = [super().key, self.icons.key, asdict(self.icons.sizes), self.positives, ABOUT, PENALTY, TOLERANCE]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    def split(self, seed: int) -> Split:
        """See `TrainingData`; `seed` is the number of the training set."""
        return self.icons.split(seed)

    def view_source(self, run: Run) -> ViewPool:
        """See `TrainingData`: of the images of a run's training set; guides see the images, and not their views."""
        own = self.split(run.seed).train
        pool = view_pool(self.icons.shown.take(own), self.views, run.strength, self.cache)
        return ViewPool(pool.pictures, row=self._rows_of(own))

    def guide(self, run: Run) -> Guide:
        """See `TrainingData`: both views of an image have its row, and ties are broken at random.

        What is drawn for that has a generator of its own, so that all arms see the same views.
        """
        own = self.split(run.seed).train
        rows, place = torch.from_numpy(self.guide_rows(run.guide, run.seed)).float(), self._rows_of(own)

        def guide(batch: Batch, _: np.random.Generator) -> torch.Tensor:
            rng = np.random.default_rng([run.weights, *batch.images])
            return torch.hstack([rows[place[batch.images]], random_rows(len(batch.images), rng)]).repeat(2, 1)

        return guide

    def rule(self, run: Run) -> str | Rule:
        """See `TrainingData`: both views of an added image are positives."""
        return AddNewPositive(count=2 * self.positives) if run.rule == ADDING else run.rule

    def guide_rows(self, guide: str, unit: int) -> FloatArray:
        """Unit rows by a guide, of the images of a training set; of length 0 where it knows nothing."""
        own, captions = self.split(unit).train, self.icons.shown.captions
        shown = self.icons.shown.take(own)
        if guide in HEADS:
            return unit_rows(self._head_rows(guide, unit, shown))
        if guide == NO_TEXT:
            return unit_rows(EfficientNet(pixels=shown.size or 0, device=self.device).encode_images(shown, self.cache))
        if guide == LABELS:
            return class_indicators(shown.labels).toarray()
        if guide == RANDOM:
            return np.zeros((len(own), 1))
        if guide in (MERGED, MERGED_MOST):
            captions = merged_tags(self.icons, unit)[0][guide]
        elif guide == SHUFFLED:
            captions = self.icons.shuffled
        counts = CountVectorizer(analyzer=tuple).fit_transform([captions[image] for image in own])
        return unit_rows(counts.toarray().astype(float))

    def _head_rows(self, kind: str, unit: int, shown: ImageTextDataset) -> FloatArray:
        """Rows through the head of a training set, which has a seed of its own and has not learned from that set."""
        head = self.teachers.head(kind, unit, shown.subjects)
        with torch.no_grad():
            return np.asarray(head(self.teachers.see(stored_pictures(shown, self.cache))).numpy())

    def _rows_of(self, own: IntArray) -> IntArray:
        row = np.full(len(self.icons.shown), -1)
        row[own] = np.arange(len(own))
        return row

    def judged_as(self, run: Run, trained: Trained, features: Features) -> Iterator[dict[str, object]]:  # noqa: ARG002 - shared
        """Shares of icons whose class is found, each among the classes of its own set, from the labelled icons of it.

        By logistic regression on standardised features; and by the nearest one, by cosine.

        Yields
        ------
        dict, with knn_validation and validation, knn_test and test, and the digits `knn_right` and `right`, 1 where an
        icon of the test is found, else 0. Of a run that tunes the test is not seen: digits are of the validation, and
        shares of the test NaN.
        """
        parts, (near, right) = self.split(run.seed), self.found(features)
        tunes = run.seed >= self.icons.sizes.units
        judged = parts.validation if tunes else parts.test
        yield {
            "labels": "set",
            "knn_validation": near[parts.validation].mean(),
            "validation": right[parts.validation].mean(),
            "knn_test": math.nan if tunes else near[parts.test].mean(),
            "test": math.nan if tunes else right[parts.test].mean(),
            "knn_right": "".join(map(str, near[judged].astype(int))),
            "right": "".join(map(str, right[judged].astype(int))),
        }

    def found(self, features: Features) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Icons whose class the nearest labelled icon of their set has, (n,); and those that the classifier finds."""
        near, right = np.zeros(len(features), dtype=bool), np.zeros(len(features), dtype=bool)
        rows = unit_rows(np.where(features.any(axis=1, keepdims=True), features, 1.0))
        for labels in self.icons.classes.values():
            known = self.icons.labelled[labels[self.icons.labelled] >= 0]
            own = np.flatnonzero(labels >= 0)
            near[own] = labels[known[(rows[own] @ rows[known].T).argmax(axis=1)]] == labels[own]
            probe = make_pipeline(StandardScaler(), LogisticRegression(C=PENALTY, tol=TOLERANCE, max_iter=1_000))
            right[own] = probe.fit(features[known], labels[known]).predict(features[own]) == labels[own]
        return near, right

    def prepare(self, runs: Sequence[Run]) -> None:
        """See `TrainingData`; the network below the heads too, which two processes would train at once."""
        super().prepare(runs)
        if {run.guide for run in runs} & {*HEADS}:
            _ = self.teachers

    @property
    def teachers(self) -> Teachers:
        """The network below the heads, with the features that they learn from."""
        return teachers(self.icons, self.cache, self.folder)


def random_rows(count: int, rng: np.random.Generator) -> torch.Tensor:
    """Rows of length `TIE_BREAK`, (count, 64), in directions of their own."""
    rows = TIE_BREAK * unit_rows(rng.standard_normal((count, WIDTH)))
    return torch.from_numpy(rows).float()

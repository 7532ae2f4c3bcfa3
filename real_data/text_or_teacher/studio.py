"""The data that the encoders of the experiment share: parts, guides, and classifiers that judge."""

import hashlib
import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.encoders.efficientnet import EfficientNet
from pairbounds.real_data.encoders.encoder import unit_rows
from pairbounds.real_data.pairings.views import views_of
from pairbounds.real_data.text_or_teacher.merges import merged_tags
from pairbounds.real_data.text_or_teacher.parts import Icons
from pairbounds.real_data.text_or_teacher.teachers import ABOUT, Teachers, teachers
from pairbounds.real_data.training.guides import (
    HEADS,
    MERGED,
    MERGED_MOST,
    NO_TEXT,
    SHUFFLED,
    Guide,
    exact_guide,
    guide_of,
)
from pairbounds.real_data.training.linear_probe import Features
from pairbounds.real_data.training.runs import Run, Studio
from pairbounds.real_data.training.splits import Split
from pairbounds.real_data.training.trainer import Trained
from pairbounds.real_data.training.views import ViewPool, view_pool


@dataclass(frozen=True, eq=False, kw_only=True)
class IconStudio(Studio):
    """Icons of the experiment.

    Attributes
    ----------
    icons : in their parts
    folder : where the network below the heads is kept
    """

    icons: Icons
    folder: Path

    @property
    def key(self) -> str:
        """See `Studio`."""
        content = [super().key, self.icons.taught.key, asdict(self.icons.sizes), ABOUT]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    def split(self, seed: int) -> Split:
        """See `Studio`; `seed` is the number of the training set."""
        return self.icons.split(seed)

    def view_source(self, run: Run) -> ViewPool:
        """See `Studio`: of the images of a run's training set alone."""
        own = self.split(run.seed).train
        shown = self.icons.shown.take(own)
        pool = view_pool(shown, self.views, run.strength, self.cache)
        seen: FloatArray | None = None
        if run.seen_by == NO_TEXT:
            seen = self.old_trunk(views_of(shown, self.views, run.strength, seed=0))
        elif run.seen_by in HEADS:
            flat = pool.pictures.reshape(-1, *pool.pictures.shape[2:])
            seen = self.head_rows(run.guide, run.seed, self.teachers.see(flat))
        row = np.full(len(self.icons.shown), -1)
        row[own] = np.arange(len(own))
        told = None if seen is None else seen.astype(np.float32).reshape(len(own), self.views, -1)
        return ViewPool(pool.pictures, told, row)

    def row_guide(self, run: Run) -> Guide:
        """See `Studio`."""
        if run.guide in (MERGED, MERGED_MOST):
            return exact_guide(merged_tags(self.icons, run.seed)[0][run.guide])
        return exact_guide(self.icons.shuffled) if run.guide == SHUFFLED else guide_of(run, self)

    def judged_as(self, run: Run, trained: Trained, features: Features) -> Iterator[dict[str, object]]:  # noqa: ARG002 - shared
        """Shares of icons whose class is found, each among the classes of its own set, from the labelled icons of it.

        By the nearest one, by cosine; and by logistic regression on standardised features, C = 1.

        Yields
        ------
        dict, with knn_validation and validation, knn_test and test, the share of nearest ones by set, and the digits
        `knn_right` and `right`, 1 where an icon of the test is found, else 0. Of a run that tunes the test is not seen:
        NaN, and no digits.
        """
        parts = self.split(run.seed)
        near, right = np.zeros(len(features), dtype=bool), np.zeros(len(features), dtype=bool)
        rows = unit_rows(np.where(features.any(axis=1, keepdims=True), features, 1.0))
        for labels in self.icons.classes.values():
            known = self.icons.labelled[labels[self.icons.labelled] >= 0]
            own = np.flatnonzero(labels >= 0)
            near[own] = labels[known[(rows[own] @ rows[known].T).argmax(axis=1)]] == labels[own]
            scale = StandardScaler().fit(features[known])
            probe = LogisticRegression(max_iter=1_000).fit(scale.transform(features[known]), labels[known])
            right[own] = probe.predict(scale.transform(features[own])) == labels[own]
        found: dict[str, object] = {"labels": "set"}
        found |= {"knn_validation": near[parts.validation].mean(), "validation": right[parts.validation].mean()}
        tunes, sets = run.seed >= self.icons.sizes.units, self.icons.sets[parts.test]
        for name, one in (("knn_", near[parts.test]), ("", right[parts.test])):
            found[f"{name}test"] = math.nan if tunes else float(one.mean())
            found[f"{name}right"] = "" if tunes else "".join(map(str, one.astype(int)))
        by_set = {name: float(near[parts.test][sets == name].mean()) for name in self.icons.classes}
        yield found | (dict.fromkeys(by_set, math.nan) if tunes else by_set)

    @property
    def teachers(self) -> Teachers:
        """The network below the heads, with the features that they learn from."""
        return teachers(self.icons.taught, self.cache, self.folder)

    def head_rows(self, kind: str, unit: int, rows: torch.Tensor) -> FloatArray:
        """Rows of the trunk's features through the head of a training set, which has a seed of its own."""
        head = self.teachers.head(kind, unit)
        with torch.no_grad():
            return np.asarray(head(rows).numpy())

    def old_trunk(self, images: ImageTextDataset) -> FloatArray:
        """Features by the network that learned from ImageNet's labels."""
        return EfficientNet(pixels=images.size or 0, device=self.device).encode_images(images, self.cache)

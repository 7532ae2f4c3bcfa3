"""Samples of labelled images: sampling design, weights and bootstrap."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.theory.bounds.theorem41_from_labels import LEAST_LABELS, LEAST_OF_CLASS

BLOCK = 2**22  # weights in memory


@dataclass(frozen=True, eq=False)
class LabelledSample:
    """Labelled images: a random sample, overall or by class, and images chosen by `next_labels`."""

    rows: IntArray  # (N,), distinct row numbers of the labelled images in the population
    labels: IntArray  # (N,), their class numbers, 0..r-1
    population: int  # number of all images
    chances: FloatArray  # (N,), probability of each chosen image, NaN for images drawn at random
    shares: FloatArray | None = None  # (r,), share of each class, if images were drawn class by class

    @classmethod
    def of(
        cls,
        classes: Mapping[int, Any],
        population: int,
        shares: Mapping[Any, float] | None = None,
        chances: Mapping[int, float] | None = None,
    ) -> "LabelledSample":
        """Build from the class of each row, class shares if drawn by class, and probabilities of chosen rows.

        `ValueError`: fewer than two classes; classes of shares and labels that differ; shares that do not sum to 1; a
        share for a class of one image; probabilities outside (0, 1], or for all rows.
        """
        rows = np.array(sorted(classes), dtype=np.int64)
        names, labels = np.unique(np.array([str(classes[row]) for row in rows.tolist()]), return_inverse=True)
        if len(names) < 2:
            raise ValueError(
                f"{len(rows)} labelled images have {len(names)} class: label images of at least two classes"
            )
        sample = cls(rows, labels.astype(np.int64), population, _chances(rows, chances or {}))
        if shares is None:
            return sample
        by_name = {str(name): float(share) for name, share in shares.items()}
        classes_drawn = {*names[sample.drawn.labels].tolist()}
        if different := sorted((by_name.keys() | {*names.tolist()}) - (by_name.keys() & classes_drawn)):
            raise ValueError(f"class {different[0]!r} has labels or a share, but not both: give both for each class")
        values = np.array([by_name[name] for name in names.tolist()])
        if abs(values.sum() - 1) > 1e-6 or not np.all(values > 0):
            raise ValueError(f"shares of classes sum to {values.sum():.6g}: give positive numbers that sum to 1")
        counts = np.bincount(sample.drawn.labels)
        if counts.min() < 2:
            raise ValueError(f"class {str(names[counts.argmin()])!r} has one labelled image: label two of each class")
        return replace(sample, shares=values)

    @property
    def chosen(self) -> npt.NDArray[np.bool_]:
        """True for images that were chosen, not drawn at random, (N,)."""
        return np.isfinite(self.chances)

    @property
    def drawn(self) -> "LabelledSample":
        """Images drawn at random; class numbers do not change."""
        random = ~self.chosen
        return replace(self, rows=self.rows[random], labels=self.labels[random], chances=self.chances[random])

    @property
    def design(self) -> dict[str, Any]:
        """Argument of theorem 41's estimates: the population, or the class masses if images were drawn by class."""
        if self.shares is None:
            return {"population": self.population}
        return {"masses": dict(enumerate(self.shares.tolist()))}

    @property
    def weights(self) -> FloatArray:
        """Weight of each labelled image, (N,), with sum 1.

        Images drawn at random have equal weights, or the class share divided by the class count. Chosen images give a
        second, uncorrelated estimate of a mean, with weights 1/probability (Hájek). The two are averaged such that a
        chosen image has on average the weight of any other image.
        """
        chosen = self.chosen
        if chosen.any():
            random = self.drawn
            part = chosen.mean() / (1 - len(random.rows) / self.population)
            inverse = 1 / self.chances[chosen]
            weights = np.empty(len(self.rows))
            weights[~chosen] = (1 - part) * random.weights + part / self.population
            weights[chosen] = chosen.mean() * inverse / inverse.sum()
            return weights
        if self.shares is None:
            return np.full(len(self.rows), 1 / len(self.rows))
        return (self.shares / np.bincount(self.labels))[self.labels]

    @property
    def too_few(self) -> str:
        """Reason for no intervals; empty if enough images were drawn at random."""
        random = self.drawn
        if len(random.rows) < LEAST_LABELS:
            return f"{len(random.rows)} labelled images are too few for a verdict: label {LEAST_LABELS}"
        smallest = int(np.bincount(random.labels).min())
        if self.shares is not None and smallest < LEAST_OF_CLASS:
            return f"a class has {smallest} labelled images, too few for a verdict: label {LEAST_OF_CLASS} of each"
        return ""

    def resampled(self, statistic: Callable[[FloatArray], FloatArray], resamples: int, seed: int) -> FloatArray:
        """Values of a statistic, (resamples, C), on bootstrap samples of the images, stratified like the sample.

        The statistic takes weights of the images, (b, N), to values, (b, C).
        """
        rng = np.random.default_rng(seed)
        step, weights, values = max(1, BLOCK // len(self.rows)), self.weights, []
        for start in range(0, resamples, step):
            block = np.zeros((min(step, resamples - start), len(self.rows)))
            for members in self._strata():
                size = len(members)
                counts = rng.multinomial(size, np.full(size, 1 / size), size=len(block))
                block[:, members] = counts * weights[members]
                block[:, members] *= weights[members].sum() / block[:, members].sum(axis=1, keepdims=True)
            values.append(statistic(block))
        return np.concatenate(values)

    def _strata(self) -> list[npt.NDArray[np.intp]]:
        parts = [~self.chosen]
        if self.shares is not None:
            parts = [~self.chosen & (self.labels == c) for c in range(len(self.shares))]
        return [np.flatnonzero(part) for part in (*parts, self.chosen) if part.any()]


def _chances(rows: IntArray, chances: Mapping[int, float]) -> FloatArray:
    values = np.array([chances.get(row, np.nan) for row in rows.tolist()], dtype=np.float64)
    if np.isfinite(values).all():
        raise ValueError("all labelled images have a probability: leave it empty for images drawn at random")
    if wrong := [value for value in chances.values() if not 0 < value <= 1]:
        raise ValueError(f"probability {wrong[0]:g} of an image is not in (0, 1]: copy it from the next images")
    return values

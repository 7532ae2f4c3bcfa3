"""Few labelled images of a population: how they were drawn, their weights, and their bootstrap."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.theory.bounds.theorem41_from_labels import LEAST_LABELS, LEAST_OF_CLASS

BLOCK = 2**22  # weights of resamples at a time


@dataclass(frozen=True, eq=False)
class LabelledSample:
    """Labelled images, drawn at random, or a number from each class.

    Attributes
    ----------
    rows : (N,), numbers of the labelled images in the population, each once
    labels : (N,), numbers of their classes, 0..r-1
    population : number of all images
    shares : (r,), share of each class in the population, for images drawn class by class; else `None`
    """

    rows: IntArray
    labels: IntArray
    population: int
    shares: FloatArray | None = None

    @classmethod
    def of(cls, classes: Mapping[int, Any], population: int, shares: Mapping[Any, float] | None) -> "LabelledSample":
        """From the class of each labelled row, and the share of each class where they were drawn class by class.

        `ValueError` for fewer than two classes, and shares that lack a class, name one without labels, or do not sum
        to 1.
        """
        rows = np.array(sorted(classes), dtype=np.int64)
        names, labels = np.unique(np.array([str(classes[row]) for row in rows.tolist()]), return_inverse=True)
        if len(names) < 2:
            raise ValueError(
                f"{len(rows)} labelled images have {len(names)} class: label images of at least two classes"
            )
        if shares is None:
            return cls(rows, labels.astype(np.int64), population)
        by_name = {str(name): float(share) for name, share in shares.items()}
        if different := sorted({*names.tolist()} ^ by_name.keys()):
            raise ValueError(
                f"class {different[0]!r} is in the labels or in the shares alone: give both for each class"
            )
        values = np.array([by_name[name] for name in names.tolist()])
        if abs(values.sum() - 1) > 1e-6 or not np.all(values > 0):
            raise ValueError(f"shares of classes sum to {values.sum():.6g}: give positive numbers that sum to 1")
        return cls(rows, labels.astype(np.int64), population, values)

    @property
    def weights(self) -> FloatArray:
        """Weight of each labelled image, (N,), with sum 1: equal, or the share of its class by the class's number."""
        if self.shares is None:
            return np.full(len(self.rows), 1 / len(self.rows))
        return (self.shares / np.bincount(self.labels))[self.labels]

    @property
    def too_few(self) -> str:
        """The reason why no interval is given, empty if there are enough labels."""
        if len(self.rows) < LEAST_LABELS:
            return f"{len(self.rows)} labelled images are too few for a verdict: label {LEAST_LABELS}"
        least = int(np.bincount(self.labels).min())
        if self.shares is not None and least < LEAST_OF_CLASS:
            return f"a class has {least} labelled images, too few for a verdict: label {LEAST_OF_CLASS} of each"
        return ""

    def resampled(self, statistic: Callable[[FloatArray], FloatArray], resamples: int, seed: int) -> FloatArray:
        """Values of a statistic on bootstrap samples of the images, (resamples, C); of each class, if so drawn.

        Parameters
        ----------
        statistic : of weights of the images, (b, N), to values, (b, C)
        """
        return np.concatenate([statistic(block) for block in self._resampled_weights(resamples, seed)])

    def _resampled_weights(self, resamples: int, seed: int) -> Iterator[FloatArray]:
        rng = np.random.default_rng(seed)
        step = max(1, BLOCK // len(self.rows))
        for start in range(0, resamples, step):
            block = np.zeros((min(step, resamples - start), len(self.rows)))
            for members in self._strata():
                size = len(members)
                counts = rng.multinomial(size, np.full(size, 1 / size), size=len(block))
                block[:, members] = counts * self.weights[members]
            yield block

    def _strata(self) -> list[npt.NDArray[np.intp]]:
        if self.shares is None:
            return [np.arange(len(self.rows))]
        return [np.flatnonzero(self.labels == c) for c in range(len(self.shares))]

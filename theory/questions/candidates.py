"""Candidates of a choice: training pairs or features of images."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy.typing as npt
import pandas as pd

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.theory.graph.graph_files import rows_by_id
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.through_features import validated_features

Candidate = PairGraph | pd.DataFrame | npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pair graph with the images on the left."""

    graph: PairGraph
    are_pairs = True

    @cached_property
    def ids(self) -> list[str]:
        """Ids of the images, as text."""
        return [*map(str, self.graph.left_ids)]

    def part(self, images: list[str], name: str) -> PairGraph:
        """Part of the graph with these images, in their order; not copied if these are all images in their order."""
        rows = rows_by_id(self.ids, images, name)
        return self.graph if self.ids == images else self.graph.part(rows)


@dataclass(frozen=True, eq=False)
class Features:
    """Features of images, with their ids as text."""

    features: npt.NDArray[Any]
    ids: list[str]
    are_pairs = False

    def part(self, images: list[str], name: str) -> FloatArray:
        """Rows of these images, (n, d), in their order.

        `ValueError`: the features are not finite, or not a matrix.
        """
        rows = rows_by_id(self.ids, images, name)
        try:
            return validated_features(self.features, len(self.ids))[rows]
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None


def as_candidate(candidate: Candidate) -> Pairs | Features:
    """Candidate from a graph, a DataFrame of features with ids as index, or an array of features of images 0..n-1."""
    if isinstance(candidate, PairGraph):  # what a user gives, of any of three types
        return Pairs(candidate)
    if isinstance(candidate, pd.DataFrame):
        return Features(candidate.to_numpy(), [*map(str, candidate.index)])
    return Features(candidate, [*map(str, range(len(candidate)))])


def are_pairs(candidates: Mapping[str, Pairs | Features]) -> bool:
    """True if the candidates are graphs, and False if they are features.

    `ValueError`: there are both.
    """
    kinds: dict[bool, str] = {}  # the first candidate of each
    for name, candidate in candidates.items():
        kinds.setdefault(candidate.are_pairs, name)
    if len(kinds) > 1:
        raise ValueError(
            f"{kinds[True]} has pairs and {kinds[False]} has features: their numbers are not comparable. Choose among "
            "pairs only, or among features only."
        )
    return True in kinds


def common_images(candidates: Mapping[str, Pairs | Features], labels: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Ids of the images in all candidates, in the order of the first, and sentences on images left out."""
    for name, candidate in candidates.items():
        rows_by_id(candidate.ids, (), name)  # raises for repeated ids
    every = {*()}.union(*(candidate.ids for candidate in candidates.values()))
    if unknown := [image for image in labels if image not in every]:
        raise ValueError(
            f"labels: {len(unknown)} of {len(labels)} images are in no candidate, for example {unknown[0]!r}. "
            "Give the ids of the candidates."
        )
    shared = set.intersection(*(set(candidate.ids) for candidate in candidates.values()))
    common = [image for image in next(iter(candidates.values())).ids if image in shared]
    if not common:
        raise ValueError("the candidates have no image in common: give them the same ids")
    words = []
    if left_out := len(every) - len(common):
        labelled = sum(image not in shared for image in labels)
        words = [f"{left_out} images, {labelled} of them labelled, are missing in a candidate and left out of all."]
    return common, words

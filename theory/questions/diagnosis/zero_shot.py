"""Zero-shot prediction by prompts, compared with prediction by captions of each class."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.special

from pairbounds.infrastructure.arrays import FloatArray, IntArray, rounded, without_torch
from pairbounds.theory.bounds.theorem39_prompts import prompt_ensemble
from pairbounds.theory.graph.classes import class_indicators
from pairbounds.theory.graph.labels import UNLABELLED
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.questions.diagnosis.losses import Rows, embedding
from pairbounds.theory.questions.diagnosis.retrieval import TIE

MOST_IMAGES = 10_000  # of larger sets, a random subset
SAMPLE = 2_000  # images for the disagreement of prompt sets


def labelled_nodes(graph: PairGraph) -> tuple[IntArray, IntArray, list[str]]:
    """Labelled images, their classes in 0..r-1, and class names; empty without labels."""
    labels, names = graph.left_labels, graph.class_names
    nodes = np.flatnonzero(np.zeros(0) if labels is None else labels != UNLABELLED)
    present, classes = np.unique(nodes if labels is None else labels[nodes], return_inverse=True)
    return nodes, classes, [str(number) if names is None else names[number] for number in present]


@dataclass(frozen=True, eq=False)
class ZeroShot:
    """Prompts of classes, and labelled images to classify."""

    nodes: IntArray  # (n,), images
    classes: IntArray  # (n,), in 0..r-1
    names: list[str]  # of the classes
    sets: list[Rows]  # r arrays (M_c, d), prompts of each class
    texts: Rows  # (r, d), mean prompt of each class

    @classmethod
    def of(cls, graph: PairGraph, prompts: Mapping[Any, Any], loss: str, width: int, seed: int) -> "ZeroShot":
        """Build from prompts by class; `ValueError`: no labels, a class without a prompt, or a wrong width."""
        nodes, classes, names = labelled_nodes(graph)
        if not names:
            raise ValueError("prompts need classes of the images: give labels")
        by_class = {str(name): np.atleast_2d(without_torch(rows)) for name, rows in prompts.items()}
        if missing := [name for name in names if name not in by_class]:
            raise ValueError(f"prompts lack {len(missing)} of {len(names)} classes, for example {missing[0]!r}")
        sets = [embedding(f"the prompt of {name!r}", by_class[name], loss) for name in names]
        for name, rows in zip(names, sets, strict=True):
            if rows.shape[1] != width:
                raise ValueError(f"the prompt of {name!r} has width {rows.shape[1]}, and texts have width {width}")
        texts = embedding("the mean of prompts", np.stack([rows.mean(axis=0) for rows in sets]), loss)
        chosen = np.sort(np.random.default_rng(seed).permutation(len(nodes))[:MOST_IMAGES])
        return cls(nodes[chosen], classes[chosen], names, sets, texts)

    def caption_scores(self, graph: PairGraph, images: Rows, texts: Rows, seed: int) -> FloatArray:
        """Scores of images, (n, r), with the mean caption of each class in the other half of the images."""
        half = np.random.default_rng(seed).random(len(self.nodes)) < 0.5
        scores = np.empty((len(self.nodes), len(self.names)))
        for part in (half, ~half):
            indicators = class_indicators(self.classes[~part], np.arange(len(self.names)))
            means = np.asarray((indicators.T @ graph.joint[self.nodes[~part]]) @ texts)
            sizes = np.linalg.norm(means, axis=1, keepdims=True)
            means = np.where(sizes > 0, means / np.maximum(sizes, 1e-30), self.texts)
            scores[part] = images[self.nodes[part]] @ means.T
        return scores

    def by_class(self, scores: npt.NDArray[Any]) -> tuple[FloatArray, FloatArray]:
        """Average precision (chance level: share of the class) and F1 of each class, from scores (n, r)."""
        from sklearn.metrics import average_precision_score, f1_score

        numbers = np.arange(len(self.names))
        ranked, present = np.zeros(len(numbers)), np.unique(self.classes)
        ranked[present] = average_precision_score(self.classes[:, None] == present, scores[:, present], average=None)
        return ranked, f1_score(self.classes, winners(scores), labels=numbers, average=None, zero_division=0.0)

    def ensemble(self, images: Rows, temperature: float, seed: int) -> str:
        """Sentence on the disagreement of prompt sets (theorem 39); empty if there is only one set."""
        if (count := min(map(len, self.sets))) < 2:
            return ""
        chosen = np.random.default_rng(seed).permutation(len(self.nodes))[:SAMPLE]
        texts = np.stack([rows[:count] for rows in self.sets], axis=2)
        shares = scipy.special.softmax(images[self.nodes[chosen]] @ texts / temperature, axis=2)
        errors = np.sum((shares - np.eye(len(self.sets))[self.classes[chosen]]) ** 2, axis=2).mean(axis=1)
        disagreement, bound = prompt_ensemble(shares, errors)
        return (
            f" The mean of {count} prompt sets has a squared error {disagreement:.3f} below the mean of theirs, and a "
            f"0-1 error of at most {rounded(bound, '<=', '.3f')} on these images (theorem 39)."
        )


def winners(scores: npt.NDArray[Any]) -> IntArray:
    """Class with the largest score of each row, (n,); -1 for ties."""
    two = np.partition(scores, -2, axis=1)[:, -2:]
    return np.where(two[:, 1] - two[:, 0] > TIE, scores.argmax(axis=1), -1)

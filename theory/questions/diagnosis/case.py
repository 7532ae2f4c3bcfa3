"""Embeddings and their pairs, with the measurements that several symptoms read."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.theory.graph.labels import UNLABELLED
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.questions.diagnosis.losses import ON_SPHERE, BatchScores, Losses, Rows, batch_losses
from pairbounds.theory.questions.diagnosis.retrieval import Retrieval, centred, retrieval

NO_SIGNAL = 0.1  # share of what the best critic gains: less counts as nothing; untrained encoders here had below .05

GAP_COST = 0.05  # of R@1; trained encoders here had below .02


@dataclass(frozen=True)
class Finding:
    """A symptom.

    Attributes
    ----------
    symptom, number, meaning : its name, what was measured, and what that means
    action : to take; empty if nothing is wrong
    severity : share of what the pairs allow that is lost, in [0, 1]; 0 if nothing is wrong
    """

    symptom: str
    number: str
    meaning: str
    action: str = ""
    severity: float = 0.0


@dataclass(frozen=True, eq=False)
class Case:
    """An encoder to diagnose: the arguments of `diagnose`, as they are used.

    Attributes
    ----------
    images, texts : (n_left, d) and (n_right, d), of unit rows if scores are cosines
    prompts : embeddings of the prompts of each class, (M, d), by its name
    before_head : (n_left, d')
    """

    images: Rows
    texts: Rows
    graph: PairGraph
    loss: str
    batch: int
    temperature: float | None
    bias: float | None
    prompts: Mapping[str, Rows] | None
    before_head: Rows | None
    seed: int

    @property
    def on_sphere(self) -> bool:
        """True if scores are cosines."""
        return self.loss in ON_SPHERE

    @cached_property
    def scores(self) -> BatchScores:
        """Scores on random batches."""
        return BatchScores.drawn(self.graph, self.images, self.texts, self.batch, self.seed)

    @cached_property
    def losses(self) -> Losses:
        """Losses on the same batches."""
        return self._losses(self.scores)

    @cached_property
    def losses_without_gap(self) -> Losses:
        """The same of centred embeddings, if centring helps."""
        if not self.centring_gain:
            return self.losses
        return self._losses(BatchScores.drawn(self.graph, *self.centred[:2], self.batch, self.seed))

    def _losses(self, scores: BatchScores) -> Losses:
        return batch_losses(scores, self.graph, self.loss, self.images.shape[1], self.temperature, self.bias)

    @property
    def has_signal(self) -> bool:
        """True if the embeddings tell pairs from others at any temperature."""
        return self.losses.learned >= NO_SIGNAL

    @cached_property
    def retrieval(self) -> Retrieval:
        """Retrieval with the embeddings as they are."""
        return retrieval(self.graph, self.images, self.texts, self.seed)

    @cached_property
    def centred(self) -> tuple[Rows, Rows, Retrieval]:
        """Both sides less their means, and retrieval with these."""
        graph = self.graph
        sides = (self.images, graph.left_marginal), (self.texts, graph.right_marginal)
        images, texts = (centred(rows, masses, on_sphere=self.on_sphere) for rows, masses in sides)
        return images, texts, retrieval(graph, images, texts, self.seed)

    @property
    def centring_gain(self) -> float:
        """R@1 that centring brings back; 0 if it is below `GAP_COST` or three standard errors."""
        gains = self.centred[2].first - self.retrieval.first
        gain, error = float(np.mean(gains)), float(np.std(gains) / np.sqrt(len(gains)))
        return gain if gain > max(GAP_COST, 3 * error) else 0.0

    @cached_property
    def classes(self) -> tuple[IntArray, IntArray, list[str]] | None:
        """Labelled images, the class of each in 0..r-1, and the names of classes; `None` without labels."""
        labels, names = self.graph.left_labels, self.graph.class_names
        if labels is None:
            return None
        nodes = np.flatnonzero(labels != UNLABELLED)
        present, own = np.unique(labels[nodes], return_inverse=True)
        return nodes, own, [str(number) if names is None else names[number] for number in present]

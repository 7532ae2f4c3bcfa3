"""Embeddings and their pairs, with the measurements that several symptoms use."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.metrics.feature_metrics import rankme
from pairbounds.theory.questions.diagnosis.losses import ON_SPHERE, BatchScores, Losses, Rows, batch_losses
from pairbounds.theory.questions.diagnosis.retrieval import Retrieval, centred, retrieval
from pairbounds.theory.questions.diagnosis.zero_shot import ZeroShot

# Thresholds chosen on encoders trained on LatentWorld, seeds 100-107, 200-203, 300-311; comments: their values.
NO_SIGNAL = 0.1  # minimum share of the best critic's gain; untrained encoders below .05
GAP_COST = 0.05  # of R@1; trained encoders below .02
LEAST_SPREAD = 0.1  # root of the share of energy outside the mean (as in SimSiam); collapsed .03, trained .9
ENERGY = 0.99
SAMPLE = 2_000  # rows of each side for rank and fit


@dataclass(frozen=True)
class Finding:
    """A symptom: name, measured numbers, meaning, action.

    `severity` is the lost share of the achievable value, in [0, 1]; 0 if nothing is wrong.
    """

    symptom: str
    number: str
    meaning: str
    action: str = ""
    severity: float = 0.0


@dataclass(frozen=True, eq=False)
class Case:
    """Arguments of `diagnose`; rows have unit length if scores are cosines."""

    images: Rows
    texts: Rows
    graph: PairGraph
    loss: str
    batch: int
    temperature: float | None
    bias: float | None
    zero_shot: ZeroShot | None
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
        width = self.images.shape[1]
        return batch_losses(self.scores, self.graph, self.loss, width, self.temperature, self.bias)

    @property
    def has_signal(self) -> bool:
        """True if the embeddings distinguish pairs from other combinations at some temperature."""
        return self.losses.learned >= NO_SIGNAL

    @cached_property
    def wrong_pairs(self) -> float:
        """Share of random pairs: Storey's estimate (2002), `2 Pr[rank > 1/2]`."""
        return min(1.0, 2 * float(np.mean(self.scores.ranks > 0.5)))

    @cached_property
    def retrieval(self) -> Retrieval:
        """Retrieval with the original embeddings."""
        return retrieval(self.graph, self.images, self.texts, self.seed)

    @cached_property
    def centred(self) -> tuple[Rows, Retrieval]:
        """Centred images, and retrieval with centred embeddings of both sides."""
        images, texts = (centred(rows, masses, on_sphere=self.on_sphere) for rows, masses in self._sides.values())
        return images, retrieval(self.graph, images, texts, self.seed)

    @property
    def _sides(self) -> dict[str, tuple[Rows, FloatArray]]:
        masses = self.graph.left_marginal, self.graph.right_marginal
        return {"images": (self.images, masses[0]), "texts": (self.texts, masses[1])}

    @property
    def centring_gain(self) -> float:
        """Gain of R@1 by centring; 0 if it is below `GAP_COST` or three standard errors."""
        gains = self.centred[1].first - self.retrieval.first
        gain, error = float(np.mean(gains)), float(np.std(gains) / np.sqrt(len(gains)))
        return gain if gain > max(GAP_COST, 3 * error) else 0.0

    @cached_property
    def geometry(self) -> dict[str, tuple[float, float, int]]:
        """`geometry` of each side with more than one row."""
        return {name: geometry(*side, self.seed) for name, side in self._sides.items() if len(side[0]) > 1}

    @property
    def least_rank(self) -> float:
        """Minimum RankMe: root of the width or, if smaller, of the smaller side's effective number of nodes minus 1."""
        nodes = min(math.exp(float(-p @ np.log(p))) for _, p in self._sides.values())
        return math.sqrt(max(1.0, min(self.images.shape[1], nodes - 1)))

    @property
    def is_collapsed(self) -> bool:
        """True if the spread or RankMe of a side is below its minimum."""
        return any(spread < LEAST_SPREAD or rank < self.least_rank for spread, rank, _ in self.geometry.values())


def geometry(rows: Rows, masses: FloatArray, seed: int) -> tuple[float, float, int]:
    """Spread, in [0, 1], RankMe, and number of directions with share `ENERGY`, of the centred rows."""
    chosen = np.random.default_rng(seed).permutation(len(rows))[:SAMPLE]
    part, weights = rows[chosen].astype(np.float64), masses[chosen] / masses[chosen].sum()
    moved = (part - weights @ part) * np.sqrt(weights)[:, None]
    values = np.linalg.svd(moved, compute_uv=False) ** 2
    share = float(values.sum() / (weights @ np.sum(part**2, axis=1)))
    if share < 1e-10:  # round-off of float32
        return 0.0, 1.0, 1
    return math.sqrt(share), rankme(moved), int(np.searchsorted(np.cumsum(values), ENERGY * values.sum()) + 1)

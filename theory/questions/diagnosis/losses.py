"""Losses on batches of pairs: at the given and the best temperature, and of the best critic."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.optimize
import scipy.sparse as sp
import torch
from torch.nn.functional import cross_entropy, softplus

from pairbounds.infrastructure.arrays import FloatArray, without_torch
from pairbounds.theory.graph.neighbours import directions
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.population_infonce import pair_ratios

Rows = npt.NDArray[np.float32]

LOSSES = ("clip", "infonce", "siglip", "spectral")
ON_SPHERE = ("clip", "siglip")  # their scores are cosines
ANCHORS = 2048  # of each side
MOST_SCORES = 2**24  # of a side in memory: 64 MB
ROUNDING = 1e-5  # relative, of losses in float32
SCALES = (1e-1, 1e3)  # range of inverse temperatures, relative to the largest score; the limit of CLIP is 100


def embedding(name: str, values: Any, loss: str) -> Rows:
    """Convert rows to float32, of unit length if scores are cosines; `ValueError` names invalid rows."""
    unit = directions(name, values)
    return unit if loss in ON_SPHERE else np.asarray(without_torch(values), dtype=np.float32)


class Losses(NamedTuple):
    """Losses on batches: best constant score, best critic, given temperature, best temperature.

    `given` is NaN without a temperature; `temperature` and `bias` are the best values.
    """

    nothing: float
    floor: float
    given: float
    best: float
    temperature: float
    bias: float

    def share(self, nats: float) -> float:
        """Share, in [0, 1], of the best critic's gain over a constant score; 1 if there is no gain."""
        room = self.nothing - self.floor
        return float(np.clip(nats / room, 0.0, 1.0)) if room > ROUNDING * abs(self.nothing) else 1.0

    @property
    def learned(self) -> float:
        """Share of the gain that the embeddings reach at their best temperature."""
        return self.share(self.nothing - self.best)

    @property
    def lost(self) -> float:
        """Share of the gain that the given temperature loses; 0 without a temperature."""
        return 0.0 if math.isnan(self.given) else self.share(self.given - self.best)


@dataclass(frozen=True, eq=False)
class BatchScores:
    """Scores of anchors with the other side of their batch of B independent pairs."""

    sides: tuple[torch.Tensor, torch.Tensor]  # (A, B) each, image anchors with texts, and text anchors with images
    # (A, B) each, `P(x, l) / (p_L(x) p_R(l))` of the same entries, for the best critic
    ratios: tuple[torch.Tensor, torch.Tensor]
    pairs: torch.Tensor  # (A,), column of the anchor's pair

    @classmethod
    def drawn(cls, graph: PairGraph, images: Rows, texts: Rows, batch: int, seed: int) -> "BatchScores":
        """Scores of `ANCHORS` of each side, or of as many as `MOST_SCORES` allow."""
        rng, joint, parts = np.random.default_rng(seed), graph.joint, []
        ends = np.array(joint.tocoo().coords, dtype=np.int64)
        ratios = sp.csr_array((pair_ratios(graph), joint.indices, joint.indptr), joint.shape)
        count = min(batch, ANCHORS, max(1, MOST_SCORES // batch))
        for _ in range(max(1, min(ANCHORS, MOST_SCORES // batch) // count)):
            left, right = ends[:, rng.choice(joint.nnz, batch, p=joint.data / joint.data.sum())]
            x, l = left[:count], right[:count]  # noqa: E741 # of the anchors, as in the mathematics
            scores = images[x] @ texts[right].T, texts[l] @ images[left].T
            parts.append((*scores, ratios[x][:, right].toarray(), ratios[left][:, l].toarray().T))
        stacked = [torch.from_numpy(np.concatenate(part).astype(np.float32)) for part in zip(*parts, strict=True)]
        return cls((stacked[0], stacked[1]), (stacked[2], stacked[3]), torch.arange(count).repeat(len(parts)))

    @property
    def prior(self) -> float:
        """Log-odds of a pair: a text of the batch belongs to the image with probability 1/B."""
        return -math.log(self.sides[0].shape[1] - 1)

    @property
    def of_pairs(self) -> torch.Tensor:
        """Scores of the anchors' pairs, (A,)."""
        return self.sides[0].gather(1, self.pairs[:, None])[:, 0]

    @property
    def ranks(self) -> FloatArray:
        """Share of texts that are no pair of the anchor and score at least as high as its pair, (A,)."""
        is_wrong = self.ratios[0] == 0
        above = ((self.sides[0] >= self.of_pairs[:, None]) & is_wrong).sum(1) / is_wrong.sum(1).clamp(min=1)
        return np.asarray(above.numpy(), dtype=np.float64)

    def loss(self, name: str, scale: float, bias: float | None = None) -> float:
        """Loss of the scaled scores, by name in `LOSSES`; SigLIP without a bias uses the best bias."""
        if name == "siglip":
            return self.best_bias(scale)[1] if bias is None else self._sigmoid(scale, bias)
        if name == "spectral":
            pairs, negatives = self.of_pairs, self.sides[0].shape[1] - 1
            squares = (self.sides[0].square().sum(1) - pairs.square()) / negatives
            return float((scale**2 * squares - 2 * scale * pairs).mean())
        return sum(float(cross_entropy(scale * side, self.pairs)) for side in self.sides) / 2

    def _sigmoid(self, scale: float, bias: float) -> float:
        """Sigmoid loss: sum over the texts of a batch, mean over images."""
        return float((softplus(scale * self.sides[0] + bias).sum(1) - scale * self.of_pairs - bias).mean())

    def best_bias(self, scale: float) -> tuple[float, float]:
        """Best bias of SigLIP, and its loss."""
        reach = 5 + 2 * scale * float(self.sides[0].abs().max())
        middle = self.prior - scale * float(self.of_pairs.mean())
        return _least(lambda bias: self._sigmoid(scale, bias), middle - reach, middle + reach)


def batch_losses(
    scores: BatchScores, graph: PairGraph, loss: str, width: int, temperature: float | None, bias: float | None
) -> Losses:
    """Losses by name (`LOSSES`), InfoNCE in nats; the best temperature is within `SCALES`.

    On the same batches the best critic is log r for InfoNCE (theorem 29), and for the sigmoid loss the log-odds
    `log r - log(B - 1)` of a pair. The spectral loss is -1 for a constant score, and at least `-min(k, E_P r)`
    (theorem 2); its temperature divides the scores.
    """
    critic = replace(scores, sides=(scores.ratios[0].log(), scores.ratios[1].log()))
    nothing, floor = scores.loss(loss, 0.0, scores.prior), critic.loss(loss, 1.0, scores.prior)
    if loss == "spectral":
        nothing, floor = -1.0, -min(float(width), float(graph.joint.data @ pair_ratios(graph)))
    largest = 1.0 if loss in ON_SPHERE else max(float(side.abs().max()) for side in scores.sides)
    ends = np.log(SCALES) - math.log(largest or 1.0)
    log_scale, best = _least(lambda log_scale: scores.loss(loss, math.exp(log_scale)), *ends)
    current = math.nan
    if temperature is not None or loss == "spectral":
        current = scores.loss(loss, 1 / (temperature or 1.0), bias)
    best_bias = scores.best_bias(math.exp(log_scale))[0] if loss == "siglip" else 0.0
    return Losses(nothing, floor, current, min(best, nothing), math.exp(-log_scale), best_bias)


def _least(function: Callable[[float], float], low: float, high: float) -> tuple[float, float]:
    """Argument and value of the minimum of a unimodal function."""
    result: Any = scipy.optimize.minimize_scalar(
        function, bounds=(low, high), method="bounded", options={"xatol": 0.01}
    )
    return float(result.x), float(result.fun)

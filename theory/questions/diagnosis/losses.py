"""Losses of embeddings on batches of their pairs: as given, at the best temperature, and of the best critic."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.optimize
import scipy.sparse as sp
import torch
from torch.nn.functional import softplus

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.population_infonce import pair_ratios

Rows = npt.NDArray[np.float32]

LOSSES = ("clip", "infonce", "siglip", "spectral")
ON_SPHERE = ("clip", "siglip")  # their scores are cosines
ANCHORS = 2048  # of each side, whose losses are averaged
MOST_SCORES = 2**24  # of a side that are held at once: 64 MB
ROUNDING = 1e-5  # of losses in float32, relative
SCALES = (1e-1, 1e3)  # inverse temperatures that are tried, by the largest score: CLIP's end is 100


class Losses(NamedTuple):
    """Losses on batches: of the best constant score, of the best critic, at the given and at the best temperature.

    `given` is NaN without a temperature; `temperature` and `bias` are the best ones.
    """

    nothing: float
    floor: float
    given: float
    best: float
    temperature: float
    bias: float = 0.0

    def share(self, nats: float) -> float:
        """Share, in [0, 1], of what the best critic gains beside a constant score; 1 where that is nothing."""
        room = self.nothing - self.floor
        return float(np.clip(nats / room, 0.0, 1.0)) if room > ROUNDING * abs(self.nothing) else 1.0

    @property
    def learned(self) -> float:
        """Share that the embeddings gain at their best temperature."""
        return self.share(self.nothing - self.best)

    @property
    def lost(self) -> float:
        """Share that the given temperature loses beside the best; 0 without one."""
        return 0.0 if math.isnan(self.given) else self.share(self.given - self.best)


@dataclass(frozen=True, eq=False)
class BatchScores:
    """Scores of anchors with the other ends of their batch, of B pairs that are drawn independently.

    Attributes
    ----------
    to_texts, to_images : (A, B), of image and of caption anchors
    pairs : (A, 1), the column of the anchor's pair
    ratios : (2 A, B), `P(x, l) / (p_L(x) p_R(l))` of the same, which the best critic knows
    """

    to_texts: torch.Tensor
    to_images: torch.Tensor
    pairs: torch.Tensor
    ratios: torch.Tensor

    @classmethod
    def drawn(cls, graph: PairGraph, images: Rows, texts: Rows, batch: int, seed: int) -> "BatchScores":
        """Scores of `ANCHORS` of each side, or of as many as `MOST_SCORES` allow."""
        rng, joint, parts = np.random.default_rng(seed), graph.joint, []
        anchors = min(batch, ANCHORS, max(1, MOST_SCORES // batch))
        ends, by_column = [index.astype(np.int64) for index in joint.tocoo().coords], joint.tocsc()
        for _ in range(max(1, min(ANCHORS, MOST_SCORES // batch) // anchors)):
            drawn = rng.choice(joint.nnz, batch, p=joint.data / joint.data.sum())
            left, right = (index[drawn] for index in ends)
            x, l = left[:anchors], right[:anchors]  # noqa: E741 # of the anchors, as in the mathematics
            of_images = joint[x][:, right].toarray() / graph.left_marginal[x, None] / graph.right_marginal[right]
            of_texts = sp.csr_array(by_column[:, l].T)[:, left].toarray() / graph.right_marginal[l, None]
            scores = images[x] @ texts[right].T, texts[l] @ images[left].T
            parts.append((*scores, of_images, of_texts / graph.left_marginal[left]))
        joined = [torch.from_numpy(np.concatenate(part).astype(np.float32)) for part in zip(*parts, strict=True)]
        return cls(joined[0], joined[1], torch.arange(anchors).repeat(len(parts))[:, None], torch.cat(joined[2:]))

    @property
    def of_pairs(self) -> torch.Tensor:
        """Scores of the anchors' pairs, (A,)."""
        return self.to_texts.gather(1, self.pairs)[:, 0]

    @property
    def ranks(self) -> FloatArray:
        """Share of texts that are no pair of the anchor whose score is at least that of its pair, (A,); 0 of none."""
        others = self.ratios[: len(self.pairs)] == 0
        above = ((self.to_texts >= self.of_pairs[:, None]) & others).sum(1) / others.sum(1).clamp(min=1)
        return np.asarray(above.numpy(), dtype=np.float64)

    def infonce(self, scale: float) -> float:
        """Symmetric InfoNCE of the scores times a scale."""
        partitions = [torch.logsumexp(scale * side, 1).mean() for side in (self.to_texts, self.to_images)]
        return float(sum(partitions) / 2 - scale * self.of_pairs.mean())

    def sigmoid(self, scale: float, bias: float) -> float:
        """SigLIP's loss: for each image the sum over the texts of its batch."""
        logits = scale * self.to_texts + bias
        return float((softplus(logits).sum(1) - logits.gather(1, self.pairs)[:, 0]).mean())

    def best_bias(self, scale: float) -> tuple[float, float]:
        """The bias of the least `sigmoid`, and that loss."""
        reach = 5 + 2 * scale * float(self.to_texts.abs().max())
        middle = -math.log(self.to_texts.shape[1] - 1) - scale * float(self.of_pairs.mean())
        return _least(lambda bias: self.sigmoid(scale, bias), middle - reach, middle + reach)


def batch_losses(
    scores: BatchScores, graph: PairGraph, loss: str, width: int, temperature: float | None, bias: float | None
) -> Losses:
    """Losses by name (`LOSSES`), of InfoNCE in nats; the best temperature lies within `SCALES`.

    The best critic is that of theorem 29 for InfoNCE, on the same batches; for the sigmoid loss the posterior that two
    ends are a pair, `log r - log(B - 1)`. The spectral loss is -1 of a constant score, and at least `-min(k, E_P r)`
    (theorem 2); its temperature divides the scores.
    """
    size, own = scores.to_texts.shape[1], scores.ratios.gather(1, scores.pairs.repeat(2, 1))[:, 0]
    if loss == "spectral":
        mean = float(scores.of_pairs.mean())
        square = float(((scores.to_texts.square().sum(1) - scores.of_pairs.square()) / (size - 1)).mean())
        best = -(mean**2) / square if mean > 0 and square > 0 else 0.0
        floor = -min(float(width), float(graph.joint.data @ pair_ratios(graph)))
        return Losses(-1.0, floor, -2 * mean + square, min(best, -1.0), square / mean if best < 0 else math.inf)
    largest = 1.0 if loss in ON_SPHERE else float(max(scores.to_texts.abs().max(), scores.to_images.abs().max()))
    ends = np.log(SCALES) - math.log(largest or 1.0)
    if loss != "siglip":
        floor = float((scores.ratios.sum(1).log() - own.log()).mean())
        at, best = _least(lambda log_scale: scores.infonce(math.exp(log_scale)), *ends)
        given = math.nan if temperature is None else scores.infonce(1 / temperature)
        return Losses(math.log(size), floor, given, min(best, math.log(size)), math.exp(-at))
    negatives = torch.log1p(scores.ratios / (size - 1)).sum(1) - torch.log1p(own / (size - 1))
    floor = float((torch.log1p((size - 1) / own) + negatives).mean())
    nothing = math.log(size) + (size - 1) * math.log(size / (size - 1))
    at, best = _least(lambda log_scale: scores.best_bias(math.exp(log_scale))[1], *ends)
    given = math.nan
    if temperature is not None:
        given = scores.best_bias(1 / temperature)[1] if bias is None else scores.sigmoid(1 / temperature, bias)
    return Losses(nothing, floor, given, min(best, nothing), math.exp(-at), scores.best_bias(math.exp(at))[0])


def _least(function: Callable[[float], float], low: float, high: float) -> tuple[float, float]:
    """Place and value of the minimum of a function that has one."""
    result: Any = scipy.optimize.minimize_scalar(
        function, bounds=(low, high), method="bounded", options={"xatol": 0.01}
    )
    return float(result.x), float(result.fun)

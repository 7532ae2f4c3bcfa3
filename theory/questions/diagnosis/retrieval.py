"""Retrieval with an embedding of images and texts: ranks, hubs, and the ceiling due to shared captions."""

from typing import NamedTuple

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray, row_blocks
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.questions.diagnosis.losses import Rows

QUERIES = 5_000  # of each side, as in common benchmarks
BLOCK = 2**24  # scores in memory: 64 MB
TIE = 1e-6  # round-off of scores in float32


class Retrieval(NamedTuple):
    """Retrieval among distinct candidates: each partner is correct, and ties count as errors."""

    of_texts: IntArray  # (n,), number of wrong texts before the first correct one per image
    of_images: IntArray  # the reverse
    hub: int  # the main hub text
    hub_share: float  # share of images that are nearest to the hub
    hub_mass: float  # share of pairs of the hub

    @property
    def first(self) -> FloatArray:
        """R@1 of each query, in both directions."""
        return np.concatenate([self.of_texts < 1, self.of_images < 1]).astype(np.float64)


def retrieval(graph: PairGraph, images: Rows, texts: Rows, seed: int) -> Retrieval:
    """Exact retrieval for `QUERIES` random nodes of each side among all nodes of the other, in blocks."""
    rng = np.random.default_rng(seed)
    left, right = (np.sort(rng.permutation(n)[:QUERIES]) for n in graph.shape)
    of_texts, nearest = _ranks(images[left], texts, graph.joint[left])
    of_images, _ = _ranks(texts[right], images, sp.csr_array(graph.joint.tocsc()[:, right].T))
    shares = np.bincount(nearest, minlength=graph.n_right) / len(left)
    masses = graph.joint[left].sum(axis=0) / graph.left_marginal[left].sum()
    hub = int(np.argmax(shares - masses))
    return Retrieval(of_texts, of_images, hub, float(shares[hub]), float(masses[hub]))


def _ranks(queries: Rows, candidates: Rows, partners: sp.csr_array) -> tuple[IntArray, IntArray]:
    """Rank of the best partner, from 0, and nearest candidate, for each query."""
    ranks, nearest = (np.empty(len(queries), dtype=np.int64) for _ in range(2))
    for block in row_blocks(len(queries), len(candidates), BLOCK):
        scores = queries[block] @ candidates.T
        nearest[block] = scores.argmax(axis=1)
        part = partners[block]
        rows = np.repeat(np.arange(len(scores)), np.diff(part.indptr))
        best = np.maximum.reduceat(scores[rows, part.indices], part.indptr[:-1])
        scores[rows, part.indices] = -np.inf
        ranks[block] = np.count_nonzero(scores >= best[:, None] - TIE, axis=1)
    return ranks, nearest


def ceiling(graph: PairGraph, depth: int) -> float:
    """Maximum R@depth for a pair's own image, `E_P min(1, depth / m)`, if m images share the pair's caption."""
    images = np.diff(graph.joint.tocsc().indptr)
    return float(graph.right_marginal @ np.minimum(1.0, depth / images))


def centred(rows: Rows, masses: FloatArray | None, *, on_sphere: bool) -> Rows:
    """Rows minus their mean (default: equal masses), rescaled to unit length if scores are cosines."""
    moved = rows - np.average(rows, axis=0, weights=masses).astype(np.float32)
    lengths = np.linalg.norm(moved, axis=1, keepdims=True) if on_sphere else np.ones((1, 1))
    return np.asarray(moved / np.maximum(lengths, 1e-30), dtype=np.float32)

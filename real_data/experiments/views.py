"""Views drawn at every step, and partners of the images of a batch, drawn from a graph."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
import torch
from torch.nn.functional import affine_grid, grid_sample, normalize

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.real_data.training.view_batches import Batch, ViewSource
from pairbounds.theory.graph.pair_graph import PairGraph

PIXELS = 24  # pixels along a side of a view
TURN, ZOOM, SHIFT = 0.3, (-0.2, 0.3), 0.2  # maximum in radians; range of the log scale; maximum in half sides
INVERTED = 0.5  # share of the views
NOISE = 0.08  # standard deviation at each pixel, where white is 0 and black -1
TWINS = 0.9  # minimum pixel correlation of near twins
MEAN, DEVIATION = 127.5, 40.0  # mean and standard deviation of a view's bytes


def views(pictures: torch.Tensor, rng: np.random.Generator, strength: float = 1.0) -> torch.Tensor:
    """A view of each picture: turned, zoomed, shifted, half of them inverted, with noise, standardised.

    Parameters
    ----------
    pictures : (b, 3, s, s), bytes; or (b, 1, s, s), grey, whose views have three equal channels
    strength : strength of turn, zoom and shift; at 0 there is none, and no inversion

    Returns
    -------
    (b, 3, `PIXELS`, `PIXELS`), bytes.
    """
    count = len(pictures)
    turn, shift = TURN * strength * rng.uniform(-1, 1, count), SHIFT * strength * rng.uniform(-1, 1, (count, 2))
    zoom = np.exp(strength * rng.uniform(*ZOOM, count))
    map_to_source = np.empty((count, 2, 3))
    map_to_source[:, 0, :2] = np.column_stack([np.cos(turn), -np.sin(turn)]) * zoom[:, None]
    map_to_source[:, 1, :2] = np.column_stack([np.sin(turn), np.cos(turn)]) * zoom[:, None]
    map_to_source[:, :, 2] = shift
    grid = affine_grid(torch.from_numpy(map_to_source).float(), [count, 1, PIXELS, PIXELS], align_corners=False)
    seen = grid_sample(pictures.float() / 255 - 1, grid, align_corners=False)  # white is 0, also beyond the edges
    inverted = torch.from_numpy(rng.random(count) < (INVERTED if strength else 0)).view(-1, 1, 1, 1)
    seen = torch.where(inverted, -seen, seen)
    noise = torch.from_numpy(rng.standard_normal((count, 1, PIXELS, PIXELS), dtype=np.float32))
    seen = seen + NOISE * noise
    deviation, mean = torch.std_mean(seen, dim=(1, 2, 3), keepdim=True)
    standardised = (seen - mean) * (DEVIATION / (deviation + 1e-3)) + MEAN
    return standardised.clamp_(0, 255).to(torch.uint8).expand(-1, 3, -1, -1)


def correlated(pictures: torch.Tensor) -> torch.Tensor:
    """Centred unit rows of views, (n, 3 s²); their products are the pixel correlations."""
    rows = pictures.flatten(1).float()
    return normalize(rows - rows.mean(1, keepdim=True))


class Partners:
    """Sampler of the induced pairs of a graph: from an image to one of its right nodes to an image of that node."""

    def __init__(self, graph: PairGraph) -> None:
        self._nodes, self._from_images = _drawn_from(graph.joint)
        self._images, self._from_nodes = _drawn_from(sp.csr_array(graph.joint.T))

    def draw(self, images: IntArray, rng: np.random.Generator) -> IntArray:
        """A partner of each image, (b,)."""
        nodes = self._nodes[self._place(self._from_images, images, rng)]
        return self._images[self._place(self._from_nodes, nodes, rng)]

    @staticmethod
    def _place(cumulative: FloatArray, rows: IntArray, rng: np.random.Generator) -> IntArray:
        return np.searchsorted(cumulative, rows + rng.random(len(rows)), side="right")


def _drawn_from(joint: sp.csr_array) -> tuple[IntArray, FloatArray]:
    """Columns of all entries, and cumulated shares of the entries in their rows, from i to i + 1 in row i."""
    starts = np.asarray(joint.indptr, dtype=np.int64)
    rows = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    before = np.concatenate([[0.0], np.cumsum(joint.data)])
    shares = (before[1:] - before[starts[:-1]][rows]) / np.add.reduceat(joint.data, starts[:-1])[rows]
    ends = rows + np.minimum(shares, 1.0)
    ends[starts[1:] - 1] = np.arange(1, len(starts))
    return np.asarray(joint.indices, dtype=np.int64), np.asarray(ends)


@dataclass(frozen=True, eq=False)
class PartnerViews(ViewSource):
    """Batches with a view of each image, and a view of a random partner of the image.

    Attributes
    ----------
    pictures : (n, 3, s, s) or (n, 1, s, s), of the images of the graph
    partners : sampler of partners in the graph
    strength : strength of the views
    """

    pictures: torch.Tensor
    partners: Partners
    strength: float = 1.0

    def batches(self, batches: Sequence[IntArray], views_each: int, rng: np.random.Generator) -> Iterator[Batch]:
        """See `ViewSource`."""
        for images in batches:
            shown = [images, *(self.partners.draw(images, rng) for _ in range(views_each - 1))]
            yield Batch(images, views(self.pictures[np.concatenate(shown)], rng, self.strength), None)

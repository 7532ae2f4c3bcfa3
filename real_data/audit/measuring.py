"""Sums over the pairs of a graph, and its labelling errors with intervals.

Intervals of the labelling errors are for the population of images. The images are treated as independent draws, each
with its label and its captions. The standard error of a smooth function θ of their weights is that of the infinitesimal
jackknife, `√Σ_x (∂θ/∂w_x)²`. A bootstrap would pair resampled images with their own copies, and its percentiles would
lie below the true error.

With p the marginal of the images, β(x) their leaks, `q(l) = Σ_c P(c | l)²` and `s(l) = Σ_x P(x | l)²`: `α_T = A / N`,
`∂A/∂w_x = 2 p(x) β(x) - p(x) + Σ_l P(x, l) q(l)`, `∂N/∂w_x = p(x)`. For pairs of two different images it is
`A / (N - S)`, with `∂S/∂w_x = 2 Σ_l P(x, l)² / p_R(l) - Σ_l P(x, l) s(l)`.

Source: Efron, *The Jackknife, the Bootstrap and Other Resampling Plans*, 1982.
"""

from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import EPS, FloatArray
from pairbounds.theory.graph.classes import pairs_by_class
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.connectivity import cross_class_leaks
from pairbounds.theory.quantities.consistency import induced_labelling_error

CONFIDENCE = 0.95


def caption_squares(graph: PairGraph) -> FloatArray:
    """`Σ_x P(x, l)²` of each caption, (n_right,)."""
    return np.bincount(graph.joint.indices, graph.joint.data**2, graph.n_right).astype(np.float64)


def self_pair_masses(graph: PairGraph) -> FloatArray:
    """`Σ_l P(x, l)² / p_R(l)`, the mass of each image paired with itself, (n_left,)."""
    joint = graph.joint
    return np.add.reduceat(joint.data**2 / graph.right_marginal[joint.indices], joint.indptr[:-1]).astype(np.float64)


def class_shares(graph: PairGraph) -> sp.csc_array:
    """`P(c | l)`, csc_array (r, n_right) with the entries of `pairs_by_class`; exactly 1 for captions of one class."""
    by_class = pairs_by_class(graph)
    masses = np.add.reduceat(by_class.data, by_class.indptr[:-1])
    shares = by_class.data / np.repeat(masses, np.diff(by_class.indptr))
    return sp.csc_array((shares, by_class.indices, by_class.indptr), by_class.shape)


class Estimate(NamedTuple):
    """A value and an approximate interval of level `CONFIDENCE`."""

    value: float
    low: float
    high: float


def labelling_errors(graph: PairGraph) -> tuple[Estimate, Estimate | None]:
    """α_T, and the same for pairs of two different images, `None` without such pairs.

    If captions have few images, many of their pairs are self-pairs, which agree. Then α_T is smaller than with more
    images, and its interval does not show it. The second error has little bias.
    """
    p, alpha, self_pairs = graph.left_marginal, induced_labelling_error(graph), self_pair_masses(graph)
    shares = class_shares(graph)
    class_collisions = np.add.reduceat(shares.data**2, shares.indptr[:-1])
    image_collisions = caption_squares(graph) / graph.right_marginal**2
    crossing = 2 * p * cross_class_leaks(graph) - p + graph.joint @ class_collisions
    with_itself = 2 * self_pairs - graph.joint @ image_collisions
    distinct = 1 - float(self_pairs.sum())
    all_pairs = _estimate(alpha, crossing - alpha * p)
    if distinct <= np.sqrt(EPS):
        return all_pairs, None
    error = alpha / distinct
    return all_pairs, _estimate(error, (crossing - error * (p - with_itself)) / distinct)


def _estimate(value: float, influences: FloatArray) -> Estimate:
    reach = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) * float(np.linalg.norm(influences))
    return Estimate(value, max(0.0, value - reach), min(1.0, value + reach))

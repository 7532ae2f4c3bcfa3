"""Theorem 40: the caption vote: two hops measure its squared error without training.

In words: Where each image takes the mean vote of its captions, and each caption votes for the classes of its images,
the squared error follows from the consistency of one and of two hops.

The vote has the scores `s_c(x) = Σ_l P(l | x) P(c | l)`. It is *not* zero-shot classification: the image's own label
counts, so that a table in which every image has a caption to itself has error 0. With `leave_one_out=True` it does not;
then no identity holds, and an image that shares no caption counts as an error.

Proof: `docs/theorems/theorem40.md`. Source: put together here. Cost: a product of the pairs with the class shares of
their captions.
"""

from typing import NamedTuple

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import once, row_blocks
from pairbounds.theory.bounds.measured import QUANTITIES, Quantity
from pairbounds.theory.bounds.registry import exact
from pairbounds.theory.graph.classes import pairs_by_class
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.quantities.consistency import class_columns, guess_error
from pairbounds.theory.quantities.multihop_consistency import label_measure
from pairbounds.theory.quantities.scores import Standing, round_off

BLOCK = 2**22  # scores that are held at a time: 32 MB
KEPT = "less information: two hops, no spectrum"  # why the ledger keeps these rows, which are never the smallest bound


class CaptionVote(NamedTuple):
    """Errors of the caption vote, weighted by the left marginal.

    Attributes
    ----------
    error : 0-1 error, in [0, 1]; ties count as errors
    mse : `E ‖s(x) - onehot(y(x))‖²`
    doubt : by how much near ties, which count as errors, may take `error` beyond `2 mse`
    """

    error: float
    mse: float
    doubt: float


def caption_vote(graph: PairGraph, *, leave_one_out: bool = False) -> CaptionVote:
    """The vote of each image's captions for its class, by the classes of all images that the captions have.

    `leave_one_out`: leave the pairs of an image out of its own vote. Captions of that image alone do not vote then.
    `ValueError`: the graph lacks labels on the left.
    """
    classes = class_columns(graph)
    masses, joint = graph.left_marginal, graph.joint
    of_caption, left_out = graph.right_marginal[joint.indices], joint.data if leave_one_out else np.zeros(joint.nnz)
    shares = np.divide(joint.data, of_caption - left_out, out=np.zeros(joint.nnz), where=of_caption > left_out)
    noise = round_off(max(joint.shape)) * np.add.reduceat(shares * of_caption, joint.indptr[:-1]) / masses
    itself = np.add.reduceat(shares * left_out, joint.indptr[:-1]) / masses
    voters, by_class = sp.csr_array((shares, joint.indices, joint.indptr)), pairs_by_class(graph).T
    parts, misses = [], 0.0
    for rows in row_blocks(graph.n_left, by_class.shape[1], BLOCK):
        scores = (voters[rows] @ by_class).toarray() / masses[rows, None]
        images = np.arange(len(scores)), classes[rows]
        scores[images] -= itself[rows]
        parts.append(Standing.of(scores, noise[rows]))
        scores[images] -= 1
        misses += float(masses[rows] @ np.sum(scores**2, axis=1))
    standing = Standing.joined(parts)
    return CaptionVote(standing.error(masses, classes), misses, standing.doubt(masses))


@once
def _vote(graph: PairGraph) -> CaptionVote:
    return caption_vote(graph)


QUANTITIES["caption_vote_mse"] = Quantity(lambda encoder: _vote(encoder.graph).mse, of_graph=True)
QUANTITIES["caption_vote_error"] = Quantity(
    lambda encoder: _vote(encoder.graph).error,
    guess_error,
    doubt=lambda encoder: _vote(encoder.graph).doubt,
    of_graph=True,
)


@exact("caption-vote-mse", quantity="caption_vote_mse", relation="=", kept=KEPT)
def caption_vote_mse(graph: PairGraph) -> float:
    """`E ‖s - onehot‖² = 1 - 2 a_1 + a_2` of the caption vote, from the consistency of one and of two hops."""
    return _two_hops(graph)


@exact("caption-vote-error", quantity="caption_vote_error", kept=KEPT)
def caption_vote_error(graph: PairGraph, spectrum: Spectrum) -> float:
    """`E(s) <= 2 (1 - 2 a_1 + a_2)` of the caption vote, in which the image's own label counts."""
    return 2 * (_two_hops(graph) + spectrum.rounding)


def _two_hops(graph: PairGraph) -> float:
    """`1 - 2 a_1 + a_2`, as `(1 - a_1)²` and the variance of the label-energy measure: no difference of like terms."""
    jacobi = label_measure(graph, 1)
    return float((1 - jacobi.diagonal[0]) ** 2 + np.sum(jacobi.off_diagonal**2))

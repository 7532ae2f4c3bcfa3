"""Theorem 29: false negatives do not move the optimum of InfoNCE, and a batch of B pairs shows at most log B nats.

In words: With the captions of a batch as negatives the best critic is the pointwise mutual information at every batch
size, false negatives or not, but a batch of B pairs shows at most log B of the mutual information.

The pairs of a batch are independent, `r = P / (p_L p_R)`, and a batch shows `I_B = log B - inf L_B` of the mutual
information `I = E_P log r`, L_B being one direction of InfoNCE with repeated captions. (b) bounds I_B, (c) counts false
negatives, and in (d) pairs whose image has a guide's class γ of the anchor are no negatives of it. (b) and (d) suppose
a critic that scores every pair freely. Not covered: rules that look at the positive's caption, and epochs without
replacement.

Proof: `docs/theorems/theorem29.md`. Source: new here, in the form of van den Oord et al. 2018 and Poole et al. 2019,
who have `I_B <= min(I, log B)`. Cost: linear in the pairs.
"""

import math
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.graph.classes import class_indicators, required_labels
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.population_infonce import mutual_information, pair_ratios

if TYPE_CHECKING:
    import pandas as pd

LARGEST_BATCH = 2**40
ROUNDING = 1e-9  # smaller shares of a caption's pairs are round-off, and count as 0
TESTS = "tests/bounds/test_batches.py"


def batch_information(graph: PairGraph, batch: int) -> tuple[float, float]:
    """Lower and upper bound (b) on the mutual information that a batch of B pairs shows, in nats.

    `ValueError`: a batch of fewer than 2 pairs.
    """
    _require_batch(batch)
    # log(B r / (r + B - 1)), in a form that neither a large r nor a large B overflows.
    below = float(graph.joint.data @ -np.log(1 / batch + (1 - 1 / batch) / pair_ratios(graph)))
    return below, min(mutual_information(graph), math.log(batch))


def smallest_batch(graph: PairGraph, share: float = 0.95) -> int:
    """Smallest batch size whose lower bound in `batch_information` is at least a share of the mutual information.

    `ValueError`: a share that is not in (0, 1); a graph without information, whose sides are independent.
    """
    if not 0 < share < 1:
        raise ValueError(f"share={share!r} is not in (0, 1)")
    target = share * mutual_information(graph)
    if not target > 1e-12:
        raise ValueError("the two sides of the graph are independent: there is no information to show")
    sizes = range(2, LARGEST_BATCH + 1)
    index = bisect_left(sizes, target, key=lambda batch: batch_information(graph, batch)[0])
    if index == len(sizes):
        raise ValueError(f"no batch of at most {LARGEST_BATCH} pairs shows {share:g} of the information")
    return sizes[index]


def collisions(graph: PairGraph, batch: int) -> "pd.DataFrame":
    """Expected number of false negatives of an anchor in a batch of B pairs, and probability of none, by (c).

    `ValueError`: a batch of fewer than 2 pairs.

    Returns
    -------
    DataFrame
        A row for each kind, "same class" (of the negative's caption, or where captions have no labels of its image; no
        row without labels), "same caption" and "also a pair"; columns expected (their number among the B - 1 negatives)
        and none (the probability that there is none).
    """
    import pandas as pd

    _require_batch(batch)
    left, right = graph.left_marginal, graph.right_marginal
    partners = (graph.joint > 0).astype(np.float64) @ right
    kinds = {"same caption": (right, right), "also a pair": (left, partners)}
    if graph.left_labels is not None:
        kinds = {"same class": _class_masses(graph), **kinds}
    rows = [
        {
            "kind": kind,
            "expected": (batch - 1) * float(anchor @ chance),
            "none": float(anchor @ (1 - np.minimum(1.0, chance)) ** (batch - 1)),
        }
        for kind, (anchor, chance) in kinds.items()
    ]
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class Dropping:
    """Effects of dropping the negatives whose image has a guide's class of the anchor, as DropFalseNegative does.

    Attributes
    ----------
    dropped : share of the negatives that are dropped
    right : share of the dropped ones whose image has the anchor's label; NaN without labels
    of_wrong : share of the negatives with the anchor's label that are dropped; NaN without labels
    unordered : probability of a positive pair whose caption is never a negative of its image
    raised : mean, over the other positive pairs, of how much their score rises at the optimum, in nats
    """

    dropped: float
    right: float
    of_wrong: float
    unordered: float
    raised: float


def dropping(graph: PairGraph, guide: ArrayLike) -> Dropping:
    """Effects of dropping negatives by a guide, by (d), which do not depend on the size of the batch.

    `ValueError`: guide classes of another number of images; one class alone, which leaves no negative.

    Parameters
    ----------
    guide : (n_left,), the guide's class of each image: an integer, as of k-means on features, or a zero-shot label
    """
    classes, group = np.unique(np.asarray(guide), return_inverse=True)
    if group.shape != (graph.n_left,):
        raise ValueError(f"guide classes of shape {np.shape(guide)}: give one for each of {graph.n_left} images")
    if len(classes) < 2:
        raise ValueError("the guide has one class alone: it would drop every negative")
    dropped = _collision(group, graph.left_marginal)
    right = of_wrong = math.nan
    if graph.left_labels is not None:
        labels = required_labels(graph, "left")
        agreeing = _collision(np.column_stack([group, labels]), graph.left_marginal)
        right, of_wrong = agreeing / dropped, agreeing / _collision(labels, graph.left_marginal)
    by_guide = sp.csr_array(class_indicators(group).T @ graph.joint)
    rows, columns = graph.joint.tocoo().coords
    other_shares = 1 - np.asarray(by_guide[group[rows], columns]).ravel() / graph.right_marginal[columns]
    ordered = other_shares > ROUNDING
    ordered_mass = float(graph.joint.data[ordered].sum())
    rise = float(graph.joint.data[ordered] @ -np.log(other_shares[ordered]))
    raised = rise / ordered_mass if ordered_mass > 0 else math.nan
    return Dropping(dropped, right, of_wrong, max(0.0, 1 - ordered_mass), raised)


def _collision(groups: IntArray, mass: FloatArray) -> float:
    """Probability that two nodes drawn by their masses are in the same group.

    `groups`: (n,), a group number for each node, or (n, d), where equal rows are a group.
    """
    return float(np.sum(np.bincount(np.unique(groups, axis=0, return_inverse=True)[1], mass) ** 2))


def _class_masses(graph: PairGraph) -> tuple[FloatArray, FloatArray]:
    """Mass of each class among anchors and among negatives, (r,) each.

    Negatives have the classes of captions or, if captions have no labels, of images.
    """
    sides = [(required_labels(graph, "left"), graph.left_marginal)]
    if graph.right_labels is not None:
        sides.append((required_labels(graph, "right"), graph.right_marginal))
    classes = np.unique(np.concatenate([labels for labels, _ in sides]))
    anchors, negatives = (mass @ class_indicators(labels, classes) for labels, mass in (sides[0], sides[-1]))
    return anchors, negatives


def _require_batch(batch: int) -> None:
    if batch < 2:
        raise ValueError(f"batch={batch}: a batch with negatives has at least 2 pairs")


STATEMENTS = (
    Statement(
        "batch-information",
        batch_information,
        TESTS,
        "`E_P log(B r / (r + B - 1)) <= I_B <= min(I, log B)` for what B pairs show of the mutual information, which "
        "grows with B; at every B the best critic is `log r + c(x)`.",
        kept="published: Poole et al. 2019",
    ),
    Statement(
        "batch-collisions",
        collisions,
        TESTS,
        "`E N = (B - 1) Σ_c p(c) p_R(c)` for the number N of an anchor's negatives of its class; there is none with "
        "probability `Σ_c p(c) (1 - p_R(c))^{B-1}`.",
        kept="sharper: an equality",
    ),
    Statement(
        "dropped-negatives",
        dropping,
        TESTS,
        "Without the negatives whose image has the guide's class γ of the anchor the best critic is "
        "`s = log r - log(1 - P(γ(x) | l)) + c(x)`; `Σ_γ p(γ)²` of the negatives are dropped.",
        kept="sharper: an equality",
    ),
)

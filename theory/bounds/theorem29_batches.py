"""Theorem 29: what a batch of B pairs sees: false negatives do not move the optimum, the batch bounds what it shows.

In words: With the captions of a batch as negatives the best critic is the pointwise mutual information at every batch
size, false negatives or not, but a batch of B pairs shows at most log B of the mutual information.

Let the pairs of a batch be independent, `r = P / (p_L p_R)`, and
`L_B(s) = E [-log e^{s(x_1, l_1)} / Σ_j e^{s(x_1, l_j)}]`, one direction of InfoNCE, repeats kept.

(a) For every `B >= 2` the minimisers are `s = log r + c(x)`; where P has zeros the least value is not attained.
(b) `I_B = log B - min L_B` grows with B, and `E_P log(B r / (r + B - 1)) <= I_B <= min(I, log B)`. Hence also
    `I - I_B <= log(1 + Σ_{i>=2} σ_i² / B)`.
(c) Among the B - 1 negatives of an anchor there are in the mean `(B - 1) Σ_c p_L(c) p_R(c)` of its class,
    `(B - 1) Σ_l p_R(l)²` with the caption of its own pair, and `(B - 1) Pr_{p_L x p_R}[P > 0]` that are pairs too; none
    of them with probability `Σ_c p_L(c) (1 - p_R(c))^{B-1}`, `Σ_l p_R(l) (1 - p_R(l))^{B-1}` and
    `Σ_x p_L(x) (1 - p_R(N(x)))^{B-1}`, N(x) the captions that x is paired with.

Proof. (a) The posterior that l_j belongs to x_1 is proportional to `r(x_1, l_j)`, and `L_B` is a cross-entropy against
it. (b) `min L_B` is the mean of `-log(r_1 / Σ_j r_j)`, where `E r(x, l') = 1` for the caption of another pair: Jensen's
inequality for the convex `-log` gives the lower end. With m_B the mean of B independent `r(x, l)`, l from p_R, and
`φ(t) = t log t`, `I_B = I - E φ(m_B)`; m_{B+1} is the mean of its leave-one-out means, so that `E φ(m_B)` falls. It is
0 or more by Jensen's inequality, and I at B = 1. The last: `I - I_B <= E_P log((r + B - 1) / B)`, at most the logarithm
of the mean, and `E_P r = Σ σ_i²`. (c) The negatives are independent of the anchor.

(d) **Dropped negatives.** With negatives from `q(l | x)` the best critic is `log P(l | x) / q(l | x) + c(x)`. So where
    an image has a guide's class γ(x), and the pairs of a batch whose image has the class of the anchor are no negatives
    of it, the optimum is `log r(x, l) - log(1 - P(γ(x) | l)) + c(x)`: the scores of captions that occur with the
    anchor's class rise, and those that occur with no other class have no limit and no order. Of the other pairs
    `Σ_γ p_L(γ)²` are dropped. Proof: as (a), with the posterior `P(l_j | x) / q(l_j | x)`.

(e) **Variance.** At the optimum let `d(l)` be the gradient of the score s(x, l) in the parameters. The gradient of an
    anchor's loss has mean 0 and covariance `E Cov_{J~π} d(l_J)`, π the posterior of (a) on the batch. It grows with B
    in Loewner order, up to `E_x Cov_{l~P(·|x)} d(l)`: neither a larger batch nor false negatives raise it beyond the
    covariance of the positives alone. Proof. The gradient is `E_π d(l_J) - d(l_J)` with J the positive, which given the
    batch is distributed as π. Drop one of the others at random: given what is left, its posterior is that of a batch of
    B - 1, and a covariance is at least the mean of its conditional covariances.
(f) **Limited critics.** The statement (a) is false for critics that cannot score every pair freely: with scores `θ a(x)
    b(l)` the best θ can change with B, and with the negatives that are dropped. Tests keep the example.

Not covered: rules that look at the positive's caption, and epochs without replacement.

Source: new here, in the form of van den Oord et al. 2018 and Poole et al. 2019, who have `I_B <= min(I, log B)`. On
(a): ranking noise contrastive estimation is consistent (Ma and Collins 2018; abstract and introduction seen). On (d):
Chuang et al. 2020 (abstract and introduction seen) correct the loss for negatives of the same class, and the logQ
correction subtracts the logarithm of q from the scores (Yi et al. 2019, Khrylchenko et al. 2025: abstracts seen).

Cost: linear in the pairs.
"""

import math
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import class_indicators, required_labels
from pairbounds.theory.quantities.population_infonce import mutual_information, pair_ratios

if TYPE_CHECKING:
    import pandas as pd

LARGEST_BATCH = 2**40
ROUNDING = 1e-9  # a share of a caption's pairs below which no other class counts as there
TESTS = "tests/bounds/test_batches.py"


def batch_information(graph: PairGraph, batch: int) -> tuple[float, float]:
    """The lower and the upper end (b) of what a batch of B pairs can show of the mutual information, in nats.

    `ValueError`: a batch of fewer than 2 pairs.
    """
    _require_batch(batch)
    # log(B r / (r + B - 1)), in a form that neither a large r nor a large B overflows.
    below = float(graph.joint.data @ -np.log(1 / batch + (1 - 1 / batch) / pair_ratios(graph)))
    return below, min(mutual_information(graph), math.log(batch))


def smallest_batch(graph: PairGraph, share: float = 0.95) -> int:
    """The smallest batch whose lower end is at least a share of the mutual information.

    `ValueError`: a share that is not in (0, 1); a graph without information, whose sides are independent.
    """
    if not 0 < share < 1:
        raise ValueError(f"share={share!r} is not in (0, 1)")
    wanted = share * mutual_information(graph)
    if not wanted > 1e-12:
        raise ValueError("the two sides of the graph are independent: there is no information to show")
    sizes = range(2, LARGEST_BATCH + 1)
    place = bisect_left(sizes, wanted, key=lambda batch: batch_information(graph, batch)[0])
    if place == len(sizes):
        raise ValueError(f"no batch of at most {LARGEST_BATCH} pairs shows {share:g} of the information")
    return sizes[place]


def collisions(graph: PairGraph, batch: int) -> "pd.DataFrame":
    """The false negatives of an anchor in a batch of B pairs, by (c).

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
    found : share of the negatives with the anchor's label that are dropped; NaN without labels
    unordered : probability of a positive pair whose caption is never a negative of its image
    raised : mean, over the other positive pairs, of how much their score rises at the optimum, in nats
    """

    dropped: float
    right: float
    found: float
    unordered: float
    raised: float


def dropping(graph: PairGraph, guide: npt.ArrayLike) -> Dropping:
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
    right = found = math.nan
    if graph.left_labels is not None:
        labels = required_labels(graph, "left")
        agreeing = _collision(np.column_stack([group, labels]), graph.left_marginal)
        right, found = agreeing / dropped, agreeing / _collision(labels, graph.left_marginal)
    by_guide = sp.csr_array(class_indicators(group).T @ graph.joint)
    rows, columns = graph.joint.tocoo().coords
    others = 1 - np.asarray(by_guide[group[rows], columns]).ravel() / graph.right_marginal[columns]
    ordered = others > ROUNDING
    kept = float(graph.joint.data[ordered].sum())
    rise = float(graph.joint.data[ordered] @ -np.log(others[ordered]))
    return Dropping(dropped, right, found, max(0.0, 1 - kept), rise / kept if kept > 0 else math.nan)


def _collision(groups: IntArray, mass: FloatArray) -> float:
    """The probability that two nodes drawn by their masses are of one group: of an equal number, or row of numbers."""
    return float(np.sum(np.bincount(np.unique(groups, axis=0, return_inverse=True)[1], mass) ** 2))


def _class_masses(graph: PairGraph) -> tuple[FloatArray, FloatArray]:
    """The mass of each class among anchors and among negatives, (r,) each: those of images where captions have none."""
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
        "What B pairs show of the mutual information is at least `E_P log(B r / (r + B - 1))` and at most "
        "`min(I, log B)`, and grows with B; at every B the best critic is `log r + c(x)`.",
    ),
    Statement(
        "batch-collisions",
        collisions,
        TESTS,
        "Among the negatives of an anchor are `(B - 1) Σ_c p_L(c) p_R(c)` of its class in the mean, and none with "
        "probability `Σ_c p_L(c) (1 - p_R(c))^{B-1}`.",
    ),
    Statement(
        "dropped-negatives",
        dropping,
        TESTS,
        "Without the negatives whose image has the guide's class γ of the anchor the best critic is "
        "`log r - log(1 - P(γ(x) | l)) + c(x)`; `Σ_γ p_L(γ)²` of the negatives are dropped.",
    ),
)

"""Consistency and diversity of pairs of different images.

With self-pairs the identity would be perfectly consistent, and so would augmentations without any overlap.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pairbounds.infrastructure.arrays import FloatArray, row_blocks
from pairbounds.theory.graph.pair_graph import PairGraph

BLOCK = 20_000_000  # maximum number of induced pairs in memory
DENSE = 0.1  # above this density of the joint, and within a block, dense products are faster


@dataclass(frozen=True, eq=False)
class OffDiagonal:
    """Positives of each image, as an anchor, among the images of other groups.

    Let `Q(x' | x)` be `P_T(x' | x)` without the images of x's own group, renormalised. An anchor with positives only
    in its own group is *alone*, and its values are NaN.

    Attributes
    ----------
    agreement : for each evaluator (n,), `Σ_x' Q(x' | x) a(x, x')`, where a is 1 for two of one class and 0 otherwise
    entropy : (n,), entropy of `Q(· | x)`, in nats
    entropy_with_own : (n,), entropy of `P_T(· | x)`, in nats; low if positives are mostly the anchor itself
    own_share : (n,), `P_T` of x's own group, given x: the mass of the excluded pairs
    """

    agreement: Mapping[str, FloatArray]
    entropy: FloatArray
    entropy_with_own: FloatArray
    own_share: FloatArray

    @property
    def alone(self) -> float:
        """Share of anchors without a positive of another group."""
        return float(np.isnan(self.entropy).mean())

    def effective_positives(self, *, with_own: bool = False) -> float:
        """`exp` of the mean entropy over anchors: the geometric mean of their effective numbers of positives.

        By default among positives of other groups; `with_own` counts all positives and includes anchors that are alone.
        """
        return float(np.exp(_mean(self.entropy_with_own if with_own else self.entropy)))

    def consistency(self, evaluator: str) -> float:
        """Probability that a positive has its anchor's class, averaged over anchors; NaN if all are alone."""
        return _mean(self.agreement[evaluator])


def off_diagonal(
    graph: PairGraph, evaluators: Mapping[str, npt.ArrayLike], exclusions: Mapping[str, npt.ArrayLike]
) -> dict[str, OffDiagonal]:
    """Consistency and diversity of each left node's induced pairs with nodes of other groups, for each exclusion.

    An evaluator is classes (n_left,), or unit features (n_left, d), whose products give the agreement. An exclusion is
    groups (n_left,) whose inner pairs are excluded: single left nodes, or all drawings of a subject. `P_T` is formed a
    block of rows at a time: memory O(nnz + BLOCK).
    """
    opinions = {name: np.asarray(values) for name, values in evaluators.items()}
    groups = {name: np.asarray(values) for name, values in exclusions.items()}
    parts: dict[str, list[OffDiagonal]] = {name: [] for name in groups}
    for rows, block in _induced_rows(graph):
        agreed = {name: _agreed(opinion, rows) for name, opinion in opinions.items()}
        entropy = _entropy(block)
        for name, group in groups.items():
            parts[name].append(_measured(block, group[rows, None] == group, agreed, entropy))
    return {name: _joined(blocks) for name, blocks in parts.items()}


def chance_agreement(evaluator: npt.ArrayLike, groups: npt.ArrayLike) -> float:
    """Off-diagonal consistency `c_0` of the uniform graph."""
    uniform = PairGraph(np.ones((len(np.asarray(evaluator)), 1)))
    return off_diagonal(uniform, {"": evaluator}, {"": groups})[""].consistency("")


def chance_corrected(agreement: FloatArray, chance: float) -> FloatArray:
    """`(c - c_0) / (1 - c_0)`: 0 for pairs no better than chance, 1 for pairs that always agree."""
    return (agreement - chance) / (1 - chance)


def _induced_rows(graph: PairGraph) -> Iterator[tuple[slice, FloatArray]]:
    """`P_T(x' | x)`, dense, a block of x at a time."""
    entries = graph.n_left * graph.n_right
    dense = entries <= BLOCK and graph.joint.nnz > DENSE * entries
    joint: Any = graph.joint.toarray() if dense else graph.joint
    backward = joint.T / graph.right_marginal[:, None] if dense else joint.T * (1 / graph.right_marginal)[:, None]
    for rows in row_blocks(graph.n_left, graph.n_left, BLOCK):
        block = joint[rows] @ backward
        yield rows, np.asarray(block if dense else block.toarray()) / graph.left_marginal[rows, None]


def _measured(
    block: FloatArray, excluded: npt.NDArray[np.bool_], agreed: Mapping[str, npt.NDArray[Any]], entropy: FloatArray
) -> OffDiagonal:
    counted = np.where(excluded, 0, block)
    with np.errstate(invalid="ignore"):  # 0/0 for an anchor that is alone
        shares = counted / counted.sum(axis=1, keepdims=True)
    agreement = {name: np.sum(shares * agreeing, axis=1) for name, agreeing in agreed.items()}
    return OffDiagonal(agreement, _entropy(shares), entropy, np.sum(block, axis=1, where=excluded))


def _entropy(shares: FloatArray) -> FloatArray:
    """Entropy of each row, in nats; NaN stays NaN."""
    logarithms = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    return np.asarray(-np.sum(shares * logarithms, axis=1))


def _agreed(opinion: npt.NDArray[Any], rows: slice) -> npt.NDArray[Any]:
    """Agreement of some left nodes with all left nodes, (rows, n_left)."""
    return np.asarray(opinion[rows, None] == opinion if opinion.ndim == 1 else opinion[rows] @ opinion.T)


def _joined(parts: Sequence[OffDiagonal]) -> OffDiagonal:
    agreement = {name: np.concatenate([part.agreement[name] for part in parts]) for name in parts[0].agreement}
    fields = ("entropy", "entropy_with_own", "own_share")
    return OffDiagonal(agreement, *(np.concatenate([getattr(part, name) for part in parts]) for name in fields))


def _mean(values: FloatArray) -> float:
    present = values[~np.isnan(values)]
    return float(present.mean()) if present.size else float("nan")

"""The graphs of the benchmarks, labelled on both sides, with about ten pairs a left node."""

from collections.abc import Callable

import numpy as np
import scipy.sparse as sp

from pairbounds import PairGraph
from pairbounds.theory.quantities.consistency import class_indicators
from tests.benchmarks.duel import Size
from tests.families import slow_decay

CLASSES, SUBCLASSES, DEGREE = 10, 6, 10
IN_SUBCLASS, IN_CLASS = 0.95 * 0.7, 0.95  # the chance that a pair stays there; else its other end is anywhere


def block_model(rng: np.random.Generator, size: Size, classes: int = CLASSES) -> PairGraph:
    """Classes of six subclasses: with ten of them 60 large singular values, then a bulk."""
    groups = classes * SUBCLASSES
    if groups > min(size.n_left, size.n_right):
        raise ValueError(f"{classes} classes of {SUBCLASSES} subclasses need {groups} nodes a side: {size} has fewer")
    left, right = (rng.permutation(np.arange(n) % groups) for n in (size.n_left, size.n_right))
    by_group = np.argsort(right, kind="stable")
    starts = np.searchsorted(right[by_group], np.arange(groups + 1))
    own, chance = np.repeat(left, DEGREE), rng.random(size.n_left * DEGREE)
    reach = np.select([chance < IN_SUBCLASS, chance < IN_CLASS], [1, SUBCLASSES], groups)
    low, high = starts[own // reach * reach], starts[(own // reach + 1) * reach]
    ends = by_group[(low + rng.random(own.size) * (high - low)).astype(int)]
    rows = np.repeat(np.arange(size.n_left), DEGREE)
    joint = sp.coo_array((np.ones(rows.size), (rows, ends)), shape=(size.n_left, size.n_right))
    return PairGraph(joint, left // SUBCLASSES, right // SUBCLASSES, drop_isolated=True)


def circle(rng: np.random.Generator, size: Size) -> PairGraph:
    """A slowly decaying spectrum with values in near pairs; the classes are arcs, on the left by majority."""
    graph = slow_decay(rng, size.n_left, size.n_right)
    right = graph.right_ids * CLASSES // size.n_right
    votes = (graph.joint @ class_indicators(right)).toarray()
    return PairGraph(graph.joint, votes.argmax(axis=1), right)


def equal_blocks(rng: np.random.Generator, size: Size, blocks: int = 200, elsewhere: float = 0.05) -> PairGraph:
    """As many blocks of one size, so that as many values are near to one another: a cluster wider than any guard."""
    own = np.repeat(np.arange(size.n_left) % blocks, DEGREE)
    block = np.where(rng.random(own.size) < elsewhere, rng.integers(blocks, size=own.size), own)
    ends = block + blocks * rng.integers(size.n_right // blocks, size=own.size)
    rows = np.repeat(np.arange(size.n_left), DEGREE)
    joint = sp.coo_array((np.ones(rows.size), (rows, ends)), shape=(size.n_left, size.n_right))
    return PairGraph(joint, drop_isolated=True)


GRAPHS: dict[str, Callable[[np.random.Generator, Size], PairGraph]] = {"sbm": block_model, "pow": circle}


def fresh(graph: PairGraph) -> PairGraph:
    """The same graph, with nothing remembered but its normalised matrix."""
    copy = PairGraph(graph.joint, graph.left_labels, graph.right_labels)
    assert copy.normalized.nnz == graph.joint.nnz
    return copy

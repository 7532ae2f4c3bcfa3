"""The stored weights of a graph as exact integers, its walks, and what binds a proof to it."""

import hashlib
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import frexp
from typing import Any

import numpy as np
import scipy.sparse as sp

from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import required_labels

MANTISSA = 53  # bits of a float64

Line = list[tuple[int, int]]  # (index of the other end, weight)
State = list[list[Any]]  # integers or fractions
Interval = tuple[Fraction, Fraction]


class ExactGraph:
    """A graph with integers for weights: the stored floats over a power of two, which no bound depends on.

    Attributes
    ----------
    rows, columns : for each left (right) node its pairs
    left, right : marginals, integers
    classes : of the left nodes, 0..r-1
    """

    def __init__(self, graph: PairGraph) -> None:
        self._graph = graph
        smallest = min(frexp(float(graph.joint.data.min()))[1], 0) - MANTISSA
        weights = [int(Fraction(weight) * 2**-smallest) for weight in graph.joint.data.tolist()]
        self.rows = _lines(graph.joint, weights)
        order = sp.csr_array((np.arange(len(weights)), graph.joint.indices, graph.joint.indptr), graph.joint.shape)
        transposed = sp.csr_array(order.T)
        self.columns = _lines(transposed, [weights[place] for place in transposed.data.tolist()])
        self.left, self.right = (
            [sum(weight for _, weight in line) for line in side] for side in (self.rows, self.columns)
        )

    @cached_property
    def classes(self) -> list[int]:
        """The position of each left node's class among those present; `HypothesisError` without labels."""
        _, positions = np.unique(required_labels(self._graph, "left"), return_inverse=True)
        return [int(position) for position in positions]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of sizes, weights and labels: of each array its length and its entries, eight bytes each."""
        joint = self._graph.joint
        labels = [self._graph.left_labels, self._graph.right_labels]
        integers = [np.array(joint.shape), joint.indptr, joint.indices, *labels]
        arrays = [_as_stored(array, "<i8") for array in integers]
        arrays.insert(3, _as_stored(joint.data, "<f8"))
        return hashlib.sha256(b"".join(arrays)).hexdigest()

    def walks(self, steps: int, bits: int) -> Iterator[State]:
        """Probability of each class of the start, at each node after 0..steps half hops from the left, times 2^bits.

        Lists of r numbers for each left (right) node after an even (odd) number. Rounded down each time and averaged
        then, so that none is too high, nor too low by more than the number of half hops; exact with bits = 0.
        """
        classes = range(max(self.classes) + 1)
        state: State = [[int(own == c) << bits for c in classes] for own in self.classes]
        for step in range(steps + 1):
            yield state
            lines, marginal = (self.rows, self.left) if step % 2 else (self.columns, self.right)
            sums = ([sum(weight * state[end][c] for end, weight in line) for c in classes] for line in lines)
            state = [
                [total // mass if bits else Fraction(total, mass) for total in each]
                for each, mass in zip(sums, marginal, strict=True)
            ]

    def moments(self, states: Sequence[State], bits: int) -> Iterator[Interval]:
        """An interval that holds a_j, for the state after each j = 0, 1, ... half hops: sums of squares of `walks`."""
        total = sum(self.left) << 2 * bits
        for step, state in enumerate(states):
            masses = self.right if step % 2 else self.left
            low, high = (_second_moment(masses, state, off) / total for off in (0, step if bits else 0))
            yield low, high


def _second_moment(masses: list[int], state: State, off: int) -> Fraction:
    return Fraction(sum(mass * sum((h + off) ** 2 for h in each) for mass, each in zip(masses, state, strict=True)))


def _lines(matrix: sp.csr_array, weights: list[int]) -> list[Line]:
    ends = matrix.indices.tolist()
    starts = matrix.indptr.tolist()
    return [list(zip(ends[start:stop], weights[start:stop], strict=True)) for start, stop in pairwise(starts)]


def _as_stored(array: Any, kind: str) -> bytes:
    values = np.empty(0, dtype=kind) if array is None else np.asarray(array).astype(kind)
    return np.array([len(values)], dtype="<i8").tobytes() + values.tobytes()

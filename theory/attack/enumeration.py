"""The smallest graphs, all of them, the simplest first."""

from collections.abc import Iterator
from itertools import combinations, count, permutations, product

import numpy as np

from pairbounds.theory.attack.candidate import Candidate

LARGEST_WEIGHT = 2  # integers beyond it are not enumerated

Labels = tuple[int, ...]
Rows = tuple[tuple[int, ...], ...]
Simplicity = tuple[float, ...]


def simplicity(candidate: Candidate) -> Simplicity:
    """The order of candidates: nodes, pairs, the largest of the integer weights, width, classes."""
    whole = candidate.in_integers()
    largest = np.inf if whole is None else float(whole.weights.max())
    return candidate.size, candidate.n_pairs, largest, candidate.k, candidate.n_classes


def small_graphs() -> Iterator[Candidate]:
    """Every graph with weights of up to `LARGEST_WEIGHT` and every width, in the order of `simplicity`, without end.

    Up to the order of the nodes and the names of the classes. Their number grows fast: 2 with two nodes, 18 with three,
    464 with four.
    """
    for nodes in count(2):
        for pairs in range(nodes // 2, (nodes // 2) * (nodes - nodes // 2) + 1):
            for largest in range(1, LARGEST_WEIGHT + 1):
                found = [
                    Candidate.of(
                        np.array(rows, dtype=np.float64), labels[:n_left], labels[n_left:], k, origin="all small"
                    )
                    for n_left in range(1, nodes)
                    for rows in _weights(n_left, nodes - n_left, pairs, largest)
                    for labels in _partitions(nodes)
                    if _is_first(rows, labels)
                    for k in range(1, min(n_left, nodes - n_left) + 1)
                ]
                yield from sorted(found, key=simplicity)


def _weights(n_left: int, n_right: int, pairs: int, largest: int) -> Iterator[Rows]:
    """Integer weights, the largest of them `largest`, of so many pairs, that leave no node isolated."""
    places = list(product(range(n_left), range(n_right)))
    for chosen in combinations(places, pairs):
        if len({i for i, _ in chosen}) < n_left or len({j for _, j in chosen}) < n_right:
            continue
        for values in product(range(1, largest + 1), repeat=pairs):
            if max(values) == largest and np.gcd.reduce(values) == 1:
                known = dict(zip(chosen, values, strict=True))
                yield tuple(tuple(known.get((i, j), 0) for j in range(n_right)) for i in range(n_left))


def _partitions(size: int) -> Iterator[Labels]:
    """Labels 0, 1, ... in order of first appearance: every way to put so many nodes into classes."""
    if size == 0:
        yield ()
        return
    for known in _partitions(size - 1):
        for label in range(max(known, default=-1) + 2):
            yield (*known, label)


def _is_first(rows: Rows, labels: Labels) -> bool:
    """Return whether no other order of the nodes comes before this one: one of all that are the same graph."""
    n_left, n_right = len(rows), len(rows[0])
    return all(
        (rows, labels) <= _reordered(rows, labels, left, right)
        for left in permutations(range(n_left))
        for right in permutations(range(n_right))
    )


def _reordered(rows: Rows, labels: Labels, left: tuple[int, ...], right: tuple[int, ...]) -> tuple[Rows, Labels]:
    nodes = [*left, *(len(left) + j for j in right)]
    names: dict[int, int] = {}
    renamed = tuple(names.setdefault(labels[node], len(names)) for node in nodes)
    return tuple(tuple(rows[i][j] for j in right) for i in left), renamed

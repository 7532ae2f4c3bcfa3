"""Base classes of graph families: settings, the graph, and closed forms of its quantities."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.infrastructure.checks import require_positive_counts, require_probabilities
from pairbounds.theory.graph.pair_graph import PairGraph

DENSE_LIMIT = 4_000_000  # maximum number of pairs of an expected graph with positive weight on every pair


class Family(ABC):
    """A model of positive pairs: a frozen dataclass whose defaults give a small instance.

    Attributes
    ----------
    models : one-line description
    probabilities : names of its settings that are probabilities
    """

    models: ClassVar[str]
    probabilities: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        require_positive_counts(self)
        require_probabilities(**{name: getattr(self, name) for name in self.probabilities})

    def graph(self, seed: int = 0) -> PairGraph:
        """A graph with labels on both sides. The seed has no effect on deterministic families."""
        return self.draw(np.random.default_rng(seed))

    @abstractmethod
    def draw(self, rng: np.random.Generator, /) -> PairGraph:
        """Draw the graph from a generator; see `graph`."""


class ClosedForm(Family):
    """A family with formulas for its joint distribution and spectrum."""

    @abstractmethod
    def expected(self) -> PairGraph:
        """The joint distribution, which a drawn graph estimates; a deterministic family's graph equals it.

        `ValueError`: more than `DENSE_LIMIT` pairs, if every pair has positive weight.
        """

    @abstractmethod
    def singular_values(self, k: int) -> FloatArray:
        """The k leading singular values of `expected()` by a formula, largest first, (k,), padded with zeros.

        Those of `LinearGaussian` are the limits for ever finer graphs.
        """

    @abstractmethod
    def induced_labelling_error(self) -> float:
        """`α_T` of `expected()`, or of the limit if `singular_values` are limits, by a formula."""

    def draw(self, _rng: np.random.Generator, /) -> PairGraph:
        """Return `expected()`."""
        return self.expected()


def require_small(n_left: int, n_right: int) -> None:
    """Raise `ValueError` if a graph with all pairs would have more than `DENSE_LIMIT`."""
    if n_left * n_right > DENSE_LIMIT:
        raise ValueError(f"{n_left} x {n_right} nodes are more than {DENSE_LIMIT} pairs: use fewer nodes")


def class_labels(n_classes: int, *sizes: int) -> list[IntArray]:
    """Labels of nodes in order of their class, for each number of nodes in a class."""
    return [np.repeat(np.arange(n_classes), size) for size in sizes]


def kronecker(factors: Sequence[FloatArray | sp.csr_array]) -> sp.csr_array:
    """Joint distribution, up to scale, of pairs with independent coordinates, from that of each coordinate."""
    product = sp.csr_array([[1.0]])
    for factor in factors:
        product = sp.csr_array(sp.kron(product, factor))
    return product


def leading(values: npt.ArrayLike, counts: int | Sequence[int], k: int) -> FloatArray:
    """The k largest of values with these multiplicities, largest first, padded with zeros."""
    largest = np.sort(np.repeat(np.asarray(values, dtype=np.float64), counts))[::-1][:k]
    return np.pad(largest, (0, k - len(largest)))

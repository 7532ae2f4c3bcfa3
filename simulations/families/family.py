"""Graph families: frozen settings, the graph they give, and what is known of it without computing it."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.hypotheses import require_positive_counts
from pairbounds.theory.graph.pair_graph import PairGraph

DENSE_LIMIT = 4_000_000  # pairs of an expected graph in which every pair has weight


class Family(ABC):
    """A model of positive pairs: a frozen dataclass, whose defaults are a small instance.

    Attributes
    ----------
    models : what it is a model of, in a line
    known : what its graphs are held against: "closed form", "closed form in the limit" or "moments"
    """

    models: ClassVar[str]
    known: ClassVar[str] = "moments"

    def __post_init__(self) -> None:
        require_positive_counts(self)

    def graph(self, seed: int = 0) -> PairGraph:
        """A graph with labels on both sides; the same for every seed where nothing is drawn."""
        return self.draw(np.random.default_rng(seed))

    @abstractmethod
    def draw(self, rng: np.random.Generator, /) -> PairGraph:
        """`graph`, from a generator."""


class ClosedForm(Family):
    """A family whose joint distribution is known, with its spectrum."""

    known = "closed form"

    @abstractmethod
    def expected(self) -> PairGraph:
        """The joint distribution itself, which a drawn graph estimates; the graph where nothing is drawn.

        `ValueError`: more than `DENSE_LIMIT` pairs, where every pair has weight.
        """

    @abstractmethod
    def singular_values(self, k: int) -> FloatArray:
        """The k leading singular values of `expected()` from a formula, largest first, (k,); 0 beyond the last.

        Where `known` is "closed form in the limit" they are those that finer and finer graphs tend to.
        """

    @abstractmethod
    def induced_labelling_error(self) -> float:
        """`α_T` of `expected()`, from a formula; of the limit, where `singular_values` are."""

    def draw(self, _rng: np.random.Generator, /) -> PairGraph:
        """`expected()`."""
        return self.expected()


def require_small(n_left: int, n_right: int) -> None:
    """Raise `ValueError` where a graph with all pairs would have too many of them."""
    if n_left * n_right > DENSE_LIMIT:
        raise ValueError(
            f"{n_left} x {n_right} nodes, all of them pairs, are more than {DENSE_LIMIT} pairs: take fewer"
        )


def kronecker(factors: Sequence[FloatArray | sp.csr_array]) -> sp.csr_array:
    """The joint distribution, up to scale, of pairs whose coordinates are independent pairs."""
    product = sp.csr_array([[1.0]])
    for factor in factors:
        product = sp.csr_array(sp.kron(product, factor))
    return product


def leading(values: npt.ArrayLike, counts: int | Sequence[int], k: int) -> FloatArray:
    """The k largest of values that come `counts` times each, largest first, with zeros beyond the last."""
    largest = np.sort(np.repeat(np.asarray(values, dtype=np.float64), counts))[::-1][:k]
    return np.pad(largest, (0, k - len(largest)))

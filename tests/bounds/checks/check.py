"""Cases that every bound must be tested on, and small graphs that serve many of them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from pairbounds import BOUNDS, PairGraph
from pairbounds.theory.attack.candidate import Sides
from pairbounds.theory.bounds.scoring import embedded
from tests.families import family_graph, row_of

# Bounds by a search, or by a programme on a grid: they take most of the time of a table.
SEARCHED = {"local-multihop-error", "local-penalised-error", *(name for name in BOUNDS if name.startswith("known-"))}
QUICK = [name for name in BOUNDS if name not in SEARCHED]


@dataclass(frozen=True)
class Case:
    """A graph, a width, and an encoder's features unless the optimum is meant; a penalty or a critic where one is."""

    graph: PairGraph
    k: int = 1
    features: Any = None
    penalty: float | None = None
    critic: Any = None

    def row(self, bound: str) -> pd.Series:
        """The row of a bound in the table of this case."""
        return row_of(bound, self.graph, self.k, self.features, penalty=self.penalty, critic=self.critic)

    @property
    def sides(self) -> Sides:
        """Arguments of `attack.score`; a missing side of the features is zeros, about which no bound is claimed."""
        embedding = self.features if self.critic is None else self.critic
        if embedding is None:
            return self.graph, self.k, None, self.penalty
        width = np.shape(embedding[0] if isinstance(embedding, tuple) else embedding)[1]
        return self.graph, width, embedded(self.graph, width, embedding).features, self.penalty


@dataclass(frozen=True)
class Checks:
    """A case at which the bound is tight, and a case that violates a hypothesis with the message of the error.

    The first is an equality case up to the relative distance `within`, below 0.1 so that a tightened bound fails on it.
    Where nobody knows one, `value` is the bound's value on the case, worked out by hand. `violated` is `None` only for
    a bound without hypotheses.
    """

    case: Callable[[], Case]
    violated: tuple[Callable[[], Case], str] | None
    within: float = 0.01
    value: float | None = None


def two_nodes(error: float) -> PairGraph:
    """Two images, two captions, each caption shared with probability `error`: σ_2 = 1 - 2 error."""
    return PairGraph([[1 - error, error], [error, 1 - error]], [0, 1], [0, 1])


def tie() -> Case:
    """α = 0.1, α_T = 0.18, σ_2 = 0.8. At k = 1 the optimum is constant, so that every image is a tie."""
    return Case(two_nodes(0.1))


def unlabelled() -> Case:
    return Case(PairGraph(np.random.default_rng(0).random((6, 5))), 2)


def without_right_labels() -> Case:
    return Case(PairGraph(np.random.default_rng(0).random((6, 5)), [0, 1, 0, 1, 0, 1]), 2)


def left_features_only() -> Case:
    return Case(two_nodes(0.1), 1, np.ones((2, 1)))


def tied_values() -> Case:
    return Case(family_graph("cycle", 0, 9), 2)


def disconnected() -> Case:
    return Case(PairGraph(np.eye(5), [0, 1, 0, 1, 0], [0, 1, 0, 1, 0]), 2)


Violated = tuple[Callable[[], Case], str]


def changed(violated: Violated, **changes: Any) -> Violated:
    """The violated hypothesis with a case about another subject."""
    make, message = violated
    return lambda: replace(make(), **changes), message


NO_GAP = (disconnected, "σ_j > σ_")
NO_LEFT_LABELS = (unlabelled, "no left labels")
NO_RIGHT_LABELS = (without_right_labels, "no right labels")
NO_RIGHT_EMBEDDING = (left_features_only, "right embedding")

"""Random input of `PairGraph` and `check_bounds`: raw weights, labels, a width and perhaps an encoder."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from pairbounds import PairGraph

Features = tuple[np.ndarray, np.ndarray]

SPANS = (6, 12, 24, 32, 64, 150, 300, 640)  # upper ends of the classes of weight spans, in decades
TRUSTED = 24  # decades within which float64 must judge everything


@dataclass(frozen=True, eq=False, repr=False)
class Specimen:
    """Arguments of `PairGraph` and `check_bounds`; its `repr` makes the same again, to the last bit.

    Attributes
    ----------
    weights : (n_left, n_right), non-negative, no empty row or column
    left_labels, right_labels : (n_left,) and (n_right,)
    k : 1..min(n_left, n_right)
    features : (n_left, k) and (n_right, k), or `None` for the optimum
    penalty, critic : as `check_bounds` takes them
    """

    weights: np.ndarray
    left_labels: np.ndarray
    right_labels: np.ndarray
    k: int
    features: Features | None = None
    penalty: float | None = None
    critic: Features | None = None

    def __repr__(self) -> str:
        parts = [(each.name, getattr(self, each.name)) for each in fields(self)]
        return f"Specimen({', '.join(f'{name}={_literal(part)}' for name, part in parts if part is not None)})"

    @property
    def arguments(self) -> dict[str, Any]:
        """Those of `check_bounds` that come after the width."""
        return {"features": self.features, "penalty": self.penalty, "critic": self.critic}

    def graph(self) -> PairGraph:
        """The pair graph; `ValueError` where the constructor refuses it."""
        return PairGraph(self.weights, self.left_labels, self.right_labels)

    @property
    def decades(self) -> float:
        """By how many powers of ten the weights differ."""
        present = self.weights[self.weights > 0]
        return float(np.log10(present.max()) - np.log10(present.min()))

    @property
    def span(self) -> int:
        """The class of its decades: the least of `SPANS` that is not exceeded."""
        return next(end for end in SPANS if self.decades <= end)


def _literal(part: Any) -> str:
    if isinstance(part, tuple):
        return f"({', '.join(map(_literal, part))})"
    return f"np.array({part.tolist()})" if isinstance(part, np.ndarray) else repr(part)

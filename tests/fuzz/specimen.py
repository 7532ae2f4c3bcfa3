"""What the fuzzer tries: raw weights, labels, a width and perhaps an encoder, as a stranger would bring them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from pairbounds import PairGraph

Features = tuple[np.ndarray, np.ndarray]

SPANS = (6, 12, 24, 32, 64, 150, 300, 640)  # upper ends of the classes of weight spans, in decades
TRUSTED = 24  # decades within which float64 must judge everything


@dataclass(frozen=True, eq=False)
class Specimen:
    """Arguments of `PairGraph` and `check_bounds`.

    Attributes
    ----------
    weights : (n_left, n_right), non-negative, no empty row or column
    left_labels, right_labels : (n_left,) and (n_right,)
    k : 1..min(n_left, n_right)
    features : (n_left, k) and (n_right, k), or `None` for the optimum
    origin : in words, what it was drawn as
    penalty, critic : as `check_bounds` takes them
    """

    weights: np.ndarray
    left_labels: np.ndarray
    right_labels: np.ndarray
    k: int
    features: Features | None = None
    origin: str = ""
    penalty: float | None = None
    critic: Features | None = None

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

    @property
    def complexity(self) -> tuple[int, ...]:
        """Smaller is simpler: nodes, width, what is given beyond it, pairs, classes, digits, decades."""
        encoder, critic = (() if pair is None else pair for pair in (self.features, self.critic))
        penalty = () if self.penalty is None else (np.array(self.penalty),)
        given = *encoder, *critic, *penalty
        numbers = [x for array in (self.weights, *given) for x in array.ravel().tolist()]
        classes = len(set(self.left_labels.tolist()) | set(self.right_labels.tolist()))
        return (
            sum(self.weights.shape),
            self.k,
            len(given) + sum(side.shape[1] for side in critic),
            int(np.count_nonzero(self.weights)),
            classes,
            sum(0 if number in (0.0, 1.0) else 1 + len(f"{number!r}".split("e")[0]) for number in numbers),
            round(self.decades),
        )

    def literals(self) -> dict[str, Any]:
        """The parts as Python literals, exact to the last bit."""
        return {
            "weights": self.weights.tolist(),
            "left_labels": self.left_labels.tolist(),
            "right_labels": self.right_labels.tolist(),
            "k": self.k,
            "features": _literal(self.features),
            "penalty": self.penalty,
            "critic": _literal(self.critic),
        }


def _literal(pair: Features | None) -> Any:
    return None if pair is None else tuple(side.tolist() for side in pair)

"""Random input of `PairGraph` and `check_bounds` as Hypothesis draws it: weights, labels, a width, perhaps an encoder.

Each table of rules begins with the simplest, towards which Hypothesis shrinks.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pairbounds import PairGraph
from pairbounds.theory.attack.starts import random_candidate

Draw = Any  # Hypothesis' function that draws
Features = tuple[np.ndarray, np.ndarray]
Labelled = tuple[np.ndarray, np.ndarray, np.ndarray]  # weights, left labels, right labels

TRUSTED = 24  # decades within which float64 must judge everything

RANDOM = st.builds(np.random.default_rng, st.integers(0, 2**24 - 1))
TINY = 4  # nodes on a side where each weight is drawn
DECADES = (0, 0, 6, 12, 24, 32, 64, 150, 290)
DIGITS = (1, 2, 17, 17, 17, 17)  # of the weights
IS_GIVEN = st.sampled_from([False, *7 * [True]])  # a penalty, or a critic


@dataclass(frozen=True, eq=False, repr=False)
class Specimen:
    """Arguments of `PairGraph` and `check_bounds`; its `repr` has all digits.

    Attributes
    ----------
    weights : (n_left, n_right), non-negative, no empty row or column
    left_labels, right_labels : (n_left,) and (n_right,)
    k : 1..min(n_left, n_right)
    features : (n_left, k) and (n_right, k), or `None` for the optimum
    penalty, critic, through : as `check_bounds` takes them
    """

    weights: np.ndarray
    left_labels: np.ndarray
    right_labels: np.ndarray
    k: int
    features: Features | None = None
    penalty: float | None = None
    critic: Features | None = None
    through: np.ndarray | None = None

    def __repr__(self) -> str:
        with np.printoptions(floatmode="unique", threshold=10**6):
            return f"Specimen(**{vars(self)})"

    @property
    def arguments(self) -> dict[str, Any]:
        """Arguments of `check_bounds` that come after the width."""
        return {"features": self.features, "penalty": self.penalty, "critic": self.critic, "through": self.through}

    def graph(self) -> PairGraph:
        """The pair graph; `ValueError` where the constructor refuses it."""
        return PairGraph(self.weights, self.left_labels, self.right_labels)

    @property
    def span(self) -> float:
        """The decades of its weights."""
        return float(np.ptp(np.log10(self.weights[self.weights > 0])))


@st.composite
def specimens(draw: Draw) -> Specimen:
    """Specimens of any kind."""
    weights, left, right = draw(_tiny() | st.one_of([st.builds(_start, RANDOM) for _ in range(4)]))
    weights = draw(st.sampled_from(WEIGHTS))(draw(RANDOM), _without_empty(weights), draw(st.sampled_from(DECADES)))
    digits = draw(st.sampled_from(DIGITS))
    weights = np.vectorize(lambda weight: float(f"{weight:.{digits - 1}e}"))(weights)
    left, right = draw(st.sampled_from(LABELS))(draw(RANDOM), left, right)
    k = draw(_widths(weights))
    features = draw(_encoders(weights, k)) if draw(st.booleans()) else None
    penalty, critic = (draw(strategy(weights)) if draw(IS_GIVEN) else None for strategy in (_penalties, _critics))
    return Specimen(weights, left, right, k, features, penalty, critic, draw(_linear(weights, k)))


# Graphs.


@st.composite
def _tiny(draw: Draw) -> Labelled:
    """A few nodes, each weight and each label drawn: where most findings end."""
    n_left, n_right = draw(st.tuples(*[st.integers(1, TINY)] * 2))
    weights, left, right = (
        draw(arrays(int, size, elements=st.integers(0, 3), fill=st.nothing()))
        for size in ((n_left, n_right), n_left, n_right)
    )
    return weights.astype(float), left, right


def _start(rng) -> Labelled:
    """A graph that a search for counterexamples starts from."""
    start = random_candidate(rng, with_features=False)
    return start.weights, start.left_labels, start.right_labels


def _without_empty(weights: np.ndarray) -> np.ndarray:
    filled = weights.copy()
    for matrix in (filled, filled.T):
        empty = np.flatnonzero(~matrix.any(axis=1))
        matrix[empty, empty % matrix.shape[1]] = 1
    return filled


# Weights of the pairs that there are.


def log_uniform(rng, weights, decades):
    return np.where(weights > 0, 10.0 ** rng.uniform(-decades, 0, weights.shape), 0.0)


def scaled_nodes(rng, weights, decades):
    """Whole nodes of a side that are light; the rank stays."""
    shape = (len(weights), 1) if rng.random() < 0.5 else (1, weights.shape[1])
    return weights * 10.0 ** -rng.uniform(0, decades, shape)


def near_ties(rng, weights, decades):
    """Ones, changed by a millionth down to a few units in the last place."""
    noise = 10.0 ** -rng.uniform(6, 16) * rng.standard_normal(weights.shape)
    return np.where(weights > 0, 1.0 + noise, 0.0) * 10.0 ** -np.round(rng.uniform(0, decades, (len(weights), 1)))


WEIGHTS = (log_uniform, scaled_nodes, near_ties)


LABELS = (  # of random numbers, the left labels and the right ones
    lambda _, left, right: (left, right),
    lambda _, left, right: (np.zeros_like(left), np.zeros_like(right)),
    lambda _, left, right: (np.arange(len(left)), np.arange(len(right))),
    lambda rng, left, right: tuple(rng.integers(rng.integers(2, 6), size=len(side)) for side in (left, right)),
    lambda _, left, right: (left, right + 1 + left.max()),  # no class on both sides
)


# A width, a penalty, an encoder and a critic.


def _widths(weights: np.ndarray) -> st.SearchStrategy[int]:
    """One, near the rank, all there is, or any."""
    rank, widest = int(np.linalg.matrix_rank(weights / weights.max(axis=1, keepdims=True))), min(weights.shape)
    named = st.sampled_from([int(np.clip(k, 1, widest)) for k in (1, rank - 1, rank, rank + 1, widest)])
    return named | st.integers(1, widest)


def _penalties(weights: np.ndarray) -> st.SearchStrategy[float]:
    """Numbers in (0, 1): any, next to nothing or to all, or a singular value to the last bit or a few units aside."""
    ends = st.sampled_from([1e-300, 1e-16, 1e-8, 1 - 1e-8, np.nextafter(1, 0)])
    values = st.builds(
        lambda sigma, units: float(np.clip(sigma + units * np.finfo(float).eps, 1e-300, np.nextafter(1, 0))),
        st.sampled_from(_factorised(weights)[0][1].tolist()),
        st.integers(-2, 2),
    )
    return st.floats(1e-3, 1 - 1e-3) | ends | values


def _encoders(weights: np.ndarray, k: int) -> st.SearchStrategy[Features]:
    return st.builds(lambda make, rng: make(rng, weights, k), st.sampled_from(ENCODERS), RANDOM)


@st.composite
def _linear(draw: Draw, weights: np.ndarray, k: int) -> np.ndarray | None:
    """Features that span at least k directions of the left nodes; `None` if they do not."""
    encoder, _ = draw(_encoders(weights, draw(st.integers(1, min(weights.shape)))))
    features = np.column_stack([np.ones(len(weights)), encoder])
    roots = np.sqrt(weights.sum(axis=1) / weights.sum())[:, None]
    columns = roots * (features / np.abs(features).max(axis=0).clip(1e-280))
    return features if np.linalg.matrix_rank(columns, tol=1e-4) >= k else None


@st.composite
def _critics(draw: Draw, weights: np.ndarray) -> Features:
    """Encoders of any width, at any temperature."""
    rng, k = draw(RANDOM), draw(st.integers(1, min(weights.shape)))
    f, g = draw(_encoders(weights, k))
    if rng.random() < 0.3:  # wider than any embedding
        f, g = (np.hstack([side, rng.standard_normal((len(side), max(weights.shape)))]) for side in (f, g))
    return f * 10.0 ** rng.uniform(-1, 1), g


def _factorised(weights):
    """The factors of the normalised matrix, and the roots of the marginals."""
    joint = weights / weights.max()
    # A node whose mass underflows has no optimum in float64; what matters is that there are numbers.
    left, right = (np.maximum(np.sqrt(joint.sum(axis=axis)), 1e-150) for axis in (1, 0))
    return np.linalg.svd(joint / left[:, None] / right), left, right


def unrelated(rng, weights, k) -> Features:
    return rng.standard_normal((weights.shape[0], k)), rng.standard_normal((weights.shape[1], k))


def tied(rng, weights, k) -> Features:
    """Entries -1, 0 and 1: nodes with equal features, and equal scores."""
    return tuple(rng.integers(-1, 2, size=(n, k)).astype(float) for n in weights.shape)


def of_any_size(rng, weights, k) -> Features:
    """Sides, columns or only their products of any size in float64; some columns are 0."""
    decades, size = rng.choice((1, 4, 20, 150, 300)), rng.choice((1, k))
    first, second = rng.uniform(-decades, decades, (2, size))
    f, g = unrelated(rng, weights, k)
    return f * 10.0**first * (rng.random(k) < rng.choice((0.5, 1))), g * 10.0 ** (
        -first if rng.random() < 0.5 else second
    )


def nearly_dependent(rng, weights, k) -> Features:
    """All columns one, or but for a hundred-thousandth to a quadrillionth."""
    size = 10.0 ** -rng.uniform(5, 15) if rng.random() < 0.7 else 0.0
    return tuple(rng.standard_normal((n, 1)) + size * rng.standard_normal((n, k)) for n in weights.shape)


def near_optimum(rng, weights, k) -> Features:
    """`U_k Σ_k^{1/2}` and `W_k Σ_k^{1/2}`, unweighted, exactly or with noise."""
    (u, sigma, w_t), left, right = _factorised(weights)
    root, size = np.sqrt(sigma[:k]), 10.0 ** -rng.uniform(0, 8) if rng.random() < 0.5 else 0.0
    sides = u[:, :k] * root / left[:, None], w_t[:k].T * root / right[:, None]
    return tuple(side + size * noise for side, noise in zip(sides, unrelated(rng, weights, k), strict=True))


ENCODERS = (unrelated, tied, of_any_size, nearly_dependent, near_optimum)

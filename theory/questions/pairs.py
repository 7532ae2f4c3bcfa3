"""Question: how many pairs certify a bound? Theorems 19 and 28, and with features theorem 43."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pairbounds.infrastructure.arrays import SIDES, FloatArray, IntArray, rounded
from pairbounds.theory.bounds.theorem28_training_pairs import Forecast
from pairbounds.theory.bounds.theorem43_from_image_pairs import (
    ImagePairs,
    certified_mse_at_most,
    mse_from_pairs_at_most,
)
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.confidence import pairs_until
from pairbounds.theory.quantities.consistency import required_labels
from pairbounds.theory.quantities.factorisation import optimal_embeddings
from pairbounds.theory.quantities.probes import probe
from pairbounds.theory.quantities.walks import ConsistencyIntervals, consistency_from_pairs, penalised_error_at_most
from pairbounds.theory.questions.answer import Answer

SIZES = tuple(round(10 ** (power / 2)) for power in range(6, 25))  # pairs, two sizes per decade
SIMULATED = 10**6  # pairs; larger samples are extrapolated from this size
WALKED = 10**7  # pairs of a pilot sample; larger ones are subsampled to about this size
MOST = 10**15  # pairs; end of the search
WHOLE = 0.001  # tolerance for integer counts
DRAW = (
    "Draw image pairs independently: a caption by its mass and then two images of it, or two views of one image. "
    "A table of images and captions is no such sample"
)


@dataclass(frozen=True, eq=False)
class _Walks:
    """Forecast of theorem 19 from a graph that is the distribution or has the counts of a sample."""

    graph: PairGraph
    penalty: float
    level: float
    seed: int
    sample: int | None

    def at_most(self, n_pairs: int) -> float:
        """Squared error that n pairs certify; larger n keep the shares of the largest sample."""
        if self.sample is None and n_pairs < SIMULATED:
            return penalised_error_at_most(self.drawn(n_pairs), self.penalty)
        walks = max(1, int(self.largest.walks * (n_pairs / self.largest_size)))
        share = walks / self.largest.walks
        agreed, died = ((part * share).astype(np.int64) for part in (self.largest.agreed, self.largest.died))
        return penalised_error_at_most(ConsistencyIntervals.of(walks, agreed, died, self.level), self.penalty)

    @property
    def largest_size(self) -> int:
        """Number of pairs of the largest sample."""
        return SIMULATED if self.sample is None else min(self.sample, WALKED)

    @cached_property
    def largest(self) -> ConsistencyIntervals:
        """Intervals from the pilot sample, or from the largest simulated sample."""
        return self.drawn(self.largest_size)

    def drawn(self, n_pairs: int) -> ConsistencyIntervals:
        """Intervals from n pairs: drawn from the distribution, or about n (or all) of the pilot sample."""
        joint, labels = self.graph.joint.tocoo(), required_labels(self.graph, "left")
        rng = np.random.default_rng([self.seed, n_pairs])
        if self.sample is None:
            pairs = rng.choice(joint.nnz, n_pairs, p=joint.data / joint.data.sum())
        else:
            counts = rng.binomial(_counts(joint.data, self.sample), n_pairs / self.sample)
            pairs = np.repeat(np.arange(joint.nnz), counts)
        left, right = (ends[pairs].astype(np.int64) for ends in joint.coords)
        return consistency_from_pairs(left, right, labels[left], confidence=self.level, seed=self.seed)

    def pairs(self, target: float) -> float:
        """Number of pairs from which the forecast is at most a target, within 1%; inf above `MOST`."""
        return pairs_until(self.at_most, target, MOST, 1.01)


def pairs_report(
    graph: PairGraph,
    k: int,
    *,
    target: float = 0.1,
    level: float = 0.95,
    penalty: float | None = None,
    sample: int | None = None,
    views: npt.ArrayLike | None = None,
    features: Any = None,
    seed: int = 0,
) -> Answer:
    """Guaranteed squared error of a probe as a function of the number of pairs, and the number for a target.

    Parameters
    ----------
    graph : with left labels; the distribution of pairs or, with `sample`, a pilot sample
    k : width of the embedding in theorem 28
    target : squared error to certify
    level : confidence
    penalty : μ of theorem 19, whose optimum keeps the singular values above μ; by default `σ_{k+1}` of the graph
    sample : number of pairs in the pilot sample
    views : (n, 2), for theorem 43: left nodes of n image pairs, drawn independently from `P_T`; needs features
    features : of the left nodes, in a form of `PairGraph.through`
    seed : of the random samples

    Returns
    -------
    Answer, whose table has a row for each of `SIZES` and the columns
        n_pairs, mse_19 (penalised optimum, without a hypothesis), mse_28 (optimum of width k of the pairs) and
        mse_28_known_marginals (trained with the true marginals), and with views
        mse_43 (encoder of width k, linear in the features, of n image pairs; see `certified_mse_at_most`).

    Raises
    ------
    ValueError : no labels; target, level or penalty not in (0, 1); k out of range; counts of a sample that are not
        integers; views without features, or the reverse; image pairs without a shared right node

    Notes
    -----
    For theorem 19, samples of up to `SIMULATED` pairs are drawn; larger ones are extrapolated with the same shares.
    A pilot sample of more than `WALKED` pairs is subsampled to about that size.
    """
    if not 0 < target < 1:
        raise ValueError(f"target={target!r} is not a squared error between 0 and 1")
    unknown_marginals, with_marginals = Forecast(graph, k, level), Forecast(graph, k, level, known_marginals=True)
    required_labels(graph, "left")
    image_pairs = _image_pairs(graph, k, views, features, is_distribution=sample is None)
    next_value = float(unknown_marginals.triplets.upper_values[k])
    if penalty is None:
        penalty = min(max(next_value, 1e-9), 1 - 1e-9)
    walks = _Walks(graph, penalty, level, seed, sample)
    table = pd.DataFrame(
        {
            "n_pairs": n,
            "mse_19": walks.at_most(n),
            "mse_28": unknown_marginals.mse(n),
            "mse_28_known_marginals": with_marginals.mse(n),
        }
        for n in SIZES
    )
    words = [_about(graph, k, next_value, sample)]
    if sample is not None:
        words.append(_about_sample(walks, sample))
    closing = _closing(target, level, walks, unknown_marginals, with_marginals)
    if image_pairs is not None:
        table["mse_43"], sentences = _by_image_pairs(image_pairs, k, target, level)
        words += sentences
    table.attrs[SIDES] = dict.fromkeys(table.columns.drop("n_pairs"), "<=")
    return Answer(table, (*words, closing))


def _image_pairs(
    graph: PairGraph, k: int, views: npt.ArrayLike | None, features: Any, *, is_distribution: bool
) -> ImagePairs | None:
    """Sample of theorem 43; if the graph is the distribution, require a shared caption for each image pair."""
    if (views is None) != (features is None):
        raise ValueError("theorem 43 needs image pairs (`views=`) and features of the images (`features=`): give both")
    if views is None:
        return None
    image_pairs = ImagePairs.of(graph.through(features), views)
    if k >= (rank := len(image_pairs.second)):
        raise ValueError(
            f"k={k} is too large: theorem 43 needs k below {rank}, the number of directions of the features. Give a "
            "smaller k, or more features."
        )
    first, second = np.asarray(views).T
    shared = graph.joint[first].multiply(graph.joint[second]).sum(axis=1) > 0
    if is_distribution and not shared.all():
        row = int(np.argmin(shared))
        images = " and ".join(repr(str(graph.left_ids[side[row]])) for side in (first, second))
        raise ValueError(f"image pair {row + 1}: {images} share no caption of the distribution. {DRAW}.")
    return image_pairs


def _by_image_pairs(image_pairs: ImagePairs, k: int, target: float, level: float) -> tuple[list[float], list[str]]:
    """Squared error that theorem 43 certifies at each of `SIZES`, and sentences on its assumptions and numbers."""
    numbers = image_pairs.numbers(k)

    def certified(n_pairs: int) -> float:
        return certified_mse_at_most(n_pairs, level=level, **numbers)

    names = {"e_X": "unreached", "φ": "variation", "R²": "largest", "b": "spread"}
    estimates = ", ".join(f"{name} = {numbers[key]:.4f}" for name, key in names.items())
    bounds = mse_from_pairs_at_most(image_pairs, k), certified(image_pairs.n)
    by_moments, by_estimates = (rounded(bound, "<=", ".3g") for bound in bounds)
    count = _from(pairs_until(certified, target, MOST, 1.001), certified(MOST))
    return [certified(n) for n in SIZES], [
        "Assumptions: of theorem 19 none, but a penalty replaces the width; of theorem 28 the distribution of "
        "pairs; of theorem 43 independent image pairs, an encoder linear in the features, and B, φ, R² and b of "
        f"the population, which are estimated from the features and labels of FILE ({estimates}).",
        f"By theorem 43 the encoder from these {image_pairs.n:,} image pairs has a squared error of at most "
        f"{by_moments}, by the moments of the pairs, and of at most {by_estimates} with probability {level:g}, by φ, "
        f"R² and b. At most {target} is certified {count}, if λ̂_(k+1) is {numbers['next_value']:.3g}.",
    ]


def _about(graph: PairGraph, k: int, next_value: float, sample: int | None) -> str:
    error = probe(graph, optimal_embeddings(graph, k)[0]).mse
    origin = "The file is taken as the distribution" if sample is None else "Of the sample itself"
    return f"{origin}: at the optimum of width {k} the squared error is {error:.3g}, and σ_(k+1) = {next_value:.4f}."


def _about_sample(walks: _Walks, sample: int) -> str:
    intervals = walks.largest
    error = rounded(penalised_error_at_most(intervals, walks.penalty), "<=", ".3g")
    low, high = rounded(1 - intervals.high[0], ">=", ".3g"), rounded(1 - intervals.low[0], "<=", ".3g")
    return (
        f"By theorem 19 these {sample:,} pairs certify a squared error of at most {error} at the optimum with the "
        f"penalty {walks.penalty:.3g}, and α_T between {low} and {high}. Theorem 28 needs the distribution: its rows "
        "take the sample for it."
    )


def _closing(target: float, level: float, walks: _Walks, forecast: Forecast, with_marginals: Forecast) -> str:
    by_walks = f"by theorem 19 with the penalty {walks.penalty:.3g} {_from(walks.pairs(target), walks.at_most(MOST))}"
    by_own = f"by theorem 28 {_from(forecast.pairs(target), forecast.mse(MOST))}"
    by_known = f"with known marginals {_from(with_marginals.pairs(target), with_marginals.mse(MOST))}"
    return (
        f"So: a squared error of at most {float(target)} is certified at {100 * level:g}% {by_walks}; {by_own}, and "
        f"{by_known}. These are guarantees for the worst case: an encoder can be as good with far fewer pairs."
    )


def _from(n_pairs: float, limit: float) -> str:
    """Start of the certified range, rounded up to two digits."""
    if not math.isfinite(n_pairs):
        return f"by no number of pairs (limit {rounded(limit, '<=', '.3g')})"
    return f"from {float(rounded(n_pairs, '<=', '.2g')):,.0f} pairs on"


def _counts(shares: FloatArray, sample: int) -> IntArray:
    """Count of each pair in a sample of that size."""
    counts = shares * sample
    rounded_counts = np.rint(counts)
    if not 1 <= sample <= MOST or np.abs(counts - rounded_counts).max() > WHOLE or rounded_counts.min() < 1:
        raise ValueError(f"{sample} pairs cannot have these shares: give the sum of the counts of all pairs")
    return rounded_counts.astype(np.int64)

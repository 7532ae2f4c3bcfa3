"""Measures of an audited pair graph.

Intervals of the labelling errors are for the population of images. The images are treated as independent draws, each
with its label and its captions. The standard error of a smooth function θ of their weights is that of the infinitesimal
jackknife, `√Σ_x (∂θ/∂w_x)²`. A bootstrap would pair resampled images with their own copies, and its percentiles would
lie below the true error.

With p the marginal of the images, β(x) their leaks, `q(l) = Σ_c P(c | l)²` and `s(l) = Σ_x P(x | l)²`: `α_T = A / N`,
`∂A/∂w_x = 2 p(x) β(x) - p(x) + Σ_l P(x, l) q(l)`, `∂N/∂w_x = p(x)`. For pairs of two different images it is
`A / (N - S)`, with `∂S/∂w_x = 2 Σ_l P(x, l)² / p_R(l) - Σ_l P(x, l) s(l)`.

Source: Efron, *The Jackknife, the Bootstrap and Other Resampling Plans*, 1982.
"""

from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import pandas as pd
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import EPS, FloatArray, IntArray
from pairbounds.theory.graph.classes import pairs_by_class
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.quantities.connectivity import class_second_eigenvalues, cross_class_leaks
from pairbounds.theory.quantities.consistency import induced_labelling_error, label_energy

CONFIDENCE = 0.95


class PairFacts(NamedTuple):
    """Sums over single pairs.

    Attributes
    ----------
    degrees : (n_right,), number of images of each caption
    squares : (n_right,), `Σ_x P(x, l)²`
    returns : (n_left,), `Σ_l P(x, l)² / p_R(l)`, the mass of x paired with itself
    """

    degrees: IntArray
    squares: FloatArray
    returns: FloatArray


def pair_facts(graph: PairGraph) -> PairFacts:
    """`PairFacts` of a graph."""
    joint = graph.joint
    n_right, squared = joint.shape[1], joint.data**2
    degrees = np.bincount(joint.indices, minlength=n_right).astype(np.int64)
    squares = np.bincount(joint.indices, squared, n_right).astype(np.float64)
    returns = np.add.reduceat(squared / graph.right_marginal[joint.indices], joint.indptr[:-1])
    return PairFacts(degrees, squares, np.asarray(returns))


@dataclass(frozen=True, eq=False)
class Agreement:
    """Agreement of pairs and labels.

    Attributes
    ----------
    by_class : csc_array (r, n_right), `P(c, l)`
    energy : (k,), the label energy of the leading triplets
    alpha : α_T
    leaks : (n_left,), the leak of each left node
    second_eigenvalues : (r,), λ₂ of each class
    """

    by_class: sp.csc_array
    energy: FloatArray
    alpha: float
    leaks: FloatArray
    second_eigenvalues: FloatArray

    @cached_property
    def shares(self) -> FloatArray:
        """`P(c | l)` for each entry of `by_class`; exactly 1 for captions of one class."""
        masses = np.add.reduceat(self.by_class.data, self.by_class.indptr[:-1])
        return np.asarray(self.by_class.data / np.repeat(masses, np.diff(self.by_class.indptr)))


@dataclass(frozen=True, eq=False)
class Measures:
    """Data of the tables and the summary; `agreement` is `None` without labels.

    Attributes
    ----------
    k : the width of the embedding
    triplets : the k + 1 leading triplets
    bounds : the table of `check_bounds`
    """

    graph: PairGraph
    k: int
    triplets: Spectrum
    bounds: pd.DataFrame
    facts: PairFacts
    agreement: Agreement | None


def agreement(graph: PairGraph, triplets: Spectrum) -> Agreement:
    """Agreement of pairs and labels; needs labels."""
    return Agreement(
        by_class=pairs_by_class(graph),
        energy=label_energy(graph, triplets),
        alpha=induced_labelling_error(graph),
        leaks=cross_class_leaks(graph),
        second_eigenvalues=class_second_eigenvalues(graph),
    )


class Estimate(NamedTuple):
    """A value and an approximate interval of level `CONFIDENCE`."""

    value: float
    low: float
    high: float


def labelling_errors(graph: PairGraph, facts: PairFacts, agreement: Agreement) -> tuple[Estimate, Estimate | None]:
    """α_T, and the same for pairs of two different images, `None` without such pairs.

    If captions have few images, many of their pairs are self-pairs, which agree. Then α_T is smaller than with more
    images, and its interval does not show it. The second error has little bias.
    """
    p, by_class = graph.left_marginal, agreement.by_class
    class_collisions = np.add.reduceat(agreement.shares**2, by_class.indptr[:-1])
    image_collisions = facts.squares / graph.right_marginal**2
    crossing = 2 * p * agreement.leaks - p + graph.joint @ class_collisions
    with_itself = 2 * facts.returns - graph.joint @ image_collisions
    distinct = 1 - float(facts.returns.sum())
    all_pairs = _estimate(agreement.alpha, crossing - agreement.alpha * p)
    if distinct <= np.sqrt(EPS):
        return all_pairs, None
    error = agreement.alpha / distinct
    return all_pairs, _estimate(error, (crossing - error * (p - with_itself)) / distinct)


def _estimate(value: float, influences: FloatArray) -> Estimate:
    reach = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) * float(np.linalg.norm(influences))
    return Estimate(value, max(0.0, value - reach), min(1.0, value + reach))

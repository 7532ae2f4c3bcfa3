"""Measures of a pair graph in memory, or through `ClusterPairs` of pairs on a cluster.

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
from pairbounds.real_data.audit.cluster_graph import Block
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.connectivity import class_second_eigenvalues, cross_class_leaks
from pairbounds.theory.quantities.consistency import induced_labelling_error, label_energy, pairs_by_class
from pairbounds.theory.spectrum.triplets import Spectrum, spectrum

CONFIDENCE = 0.95


class PairFacts(NamedTuple):
    """Sums over single pairs, which products with the matrix cannot give.

    Attributes
    ----------
    degrees : (n_right,), number of images of each caption
    squares : (n_right,), `Σ_x P(x, l)²`
    returns : (n_left,), `Σ_l P(x, l)² / p_R(l)`, the mass of x paired with itself
    """

    degrees: IntArray
    squares: FloatArray
    returns: FloatArray


class ClassFacts(NamedTuple):
    """Cohesion of the classes: the leak of each left node, (n_left,), and λ₂ of each class, (r,)."""

    leaks: FloatArray
    second_eigenvalues: FloatArray


def pair_facts(rows: PairGraph | Block, right_marginal: FloatArray) -> PairFacts:
    """`PairFacts` of some non-empty rows of `P`."""
    joint = rows.joint
    n_right, squared = joint.shape[1], joint.data**2
    degrees = np.bincount(joint.indices, minlength=n_right).astype(np.int64)
    squares = np.bincount(joint.indices, squared, n_right).astype(np.float64)
    returns = np.add.reduceat(squared / right_marginal[joint.indices], joint.indptr[:-1])
    return PairFacts(degrees, squares, np.asarray(returns))


def class_facts(graph: PairGraph) -> ClassFacts:
    """`ClassFacts` of a labelled graph in memory."""
    return ClassFacts(cross_class_leaks(graph), class_second_eigenvalues(graph))


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs in the memory of this process, and measurements on them."""

    graph: PairGraph

    def triplets(self, k: int, *, device: str, seed: int) -> Spectrum:
        """Triplets by `pairbounds.spectrum`."""
        return spectrum(self.graph, k, device=device, seed=seed)

    def pair_facts(self) -> PairFacts:
        """Sums over single pairs."""
        return pair_facts(self.graph, self.graph.right_marginal)

    def class_facts(self) -> ClassFacts:
        """Cohesion of the classes; needs labels."""
        return class_facts(self.graph)


@dataclass(frozen=True, eq=False)
class Agreement:
    """Agreement of pairs and labels.

    Attributes
    ----------
    by_class : csc_array (r, n_right), `P(c, l)`
    energy : (k,), the label energy of the leading triplets
    alpha : α_T
    facts : leaks and second eigenvalues of the classes
    """

    by_class: sp.csc_array
    energy: FloatArray
    alpha: float
    facts: ClassFacts

    @cached_property
    def shares(self) -> FloatArray:
        """`P(c | l)` for each entry of `by_class`; exactly 1 for captions of one class."""
        masses = np.add.reduceat(self.by_class.data, self.by_class.indptr[:-1])
        return np.asarray(self.by_class.data / np.repeat(masses, np.diff(self.by_class.indptr)))


@dataclass(frozen=True, eq=False)
class Measures:
    """Data of the tables, the summary and the figure; `agreement` is `None` without labels.

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


def agreement(pairs: Pairs, triplets: Spectrum) -> Agreement:
    """Agreement of pairs and labels; needs labels."""
    graph = pairs.graph
    return Agreement(
        by_class=pairs_by_class(graph),
        energy=label_energy(graph, triplets),
        alpha=induced_labelling_error(graph),
        facts=pairs.class_facts(),
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
    crossing = 2 * p * agreement.facts.leaks - p + graph.joint @ class_collisions
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

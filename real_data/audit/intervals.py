"""Intervals of the labelling errors, for images that were not seen.

The images are taken for independent draws, each with its label and its captions. The standard error of a smooth
function θ of their weights is that of the bootstrap over images as its perturbations become small, which needs no
drawing: `√Σ_x (∂θ/∂w_x)²`, the infinitesimal jackknife. A resampled image, as the bootstrap itself has it, would be a
pair with its own copy; its percentiles lie below the error they should hold.

With p the marginal of the images, β(x) their leaks, `q(l) = Σ_c P(c | l)²` and `s(l) = Σ_x P(x | l)²`: `α_T = A / N`,
`∂A/∂w_x = 2 p(x) β(x) - p(x) + Σ_l P(x, l) q(l)`, `∂N/∂w_x = p(x)`. For pairs of two different images it is
`A / (N - S)`, with `∂S/∂w_x = 2 Σ_l P(x, l)² / p_R(l) - Σ_l P(x, l) s(l)`.

Source: Efron, *The Jackknife, the Bootstrap and Other Resampling Plans*, 1982.
"""

from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.real_data.audit.measuring import Agreement, PairFacts
from pairbounds.theory.graph.pair_graph import PairGraph

CONFIDENCE = 0.95


class Estimate(NamedTuple):
    """A value and an approximate interval of level `CONFIDENCE`."""

    value: float
    low: float
    high: float


def labelling_errors(graph: PairGraph, facts: PairFacts, agreement: Agreement) -> tuple[Estimate, Estimate | None]:
    """α_T, and the same of pairs of two different images, `None` if there are no such pairs.

    Where captions have few images, many of their pairs are an image with itself, and agree: α_T falls short of what
    more images would show, and its interval does not tell. The second error falls short by little.
    """
    p, by_class = graph.left_marginal, agreement.by_class
    class_collisions = np.add.reduceat(agreement.shares**2, by_class.indptr[:-1])
    image_collisions = facts.squares / graph.right_marginal**2
    crossing = 2 * p * agreement.facts.leaks - p + graph.joint @ class_collisions
    with_itself = 2 * facts.returns - graph.joint @ image_collisions
    distinct = 1 - float(facts.returns.sum())
    all_pairs = _estimate(agreement.alpha, crossing - agreement.alpha * p)
    if distinct <= np.sqrt(np.finfo(np.float64).eps):
        return all_pairs, None
    error = agreement.alpha / distinct
    return all_pairs, _estimate(error, (crossing - error * (p - with_itself)) / distinct)


def _estimate(value: float, influences: FloatArray) -> Estimate:
    reach = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) * float(np.linalg.norm(influences))
    return Estimate(value, max(0.0, value - reach), min(1.0, value + reach))

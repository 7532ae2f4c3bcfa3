"""Theorem 11, after Wang et al. 2022: InfoNCE and the cross-entropy of the mean classifier bound one another.

In words: On the unit sphere InfoNCE and the cross-entropy of the classifier by class means differ by no more than the
spread of the embeddings of captions within their classes accounts for.

On the unit sphere, at temperature 1: `f̂ = f / ‖f‖`, `ĝ = g / ‖g‖`. A pair has the class of its right node, with mean
`μ_c` of ĝ, class mass `q_c`, `V_c = E[‖ĝ(l) - μ_c‖² | y(l) = c]` and `V = Σ_c q_c V_c`. L_NCE is InfoNCE from the left,
and `L_CE = -E_P[f̂(x)ᵀ μ_{y(l)}] + E_{p_L} log Σ_c q_c e^{f̂(x)ᵀ μ_c}`.

Proof: `docs/theorems/theorem11.md`. Source: Wang et al. 2022, in the limit of infinitely many negatives, for one
encoder and classes of one mass; both sides and the form with λ₂ are derived here. Cost: O(n_left n_right k).
"""

import math

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray, once
from pairbounds.infrastructure.checks import require
from pairbounds.theory.bounds.measured import QUANTITIES, Encoder, Quantity
from pairbounds.theory.bounds.registry import exact
from pairbounds.theory.bounds.theorem10_infonce import require_few_pairs
from pairbounds.theory.graph.classes import required_labels
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.connectivity import class_second_eigenvalues
from pairbounds.theory.quantities.consistency import labelling_error
from pairbounds.theory.quantities.metrics.class_moments import ClassMoments, class_moments
from pairbounds.theory.quantities.metrics.hypersphere import on_sphere
from pairbounds.theory.quantities.population_infonce import infonce_directions
from pairbounds.theory.quantities.scores import log_mean_exp

CURVATURE = (math.e**2 - 3) / 4  # κ


def mean_classifier_cross_entropy(encoder: Encoder) -> float:
    """`L_CE`: of the mean classifier, against class masses as the base measure, so that knowing nothing costs 0."""
    classes, (left, _) = right_moments(encoder), sphere(encoder)
    pairs, scores = encoder.graph.joint.tocoo(), left @ classes.means.T
    rows, columns = pairs.coords
    attraction = float(pairs.data @ scores[rows, classes.class_of[columns]])
    repulsion = float(encoder.graph.left_marginal @ log_mean_exp(scores, classes.masses))
    return repulsion - attraction


QUANTITIES["mean_classifier_cross_entropy"] = Quantity(mean_classifier_cross_entropy, lambda _: 0.0)


@exact("cross-entropy-by-infonce", quantity="mean_classifier_cross_entropy", subject="encoder", kept="sharper")
def by_infonce(encoder: Encoder) -> float:
    """`L_{CE} <= L_{NCE} + √V` for every embedding pair on the sphere.

    Needs labels on the right, and a graph of at most `PAIRS_LIMIT` pairs of nodes, since InfoNCE scores each of them.
    """
    return infonce(encoder)[0] + math.sqrt(right_moments(encoder).variance)


@exact("cross-entropy-by-connectivity", quantity="mean_classifier_cross_entropy", subject="encoder", kept="sharper")
def by_connectivity(graph: PairGraph, encoder: Encoder) -> float:
    """`L_{CE} <= L_{NCE} + Σ_c q_c √(λ_2(c) V^L_c V_c)` if `α = 0`, with `V^L_c` the variance of f̂ in class c.

    Needs, beside `α = 0`, a graph of at most `PAIRS_LIMIT` pairs of nodes.
    """
    error = labelling_error(graph)
    require(error == 0, f"consistent labels fail: α is {error:.3g}, not 0")
    right = right_moments(encoder)
    left = class_moments(sphere(encoder)[0], graph.left_marginal, required_labels(graph, "left"))
    spreads = class_second_eigenvalues(graph) * left.variances * right.variances
    return infonce(encoder)[0] + float(right.masses @ np.sqrt(spreads))


@exact(
    "cross-entropy-below", quantity="mean_classifier_cross_entropy", relation=">=", subject="encoder", kept="sharper"
)
def below(encoder: Encoder) -> float:
    """`L_{CE} >= L_{NCE} - √V - log(1 + κ max_c V_c)`, `κ = (e² - 3) / 4`, for every embedding pair on the sphere.

    Needs labels on the right, and a graph of at most `PAIRS_LIMIT` pairs of nodes.
    """
    classes = right_moments(encoder)
    return infonce(encoder)[0] - math.sqrt(classes.variance) - math.log1p(CURVATURE * classes.variances.max())


@once
def sphere(encoder: Encoder) -> tuple[FloatArray, FloatArray]:
    """`f̂` and `ĝ`."""
    graph = encoder.graph
    return on_sphere(encoder.left, graph.n_left, "f"), on_sphere(encoder.both_sides, graph.n_right, "g")


@once
def infonce(encoder: Encoder) -> tuple[float, float]:
    """InfoNCE on the sphere, from the left, which is `L_NCE`, and from the right."""
    require_few_pairs(encoder.graph)
    from_left, from_right = infonce_directions(encoder.graph, *sphere(encoder))
    return from_left, from_right


@once
def right_moments(encoder: Encoder) -> ClassMoments:
    """Means and variances of ĝ in the classes of the right side."""
    labels = required_labels(encoder.graph, "right")
    return class_moments(sphere(encoder)[1], encoder.graph.right_marginal, labels)

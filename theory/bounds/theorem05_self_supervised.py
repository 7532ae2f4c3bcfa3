"""Theorem 5: natural images, classified by the vote of their views.

In words: A natural image that is classified by the vote of its views is wrong at most twice as often as, taken
together, views are misclassified and differ in class from their image.

Views are left nodes. An image (right node) is given the class that the probe gives most of the mass of its views.

Proof: `docs/theorems/theorem05.md`. Source: after HaoChen et al. 2021; the constants are derived here, except in the
literature's form, which is restated. Cost: as theorem 4; α is linear in the pairs.
"""

import numpy as np

from pairbounds.theory.bounds.gap import over_gap
from pairbounds.theory.bounds.measured import QUANTITIES, Encoder, Quantity
from pairbounds.theory.bounds.registry import bound, exact
from pairbounds.theory.graph.classes import class_indicators, required_labels
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.quantities.consistency import guess_error, induced_labelling_error, labelling_error
from pairbounds.theory.quantities.scores import strict_standing


def image_error(encoder: Encoder) -> float:
    """0-1 error on the right side of the vote of the left side's probe; a tied view does not vote, a tied vote errs."""
    graph, right = encoder.graph, required_labels(encoder.graph, "right")
    classes = np.unique(required_labels(graph, "left"))
    voting = encoder.probe.winners >= 0
    ballots = class_indicators(encoder.probe.winners[voting], np.arange(len(classes)))
    shares = (graph.joint[voting].T @ ballots).toarray() / graph.right_marginal[:, None]  # of the views of each image
    winners = strict_standing(shares).winners
    return float(graph.right_marginal @ ((winners < 0) | (classes[winners] != right)))


QUANTITIES["image_error"] = Quantity(image_error, lambda graph: guess_error(graph, "right"))


@exact("image-error", quantity="image_error", subject="encoder", kept="sharper")
def by_views(graph: PairGraph, encoder: Encoder) -> float:
    """`E_{image}(f) <= 2 (E(f) + α)` for every embedding f of the views."""
    return 2 * (encoder.probe.error + labelling_error(graph))


@exact("image-error-by-pairs", quantity="image_error", kept="less information: no encoder")
def by_induced_pairs(graph: PairGraph, spectrum: Spectrum, k: int) -> float:
    """`E_{image}(f*) <= 4 α_T / (1 - σ²_{k+1}) + 2 α`."""
    return over_gap(4 * induced_labelling_error(graph), spectrum, k) + 2 * labelling_error(graph)


@bound("image-error-haochen", quantity="image_error", status="restated", kept="published")
def literature(graph: PairGraph, spectrum: Spectrum, k: int) -> float:
    """`E_{image}(f*) <= 2 φ / λ_{k+1} + 8 α`, with `φ = α_T` and `λ_{k+1} = 1 - σ²_{k+1}`.

    HaoChen et al. 2021; constants as restated in the literature, not derived here.
    """
    return over_gap(2 * induced_labelling_error(graph), spectrum, k) + 8 * labelling_error(graph)

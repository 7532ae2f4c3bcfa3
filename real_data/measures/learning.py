"""Learning from a pair graph: its bounds, and the error of the optimal embedding, held out and not."""

import math

import numpy as np
import numpy.typing as npt

from pairbounds.infrastructure.hypotheses import HypothesisError
from pairbounds.theory.bounds.quantities import Encoder
from pairbounds.theory.bounds.registry import BOUNDS
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.connectivity import class_second_eigenvalues
from pairbounds.theory.quantities.consistency import class_masses, guess_error, induced_labelling_error
from pairbounds.theory.quantities.logistic import logistic_probe
from pairbounds.theory.quantities.metrics import alignment, uniformity
from pairbounds.theory.quantities.multihop import consistency_curve
from pairbounds.theory.spectrum.triplets import Spectrum

HOPS = (1, 2, 4, 8)
CLAIMS = {
    "bound": "probe-error",
    "sharp_bound": "sharp-probe-error",
    "multihop_bound": "multihop-error",
    "local_multihop_bound": "local-multihop-error",
}


def learned(graph: PairGraph, triplets: Spectrum, k: int, labelled: npt.ArrayLike) -> dict[str, float]:
    """Theorem and measurement side by side, for the optimal embedding of width k of one labelled graph.

    Parameters
    ----------
    triplets : at least k + 1
    labelled : the left nodes whose labels a second probe may see

    Returns
    -------
    induced_labelling_error : `α_T`, with self-pairs, as the theorems have it
    next_singular_value : `σ_{k+1}`
    bound, sharp_bound, multihop_bound : of the probe error, by theorem 4, its sharper form, and theorem 15
    local_multihop_bound, trained_bound : the same by theorems 16 and 17, the latter at the optimum
    guess_error : of guessing the largest class: from there on a bound is vacuous
    probe_error : of the probe that sees all labels, what the bounds are about
    held_out_error : of a logistic probe that sees the labels of some, on the others
    second_eigenvalue : `λ₂(c)`, weighted by the mass of the classes
    largest_second_eigenvalue : the worst class
    consistency_1, ... : multi-hop consistency `a_m`, self-pairs included

    """
    optimum = Encoder.optimum(graph, triplets.leading(k + 1), k)
    # Not the least-squares probe: few labels leave it directions that it knows nothing of, and it follows them far.
    held_out = logistic_probe(graph, optimum.left, labelled=labelled).held_out_error
    assert held_out is not None  # half of the subjects are not seen
    inside = class_second_eigenvalues(graph)
    curve = consistency_curve(graph, max(HOPS))
    return {
        "induced_labelling_error": induced_labelling_error(graph),
        "next_singular_value": float(optimum.spectrum.singular_values[k]),
        **{column: BOUNDS[name](graph, triplets, k) for column, name in CLAIMS.items()},
        "trained_bound": BOUNDS["trained-error"](graph, triplets, k, optimum),
        "guess_error": guess_error(graph),
        "probe_error": optimum.probe.error,
        "held_out_error": held_out,
        "second_eigenvalue": float(np.average(inside, weights=class_masses(graph))),
        "largest_second_eigenvalue": float(inside.max()),
        **{f"consistency_{m}": float(curve[m]) for m in HOPS},
    }


def on_sphere(graph: PairGraph, triplets: Spectrum, k: int) -> dict[str, float]:
    """Alignment and uniformity of the same embedding on the sphere, without labels; NaN where an image has none.

    Every pair counts: at these sizes that takes as long as the bounds.
    """
    embedding = Encoder.optimum(graph, triplets.leading(k + 1), k).left
    try:
        return {"alignment": alignment(graph, embedding), "uniformity": uniformity(graph, embedding)}
    except HypothesisError:  # an image that the top k leave at 0 has no direction
        return {"alignment": math.nan, "uniformity": math.nan}

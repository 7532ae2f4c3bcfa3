"""Effect of a resampling rule on bounds and on the measured error."""

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.checks import HypothesisError
from pairbounds.theory.bounds.measured import Encoder
from pairbounds.theory.bounds.registry import BOUNDS
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.quantities.connectivity import class_second_eigenvalues
from pairbounds.theory.quantities.consistency import induced_labelling_error
from pairbounds.theory.quantities.factorisation import best_partner
from pairbounds.theory.resampling.graph_rules import (
    add_new_positive,
    drop_easy_negative,
    drop_false_negative,
    drop_false_positive,
    drop_negatives,
)
from pairbounds.theory.resampling.optimum import WeightedOptimum, weighted_optimum
from pairbounds.theory.spectrum.triplets import spectrum_beyond

if TYPE_CHECKING:
    import pandas as pd

KEEP = 0.5  # share of the weight that dropped negatives keep: at 0 the loss may have no minimum
BY_MARGINS = {"trained_bound": "trained-error"}  # of any embedding
# Of the optimum of a graph; theorem 16 speaks of no other embedding.
CLAIMS = {"bound": "probe-error", "multihop_bound": "multihop-error", "local_multihop_bound": "local-multihop-error"}
CLAIMS_OF_ENCODERS = {"bound": "near-optimal-error", "multihop_bound": "multihop-near-optimal-error", **BY_MARGINS}


class Resampled(NamedTuple):
    """Result of rules on a graph."""

    graph: PairGraph  # after the positive rules
    optimum: WeightedOptimum | None = None  # on its induced pairs under the measure of the negative rules, if any


Rule = Callable[[PairGraph, Any, int], Resampled]  # of a graph, a guide, and the width of the embedding
FOUR = ("add_new_positive", "drop_false_positive", "drop_false_negative", "drop_easy_negative")  # of the paper
ALL_FOUR = "+".join(FOUR)


def _negatives(graph: PairGraph, measure: FloatArray, k: int) -> Resampled:
    return Resampled(graph, weighted_optimum(graph.induced(), measure, k))


def _all_four(graph: PairGraph, guide: Any, k: int) -> Resampled:
    changed = add_new_positive(drop_false_positive(graph, guide), guide)
    return _negatives(changed, drop_negatives(changed, guide, keep=KEEP), k)


RULES: Mapping[str, Rule] = {
    "add_new_positive": lambda graph, guide, _: Resampled(add_new_positive(graph, guide)),
    "drop_false_positive": lambda graph, guide, _: Resampled(drop_false_positive(graph, guide)),
    "drop_false_negative": lambda graph, guide, k: _negatives(graph, drop_false_negative(graph, guide, keep=KEEP), k),
    "drop_easy_negative": lambda graph, guide, k: _negatives(graph, drop_easy_negative(graph, guide, keep=KEEP), k),
    ALL_FOUR: _all_four,
}


def resampling_effects(
    graph: PairGraph, guides: Mapping[str, Any], k: int, rules: Mapping[str, Rule] = RULES
) -> "pd.DataFrame":
    """Effects of every rule with every guide on a graph, a row each.

    Returns
    -------
    DataFrame with columns
        guide, rule, converged (for the optimum under a changed measure; else true), and columns "_before" and "_after"
        of induced_labelling_error (`α_T`), next_singular_value (`σ_{k+1}`), bound, multihop_bound, local_multihop_bound
        and trained_bound (on the probe error; the first may be infinite), probe_error (measured),
        largest_second_eigenvalue (`max_c λ₂(c)`, its upper end).
        The bounds are theorems 4, 15, 16 and 17 for the optimum of a graph. A negative rule changes the embedding and
        not the pairs. Then the bounds are theorem 7 with the tail of theorem 4 or 15, and theorem 17; theorem 16 is
        NaN. The excess loss is that of the left embedding and its best right one, on the induced pairs under
        `p_L × p_L`. If this is the measure and `σ_k > σ_{k+1}`, theorem 7 gives theorems 4 and 15, up to round-off.

    Raises
    ------
    ValueError : no left labels, k out of range on a graph, an optimum of another width; errors of the rules
    """
    import pandas as pd

    before, rows = _facts(Resampled(graph), k), []
    for guide, guide_features in guides.items():
        for name, rule in rules.items():
            changed = rule(graph, guide_features, k)
            after = _facts(changed, k)
            stages = {f"{quantity}_{stage}": facts[quantity] for quantity in before
                      for stage, facts in (("before", before), ("after", after))}  # fmt: skip
            converged = changed.optimum is None or changed.optimum.converged
            rows.append({"guide": guide, "rule": name, "converged": converged} | stages)
    return pd.DataFrame(rows)


def _facts(resampled: Resampled, k: int) -> dict[str, float]:
    graph, optimum = resampled
    triplets = spectrum_beyond(graph, k)
    return {
        "induced_labelling_error": induced_labelling_error(graph),
        "next_singular_value": float(triplets.singular_values[k]),
        **(_of_optimum(graph, triplets, k) if optimum is None else _of_embedding(graph, triplets, k, optimum)),
        "largest_second_eigenvalue": float(class_second_eigenvalues(graph).max()),
    }


def _of_optimum(graph: PairGraph, triplets: Spectrum, k: int) -> dict[str, float]:
    optimum = Encoder.optimum(graph, triplets, k)
    bounds = {column: BOUNDS[name](graph, triplets, k, optimum) for column, name in (CLAIMS | BY_MARGINS).items()}
    return bounds | {"probe_error": optimum.probe.error}


def _of_embedding(graph: PairGraph, triplets: Spectrum, k: int, optimum: WeightedOptimum) -> dict[str, float]:
    """Bounds of an embedding, by the tail of the graph and the excess loss on its induced pairs.

    Both have the same left singular vectors, so the bounds of an unchanged embedding stay the same.
    """
    pairs = graph.induced()
    # The bound holds with any right side: the best one under the unchanged measure is sharpest.
    encoder = Encoder.of(pairs, spectrum_beyond(pairs, k), k, (optimum.left, best_partner(pairs, optimum.left)))
    bounds = dict.fromkeys(CLAIMS, math.nan)
    for column, name in CLAIMS_OF_ENCODERS.items():
        try:
            bounds[column] = BOUNDS[name](graph, triplets, k, encoder)
        except HypothesisError:  # no gap to lean on
            bounds[column] = math.inf
    return bounds | {"probe_error": encoder.probe.error}

"""Question: which batch size, how many false negatives, which temperature? Theorems 29 and 31."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from pairbounds.infrastructure.arrays import SIDES, rounded
from pairbounds.theory.bounds.theorem29_batches import batch_information, collisions, dropping, smallest_batch
from pairbounds.theory.bounds.theorem31_temperature import largest_temperature
from pairbounds.theory.graph.labels import UNLABELLED
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.population_infonce import mutual_information
from pairbounds.theory.questions.answer import Answer

BATCHES = tuple(2**power for power in range(6, 17))
SHARE = 0.95  # of the information, which the suggested batch shows
NO_INFORMATION = 1e-12  # nats; below it, the two sides count as independent
MANY_ALONE = 0.5  # share of pairs whose caption has a single image; from it, the report warns


def batch_report(graph: PairGraph, batches: Sequence[int] = BATCHES, *, guide: npt.ArrayLike | None = None) -> Answer:
    """False negatives, shown information and temperature of in-batch InfoNCE, in closed form.

    Parameters
    ----------
    batches : batch sizes, at least 2 pairs
    guide : (n_left,), classes for DropFalseNegative, which drops negatives of the anchor's class

    Returns
    -------
    Answer, whose table has a row for each batch size and the columns
        batch, information (I, in nats), shown_low and shown_high (bounds on the part of it that a batch shows), and
        for each kind of false negative (same_class, same_caption, also_a_pair) its expected number per anchor, and
        with the suffix _none the probability that there is none.

    Raises
    ------
    ValueError : a batch of fewer than 2 pairs; a guide of the wrong length

    Notes
    -----
    Cost: linear in the pairs for each batch size. Source: theorems 29 and 31.
    """
    labelled, missing = with_usable_labels(graph)
    information = mutual_information(labelled)
    rows = [{"batch": int(batch), "information": information, **_row(labelled, int(batch))} for batch in batches]
    table = pd.DataFrame(rows)
    table.attrs[SIDES] = {"shown_low": ">=", "shown_high": "<="}
    words = [*missing, *_alone(labelled)]
    if max(batches) > (pairs := labelled.joint.nnz):
        words.append(f"The graph has {pairs:,} distinct pairs: a larger batch repeats some, as no epoch does.")
    if information <= NO_INFORMATION:
        words.append("The two sides are independent: no batch and no temperature matters.")
        return Answer(table, tuple(words))
    if guide is not None:
        words.append(_dropped(labelled, guide))
    return Answer(table, (*words, *_closing(labelled, information)))


def with_usable_labels(graph: PairGraph) -> tuple[PairGraph, list[str]]:
    """Graph, without its labels if a node of a labelled side has none, and a sentence if labels are not used."""
    if graph.left_labels is None:
        return graph, ["The graph has no labels: what concerns classes is left out. Give `labels=`."]
    sides = [labels for labels in (graph.left_labels, graph.right_labels) if labels is not None]
    missing = sum(int(np.sum(labels == UNLABELLED)) for labels in sides)
    if not missing:
        return graph, []
    nodes = graph.n_left + graph.n_right
    bare = PairGraph(graph.joint, left_ids=graph.left_ids, right_ids=graph.right_ids)
    return bare, [f"{missing:,} of {nodes:,} nodes have no label: what concerns classes is left out."]


def _row(graph: PairGraph, batch: int) -> dict[str, float]:
    low, high = batch_information(graph, batch)
    row = {"shown_low": low, "shown_high": high}
    for kind in collisions(graph, batch).to_dict("records"):
        name = str(kind["kind"]).replace(" ", "_")
        row |= {name: kind["expected"], f"{name}_none": kind["none"]}
    return row


def _alone(graph: PairGraph) -> list[str]:
    """Warning if most pairs have a caption with a single image: it only identifies the image."""
    images = np.diff(graph.joint.tocsc().indptr)
    share = float(graph.right_marginal[images == 1].sum())
    if share < MANY_ALONE:
        return []
    return [
        f"{share:.0%} of the pairs have a caption of one image alone, so most of the information is which image it is. "
        "The file counts as the whole distribution; a sample of pairs shows more information than there is."
    ]


def _dropped(graph: PairGraph, guide: npt.ArrayLike) -> str:
    result = dropping(graph, guide)
    rightly = (
        ""
        if np.isnan(result.right)
        else f", {result.right:.0%} of them rightly, {result.of_wrong:.0%} of those to drop"
    )
    rise = "" if np.isnan(result.raised) else f"; the other pairs' scores rise by {result.raised:.2g} nats on average"
    return (
        f"DropFalseNegative by the guide drops {result.dropped:.1%} of the negatives{rightly}. It moves the optimum: "
        f"{result.unordered:.1%} of the pairs have a caption that is never a negative of its image then, and a score "
        f"without limit{rise}."
    )


def _closing(graph: PairGraph, information: float) -> list[str]:
    size, temperature = smallest_batch(graph, SHARE), rounded(largest_temperature(graph), "<=", ".2g")
    return [
        f"The pairs have {information:.3g} nats of mutual information. False negatives do not move the optimum of a "
        "critic that can score every pair freely; for an encoder of limited width they can.",
        f"So: a batch of {size:,} shows at least {SHARE:.0%} of the information, and with cosine scores, a learned "
        f"temperature that ends above {temperature} cannot reach the optimum of InfoNCE: width, optimisation or an "
        "early stop is the cause.",
    ]

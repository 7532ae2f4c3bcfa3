"""Training of critics in batches: the effect of the information that a batch shows, and of its false negatives.

A batch of B pairs shows at most log B of the mutual information between the two sides of a graph (theorem 29), and has
more false negatives the larger it is. Critics are trained with InfoNCE in batches of several sizes. Variants of the
training, the *arms*, drop some negatives or reword captions, so that one of the two changes and the other does not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.batch_critics import Critic, Critics, Dropped, Features
from pairbounds.theory.quantities.population_infonce import infonce_loss, mutual_information
from pairbounds.theory.quantities.probes import probe
from pairbounds.theory.questions.batch import batch_report

ARMS: dict[str, Dropped] = {"repeats dropped": "repeats", "pairs dropped": "pairs", "others dropped": "others"}
REWORDED = "reworded"


@dataclass(frozen=True)
class Batches:
    """Settings of a study for the training of critics in batches.

    Attributes
    ----------
    k : width of the critics
    seen : number of training pairs, equal for all batch sizes
    batches : batch sizes of the arm with all negatives
    contrasts : batch sizes of the arms with dropped negatives and with reworded captions, which are compared with it
    rates : learning rates of Adam for critics with a vector for each node
    linear_rates : learning rates for critics that are linear in features
    wordings : number of wordings of a caption in the reworded arm, equally likely for each image
    exact_steps : numbers of steps of training with the loss of the whole graph
    tuning : number of seeds, from 0, that choose the rate; the others are for evaluation
    """

    k: int = 8
    seen: int = 32_768
    batches: tuple[int, ...] = (8, 16, 32, 64, 128, 256, 512)
    contrasts: tuple[int, ...] = (256,)
    rates: tuple[float, ...] = (0.001, 0.003, 0.01, 0.03, 0.1)
    linear_rates: tuple[float, ...] = (0.001, 0.003, 0.01, 0.03, 0.1)
    wordings: int = 4
    exact_steps: tuple[int, ...] = (64, 500)
    tuning: int = 3


def trained_in_batches(graph: PairGraph, features: Features, settings: Batches, seed: int) -> pd.DataFrame:
    """Errors of critics with a vector for each node and of linear critics, with the closed forms of their batch.

    Parameters
    ----------
    graph : with left labels
    features : of both sides, (n_left, d) and (n_right, d')

    Returns
    -------
    DataFrame, a row for each critic (free, linear), arm, batch and rate, and the columns
        tunes (true if the seed chooses rates), arm (all: every negative counts; `ARMS`; reworded: captions with the
        same information and fewer repeats in a batch; exact: the loss of the whole graph, with batch inf), steps,
        mse and error (of the probe), excess_loss (InfoNCE on the whole graph minus `-I`; NaN if tunes, and for reworded
        captions), and the columns of `batch_report`.
    """
    reports = batch_report(graph, sorted({*settings.batches, *settings.contrasts})).table.astype({"batch": float})
    tunes, kinds = seed < settings.tuning, {"free": (None, settings.rates), "linear": (features, settings.linear_rates)}
    rows = [
        {"critic": name, "arm": arm, "batch": batch, "steps": steps, "rate": rate}
        | _measured(trained.graph, *result, tunes or arm == REWORDED)
        for name, (of_sides, rates) in kinds.items()
        for arm, batch, steps, trained, results in _arms(
            Critics(graph, settings.k, settings.seen, rates, of_sides, seed), settings
        )
        for rate, result in zip(rates, results, strict=True)
    ]
    return pd.DataFrame(rows).assign(tunes=tunes).merge(reports, on="batch", how="left")


Arm = tuple[str, float, int, Critics, list[Critic]]


def _arms(critics: Critics, settings: Batches) -> Iterator[Arm]:
    """Arm, batch size, number of steps, critics before training, and trained critics, one for each rate."""
    for batch in settings.batches:
        yield "all", float(batch), critics.n_pairs // batch, critics, critics.in_batches(batch)
    reworded = _reworded(critics, settings.wordings)
    for batch in settings.contrasts:
        steps = critics.n_pairs // batch
        for arm, dropped in ARMS.items():
            yield arm, batch, steps, critics, critics.in_batches(batch, dropped)
        yield REWORDED, batch, steps, reworded, reworded.in_batches(batch)
    for steps in settings.exact_steps:
        yield "exact", np.inf, steps, critics, critics.exactly(steps)


def _reworded(critics: Critics, times: int) -> Critics:
    """Critics on a graph with several equally likely wordings of each caption.

    The density ratios `P / (p_L p_R)` are unchanged, and so is the information that a batch shows. A caption repeats
    less often in a batch.
    """
    joint = sp.csr_array(sp.kron(critics.graph.joint, np.full((1, times), 1 / times)))
    features = critics.features and (critics.features[0], np.repeat(critics.features[1], times, axis=0))
    return replace(critics, graph=PairGraph(joint, critics.graph.left_labels), features=features)


def _measured(graph: PairGraph, left: FloatArray, right: FloatArray, no_excess: bool) -> dict[str, float]:
    """Errors of the probe on a critic and, unless `no_excess`, its excess of the InfoNCE loss."""
    result = probe(graph, left)
    excess = np.nan if no_excess else infonce_loss(graph, left, right) + mutual_information(graph)
    return {"mse": result.mse, "error": result.error, "excess_loss": excess}

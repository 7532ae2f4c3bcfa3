"""Parts of the error of a trained encoder: approximation, optimisation, sampling and the probe."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from pairbounds.simulations.training import train
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.factorisation import optimal_embeddings
from pairbounds.theory.quantities.probes import probe


@dataclass(frozen=True)
class ErrorParts:
    """Differences of linear-probe errors, which add up to the error of what users would really have.

    Attributes
    ----------
    approximation : the error of the optimal embedding of this width, whose probe sees every label
    optimisation : what the encoder as trained on the whole graph adds: its architecture, its loss and its training
    sampling : what training on a sample of pairs adds
    probe : what a probe adds that sees few labels and is judged on the rest
    """

    approximation: float
    optimisation: float
    sampling: float
    probe: float

    @property
    def total(self) -> float:
        """Held-out error of the encoder trained on the sample, with the probe of few labels."""
        return self.approximation + self.optimisation + self.sampling + self.probe


def error_parts(graph: PairGraph, k: int, *, pairs: int, labels: int, seed: int = 0, **training: Any) -> ErrorParts:
    """Train on the graph and on a sample of it, probe with all labels and with a few, and take differences.

    A part is negative where the step it speaks of helps: a network that sees what images look like can be better than
    the optimum of the population loss.

    Parameters
    ----------
    pairs : int
        Positive pairs in the training set.
    labels : int
        Left nodes with a label, drawn without replacement by the left marginal; fewer than n_left.
    training : options of `train`: loss, encoder, inputs, optimizer, steps, ...

    Raises
    ------
    ValueError
        As `train`; labels not in 1..n_left - 1.
    """
    if not 1 <= labels < graph.n_left:
        raise ValueError(f"labels={labels} is not in 1..{graph.n_left - 1}: some images are held out")
    rng = np.random.default_rng([seed, 7])
    labelled = rng.choice(graph.n_left, size=labels, replace=False, p=graph.left_marginal)
    training = {"log_every": 10**9} | training
    whole = train(graph, k, seed=seed, **training).left
    sampled = train(graph, k, seed=seed, pairs=pairs, **training).left
    held_out = probe(graph, sampled, labelled=labelled).held_out_error
    assert held_out is not None
    errors = [0.0, *(probe(graph, f).error for f in (optimal_embeddings(graph, k)[0], whole, sampled)), held_out]
    return ErrorParts(*np.diff(errors).tolist())

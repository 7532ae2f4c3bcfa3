"""Training an encoder on a pair graph, with the history that the bounds are held against."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import scipy.linalg
import torch
from tqdm import tqdm

from simulations.encoders import ENCODERS
from theory import PairGraph, Spectrum, probe, spectrum
from theory.arrays import FloatArray
from theory.devices import torch_device
from theory.factorisation import spectral_loss_of

Observer = Callable[[FloatArray, FloatArray], dict[str, float]]

LOSSES: Mapping[str, Callable[[PairGraph], Callable[[Any, Any], Any]]] = {"spectral": spectral_loss_of}


@dataclass(frozen=True, eq=False)
class TrainResult:
    """A trained embedding pair, unweighted, and how it came about.

    Attributes
    ----------
    left : (n_left, k)
    right : (n_right, k)
    history : a row for each logged step: step, loss, excess_loss (over the optimum of theorem 2), subspace_angle
        (the largest principal angle between the left embedding and the top-k singular subspace, in degrees) and, if the
        graph has labels, probe_error
    """

    left: FloatArray
    right: FloatArray
    history: pd.DataFrame


def train(
    graph: PairGraph,
    k: int,
    *,
    loss: str = "spectral",
    encoder: str = "free",
    steps: int = 1_000,
    learning_rate: float = 0.1,
    momentum: float = 0.9,
    log_every: int = 10,
    device: str = "auto",
    seed: int = 0,
    observe: Observer | None = None,
    progress: bool = False,
) -> TrainResult:
    """Minimise a population loss by exact gradients with Nesterov momentum.

    Parameters
    ----------
    k : int
        Width of the embedding, 1..min(n_left, n_right).
    loss, encoder : str
        Keys of `LOSSES` and `ENCODERS`.
    steps, learning_rate, momentum : int, float, float
        Of `torch.optim.SGD`. Near the optimum the spectral loss is curved by at most about 4, so that a learning
        rate of 0.1 is stable; the slowest direction shrinks with the gap `σ_k - σ_{k+1}`.
    log_every : int
        Steps between rows of the history; the first and the last step are always there.
    observe : callable, optional
        Called at each logged step with the unweighted embeddings, (n_left, k) and (n_right, k); what it returns is
        added to the row: `lambda f, g: {"bound": ...}`.
    progress : bool
        Show a progress bar.

    Raises
    ------
    ValueError
        k out of range, an unknown loss or encoder, steps or log_every below 1.
    FloatingPointError
        The loss became infinite or NaN: the learning rate is too high.

    Notes
    -----
    Each step is linear in the number of pairs. The embedding is in float64.
    """
    for what, name, known in (("loss", loss, LOSSES), ("encoder", encoder, ENCODERS)):
        if name not in known:
            raise ValueError(f"{what}={name!r} is none of {', '.join(known)}")
    if steps < 1 or log_every < 1:
        raise ValueError(f"steps={steps} and log_every={log_every} are at least 1")
    optimum = spectrum(graph, k)
    model = ENCODERS[encoder](graph, k, np.random.default_rng(seed)).to(torch_device(device))
    objective = LOSSES[loss](graph)
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate, momentum=momentum, nesterov=momentum > 0)
    history = []
    for step in tqdm(range(steps + 1), desc=f"train {encoder}", unit="step", disable=not progress):
        optimizer.zero_grad()
        left, right = model()
        value = objective(left, right)
        if not torch.isfinite(value):
            raise FloatingPointError(f"the loss is {value.item()} after {step} steps: lower the learning rate")
        if step % log_every == 0 or step == steps:
            row = {"step": step, **_measure(graph, optimum, value.item(), _array(left))}
            history.append(row | (observe(_array(left), _array(right)) if observe else {}))
        if step < steps:
            value.backward()
            optimizer.step()
    return TrainResult(_array(left), _array(right), pd.DataFrame(history))


def _measure(graph: PairGraph, optimum: Spectrum, loss: float, left: FloatArray) -> dict[str, float]:
    weighted = left * np.sqrt(graph.left_marginal)[:, None]
    row = {
        "loss": loss,
        "excess_loss": loss + float(np.sum(optimum.singular_values**2)),
        "subspace_angle": float(np.degrees(scipy.linalg.subspace_angles(weighted, optimum.left).max())),
    }
    return row if graph.left_labels is None else row | {"probe_error": probe(graph, left).error}


def _array(tensor: torch.Tensor) -> FloatArray:
    return tensor.detach().cpu().numpy().astype(np.float64)

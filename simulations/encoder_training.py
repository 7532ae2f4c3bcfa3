"""Training of an encoder on a pair graph, with a history for comparison with the bounds."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd
import scipy.linalg
import torch

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.devices import torch_device
from pairbounds.simulations.losses.pair_loss import PairLoss
from pairbounds.simulations.pair_sampling import PairSample, PairSampler, draw_pairs, whole_graph
from pairbounds.simulations.spectral_descent import SpectralDescent
from pairbounds.simulations.two_towers import Encoder, Inputs, TwoTowers
from pairbounds.simulations.user_code import loss_of
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.quantities.factorisation import best_partner
from pairbounds.theory.quantities.probes import probe
from pairbounds.theory.spectrum.triplets import spectrum

LEARNING_RATES = {"sgd": 0.1, "adam": 3e-3}

Objective = Callable[[], torch.Tensor]
Update = Callable[[torch.Tensor], None]
Observer = Callable[[FloatArray, FloatArray], dict[str, float]]
Loss = str | Callable[..., torch.Tensor]


@dataclass(frozen=True)
class Optimisation:
    """Settings of a study for the training of an encoder.

    Attributes
    ----------
    optimizer : "sgd" (with Nesterov momentum) or "adam"
    steps : number of training steps, each on all pairs
    learning_rate : by default 0.1 for "sgd" and 0.003 for "adam"
    momentum : momentum of "sgd", or beta_1 of "adam"
    log_every : steps between two rows of the log
    """

    optimizer: str = "sgd"
    steps: int = 1_000
    learning_rate: float | None = None
    momentum: float = 0.9
    log_every: int = 10

    def __post_init__(self) -> None:
        if self.steps < 1 or self.log_every < 1:
            raise ValueError(f"steps={self.steps}, log_every={self.log_every}: both must be at least 1")
        if self.optimizer not in LEARNING_RATES:
            raise ValueError(f"optimizer={self.optimizer!r} is unknown: choose {' or '.join(LEARNING_RATES)}")
        if not (self.rate >= 0 and self.momentum >= 0):
            raise ValueError(f"learning_rate={self.rate!r}, momentum={self.momentum!r}: both must be at least 0")

    @property
    def rate(self) -> float:
        """The learning rate, by default from `LEARNING_RATES`."""
        return LEARNING_RATES[self.optimizer] if self.learning_rate is None else self.learning_rate

    def optimisation(self) -> dict[str, Any]:
        """Arguments of `train` for these settings."""
        return {field.name: getattr(self, field.name) for field in fields(Optimisation)}


@dataclass(frozen=True, eq=False, repr=False)
class TrainResult:
    """A trained, unweighted embedding pair and its training history.

    Attributes
    ----------
    left : (n_left, k)
    right : (n_right, k); for a loss on induced pairs, the right embedding with the least spectral loss given `left`
    history : a row for each logged step: step, loss (the objective: on the graph, the training set or the batch),
        excess_loss (loss on the whole graph, with the penalty, minus a lower bound over all encoders: the minimum for
        the spectral losses, the entropy bound for InfoNCE and CLIP, NaN for NT-Xent and user-defined losses),
        subspace_angle (the largest principal angle between the left embedding and the top-k singular subspace, in
        degrees) and, if the graph has labels, probe_error
    """

    left: FloatArray
    right: FloatArray
    history: pd.DataFrame

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value:.4g}" for name, value in self.history.iloc[-1].items())
        return f"TrainResult(left={self.left.shape}, right={self.right.shape}, last: {values})"


def train(
    graph: PairGraph,
    k: int,
    *,
    loss: Loss = "spectral",
    penalty: float = 0.0,
    encoder: Encoder = "free",
    inputs: Inputs | None = None,
    pairs: int | None = None,
    batch: int | None = None,
    optimizer: str = "sgd",
    steps: int = 1_000,
    learning_rate: float | None = None,
    momentum: float = 0.9,
    log_every: int = 10,
    device: str = "auto",
    seed: int = 0,
    observe: Observer | None = None,
) -> TrainResult:
    """Minimise a contrastive loss: on the whole graph, on n pairs drawn from it, or batch by batch.

    Parameters
    ----------
    k : width of the embedding, 1..min(n_left, n_right)
    loss : str or callable
        A key of `pairbounds.simulations.losses.LOSSES`: "spectral", "infonce", "clip", or "induced_spectral" and
        "nt_xent", which use induced pairs of left nodes. Or a function `(first, second, weight) -> scalar tensor`
        of the embeddings (n, k) of the two ends of n pairs and their weights (n,), which sum to 1;
        `pairbounds.loss` describes it and registers it by name. A `torch.nn.Module` is such a function too; its
        parameters are trained with the encoder.
    penalty : μ. The objective is the loss plus `μ (E‖f‖² + E‖g‖²)` over both ends of a positive pair. The optimum of
        the spectral loss then spans exactly the u_i with `σ_i > μ`, i <= k (theorem 18).
    encoder : str, module, callable, or a pair of such, for the left and the right side
        "free" (a vector for each node), "linear" or "mlp". Or a `torch.nn.Module`, trained in place and shared by
        both sides unless a pair is given. Or a function `(n_inputs, k) -> torch.nn.Module`, called for each side;
        `pairbounds.encoder` describes it and registers it by name.
    inputs : pair of arrays, (n_left, ...) and (n_right, ...), optional
        Inputs of an encoder other than "free", for each node: feature vectors, or images (channels, height, width).
        None for a side that is "free".
    pairs : size of a training set drawn from the graph once; by default the graph itself is the training set
    batch : positive pairs drawn from the training set for each step; by default all pairs. Use Adam with batches:
        rare nodes get large gradients in few steps.
    optimizer : str
        "sgd" (with Nesterov momentum) or "adam". `pairbounds.optimal_embeddings` has the optimum of the spectral loss.
    learning_rate, momentum : of `torch.optim`; the rate is by default 0.1 for SGD and 0.003 for Adam. Near the optimum
        the spectral loss of a free embedding has curvature at most about 4, so a rate of 0.1 is stable. The curvature
        of the slowest direction shrinks with the gap `σ_k - σ_{k+1}`.
    log_every : steps between rows of the history; the first and the last step are always logged
    observe : called at each logged step with the unweighted embeddings, (n_left, k) and (n_right, k); its result is
        added to the row: `lambda f, g: {"bound": ...}`

    Raises
    ------
    ValueError : k out of range, an unknown loss, encoder or optimizer, inputs that do not fit, counts that are too
        small, a negative penalty, no trainable parameter
    FloatingPointError : the loss became infinite or NaN because the learning rate is too high
    ForeignCodeError
        A user's loss or encoder failed, returned a wrong type or shape, or cut the gradient.

    Notes
    -----
    A step on the whole graph is linear in the number of pairs for the spectral losses. The other losses score every
    pair of nodes. A user's loss gets all pairs of the graph in one call. Embeddings are in float64.
    """
    optimisation = Optimisation(optimizer, steps, learning_rate, momentum, log_every)
    if batch is not None and batch < 2:
        raise ValueError(f"batch={batch} is too small: give at least 2")
    if not penalty >= 0:
        raise ValueError(f"penalty={penalty!r} must be at least 0")
    optimum, rng, target = spectrum(graph, k), np.random.default_rng(seed), torch_device(device)
    pair_loss = loss_of(loss)(graph).to(target)
    model = TwoTowers.of(graph, k, encoder, inputs, rng).to(target)
    sample = whole_graph(graph) if pairs is None else draw_pairs(graph, pairs, rng)
    problem = _Problem(graph, optimum, model, pair_loss, penalty, floor=pair_loss.floor(k, penalty))
    objective, update = _descent(problem, sample, batch, rng, optimisation)
    history = []
    for step in range(steps + 1):
        value = objective()
        if not torch.isfinite(value):
            raise FloatingPointError(f"the loss is {value.item()} after {step} steps: lower the learning rate")
        if step % log_every == 0 or step == steps:
            left, right, row = problem.evaluate()
            history.append({"step": step, "loss": value.item(), **row} | (observe(left, right) if observe else {}))
        if step < steps:
            update(value)
    return TrainResult(left, right, pd.DataFrame(history))


@dataclass(frozen=True, eq=False)
class _Problem:
    """Encoder in training, its loss on the whole graph, and a lower bound on that loss."""

    graph: PairGraph
    optimum: Spectrum
    encoder: TwoTowers
    loss: PairLoss
    penalty: float
    floor: float

    def population(self) -> torch.Tensor:
        """Objective on the whole graph, the penalty included."""
        return self._penalised(self.loss, self.encoder.left(), self.encoder.right())

    def on_sample(self, sample: PairSample) -> Objective:
        """Objective on all pairs of a training set."""
        left, right = (torch.from_numpy(nodes) for nodes in (sample.left, sample.right))
        loss = self.loss.on(sample.graph).to(next(self.encoder.parameters()).device)
        return lambda: self._penalised(loss, self.encoder.left()[left], self.encoder.right()[right])

    def on_batches(self, sample: PairSample, batch: int, rng: np.random.Generator) -> Objective:
        """Objective on pairs that each step draws from a training set."""
        sampler = PairSampler(sample.graph)
        draw = sampler.induced_pairs if self.loss.induced else sampler.pairs
        nodes = sample.left, sample.left if self.loss.induced else sample.right
        towers = self.encoder.left, self.encoder.left if self.loss.induced else self.encoder.right

        def objective() -> torch.Tensor:
            ends = (side[indices] for side, indices in zip(nodes, draw(batch, rng), strict=True))
            first, second = (tower(torch.from_numpy(indices)) for tower, indices in zip(towers, ends, strict=True))
            value = self.loss.sampled(first, second)
            return value + self.penalty * (first.square() + second.square()).sum(1).mean() if self.penalty else value

        return objective

    def evaluate(self) -> tuple[FloatArray, FloatArray, dict[str, float]]:
        """Left and right embeddings of all nodes, and their columns of the history."""
        with torch.no_grad(), _evaluated(self.encoder):
            left, right = self.encoder.left(), self.encoder.right()
            excess = self._penalised(self.loss, left, right).item() - self.floor
        f = _array(left)
        weighted = f * np.sqrt(self.graph.left_marginal)[:, None]
        angle = float(np.degrees(scipy.linalg.subspace_angles(weighted, self.optimum.left).max()))
        row = {"excess_loss": excess, "subspace_angle": angle}
        if self.graph.left_labels is not None:
            row["probe_error"] = probe(self.graph, f).error
        return f, best_partner(self.graph, f) if self.loss.induced else _array(right), row

    def _penalised(self, loss: PairLoss, left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
        value = loss.population(left, right)
        return value + self.penalty * loss.size(left, right) if self.penalty else value


@contextmanager
def _evaluated(model: torch.nn.Module) -> Iterator[None]:
    """Switch a model to evaluation mode for a block, then restore the mode of each module."""
    training = [part for part in model.modules() if part.training]
    model.eval()
    try:
        yield
    finally:
        for part in training:
            part.training = True


def _descent(
    problem: _Problem, sample: PairSample, batch: int | None, rng: np.random.Generator, optimisation: Optimisation
) -> tuple[Objective, Update]:
    """Objective and update; `SpectralDescent` where it applies, else `torch.optim`."""
    rate, momentum = optimisation.rate, optimisation.momentum
    is_whole = sample.graph is problem.graph and batch is None
    if is_whole and optimisation.optimizer == "sgd" and SpectralDescent.suits(problem.encoder, problem.loss):
        descent = SpectralDescent(problem.graph, problem.encoder, problem.penalty, rate, momentum)
        return descent.loss, descent.step
    parameters = [*problem.encoder.parameters(), *problem.loss.parameters()]
    optimizer: torch.optim.Optimizer
    if optimisation.optimizer == "sgd":
        optimizer = torch.optim.SGD(parameters, lr=rate, momentum=momentum, nesterov=momentum > 0)
    else:
        optimizer = torch.optim.Adam(parameters, lr=rate, betas=(momentum, 0.999))

    def update(value: torch.Tensor) -> None:
        optimizer.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        optimizer.step()

    if is_whole:
        return problem.population, update
    return problem.on_sample(sample) if batch is None else problem.on_batches(sample, batch, rng), update


def _array(tensor: torch.Tensor) -> FloatArray:
    return tensor.detach().cpu().numpy().astype(np.float64)

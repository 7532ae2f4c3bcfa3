"""Training an encoder on a pair graph, with the history that the bounds are held against."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import scipy.linalg
import torch

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.devices import torch_device
from pairbounds.infrastructure.progress import Bar
from pairbounds.simulations.dual_encoder import DualEncoder, Encoder, Inputs
from pairbounds.simulations.losses.loss import PairLoss
from pairbounds.simulations.optimisation import GRADIENT, Update, gradient_update, rate_of
from pairbounds.simulations.own import loss_of
from pairbounds.simulations.sampling import PairSample, PairSampler, draw_pairs, whole_graph
from pairbounds.simulations.spectral_descent import SpectralDescent
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.factorisation import best_partner
from pairbounds.theory.quantities.probes import probe
from pairbounds.theory.spectrum.triplets import Spectrum, spectrum

Observer = Callable[[FloatArray, FloatArray], dict[str, float]]
Objective = Callable[[], torch.Tensor]
Loss = str | type[PairLoss] | Callable[..., torch.Tensor]


@dataclass(frozen=True, eq=False, repr=False)
class TrainResult:
    """A trained embedding pair, unweighted, and how it came about.

    Attributes
    ----------
    left : (n_left, k)
    right : (n_right, k); for a loss on induced pairs, which trains none, the one of least spectral loss beside `left`
    history : a row for each logged step: step, loss (as it was minimised: on the graph, the training set or the batch),
        excess_loss (of the loss on the whole graph over the best that is known of all encoders: the minimum for the
        spectral losses, the entropy bound for InfoNCE and CLIP, NaN for NT-Xent and losses of one's own; with the
        penalty, if there is one),
        subspace_angle (the largest principal
        angle between the left embedding and the top-k singular subspace, in degrees) and, if the graph has labels,
        probe_error
    """

    left: FloatArray
    right: FloatArray
    history: pd.DataFrame

    def __repr__(self) -> str:
        last = self.history.iloc[-1]
        said = ", ".join(f"{name}={last[name]:.4g}" for name in self.history.columns)
        return f"TrainResult(left={self.left.shape}, right={self.right.shape}, last: {said})"


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
    progress: bool = False,
) -> TrainResult:
    """Minimise a contrastive loss: exactly on the whole graph, on n pairs drawn from it, or batch by batch.

    Parameters
    ----------
    k : int
        Width of the embedding, 1..min(n_left, n_right).
    loss : str or callable
        A key of `pairbounds.simulations.losses.LOSSES`: "spectral", "infonce", "clip", and on the pairs that the right
        side induces on the left "induced_spectral", "nt_xent". Or a function `(first, second, weight) -> scalar
        tensor` of the embeddings (n, k) of the two ends of n pairs and their weights (n,), which sum to 1: all pairs
        of the graph with their probabilities, or B drawn ones with 1/B each, as `pairbounds.loss` says, which gives it
        a name. A `torch.nn.Module` is such a function too; its parameters are trained with the encoder.
    penalty : float
        μ: what is minimised is the loss and `μ (E‖f‖² + E‖g‖²)`, over both ends of a positive pair. Of the spectral
        loss the optimum then spans the u_i with `σ_i > μ`, i <= k, and no others (theorem 18).
    encoder : str, module, callable, or a pair of such, for the left and the right side
        "free" (a vector for each node), "linear", "mlp" or "conv". Or a `torch.nn.Module`, which is trained in place,
        and shared by both sides unless a pair is given; or a function `(n_inputs, k) -> torch.nn.Module` that builds
        one for each side, as `pairbounds.encoder` says, which gives it a name.
    inputs : pair of arrays, (n_left, ...) and (n_right, ...), optional
        What an encoder other than "free" sees of each node: feature vectors, or pictures (channels, height, width).
        None for a side that is "free".
    pairs : int, optional
        Size of a training set drawn from the graph once; by default the graph itself is the training set.
    batch : int, optional
        Positive pairs drawn from the training set for each step; by default all, exactly. Use Adam: the gradient of a
        rare node is seldom and large.
    optimizer : str
        "sgd" (with Nesterov momentum) or "adam". `pairbounds.optimal_embeddings` has the optimum of the spectral loss.
    learning_rate, momentum : float
        Of `torch.optim`; by default 0.1 for SGD and 0.003 for Adam. Near the optimum the spectral loss of a free
        embedding is curved by at most about 4, so that a rate of 0.1 is stable; the slowest direction shrinks with the
        gap `σ_k - σ_{k+1}`.
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
        k out of range, an unknown loss, encoder or optimizer, inputs that do not fit, counts that are too small, a
        negative penalty, nothing to train.
    FloatingPointError
        The loss became infinite or NaN: the learning rate is too high.
    ForeignCodeError
        A loss or an encoder of one's own failed, returned no tensor of the right shape, cut the gradient off, or
        became infinite or NaN.

    Notes
    -----
    A step on the whole graph is linear in the number of pairs for the spectral losses, and scores every two nodes for
    the others; a loss of one's own has the pairs of the graph before it, all at once. Embeddings are in float64.
    """
    if steps < 1 or log_every < 1 or (batch is not None and batch < 2):
        raise ValueError(f"steps={steps} and log_every={log_every} are at least 1, batch={batch} at least 2")
    if not penalty >= 0:
        raise ValueError(f"penalty={penalty!r} is not at least 0")
    optimum, rng, place = spectrum(graph, k), np.random.default_rng(seed), torch_device(device)
    whole = loss_of(loss)(graph).to(place)
    model = DualEncoder.of(graph, k, encoder, inputs, rng).to(place)
    sample = whole_graph(graph) if pairs is None else draw_pairs(graph, pairs, rng)
    training_loss = whole if pairs is None else whole.on(sample.graph).to(place)
    problem = _Problem(graph, k, model, whole, penalty, sample, training_loss)
    objective, update = _descent(problem, optimizer, learning_rate, momentum, batch, rng)
    history = []
    for step in Bar(
        range(steps + 1),
        desc=f"train {encoder if isinstance(encoder, str) else 'encoder'}",
        unit="step",
        disable=not progress,
    ):
        value = objective()
        if not torch.isfinite(value):
            raise problem.training_loss.diverged(value.item(), step)
        if step % log_every == 0 or step == steps:
            left, right = problem.embeddings()
            row = {"step": step, "loss": value.item(), "excess_loss": problem.excess_loss()}
            history.append(row | _measured(graph, optimum, left) | (observe(left, right) if observe else {}))
        if step < steps:
            update(value)
    return TrainResult(*problem.embeddings(), pd.DataFrame(history))


@dataclass(frozen=True, eq=False)
class _Problem:
    """Encoder in training: its loss on the whole graph, and the same loss on the training set."""

    graph: PairGraph
    k: int
    encoder: DualEncoder
    loss: PairLoss
    penalty: float
    training_set: PairSample
    training_loss: PairLoss

    def exact_objective(self) -> Objective:
        if self.training_loss is self.loss:
            return self.population
        left, right = (torch.from_numpy(nodes) for nodes in (self.training_set.left, self.training_set.right))
        return lambda: self._penalised(self.training_loss, self.encoder.left()[left], self.encoder.right()[right])

    def population(self) -> torch.Tensor:
        """Objective on the whole graph, the penalty included."""
        return self._penalised(self.loss, self.encoder.left(), self.encoder.right())

    def _penalised(self, loss: PairLoss, left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
        value = loss.population(left, right)
        return value + self.penalty * loss.size(left, right) if self.penalty else value

    def sampled_objective(self, batch: int, rng: np.random.Generator) -> Objective:
        sampler = PairSampler(self.training_set.graph)
        draw = sampler.induced_pairs if self.loss.induced else sampler.pairs
        places = self.training_set.left, self.training_set.left if self.loss.induced else self.training_set.right
        towers = self.encoder.left, self.encoder.left if self.loss.induced else self.encoder.right

        def objective() -> torch.Tensor:
            drawn = (place[nodes] for place, nodes in zip(places, draw(batch, rng), strict=True))
            first, second = (tower(torch.from_numpy(nodes)) for tower, nodes in zip(towers, drawn, strict=True))
            value = self.loss.sampled(first, second)
            return value + self.penalty * (first.square() + second.square()).sum(1).mean() if self.penalty else value

        return objective

    def embeddings(self) -> tuple[FloatArray, FloatArray]:
        """Embeddings of all nodes; for a loss that trains no right side, the best there is beside the left."""
        with torch.no_grad(), _evaluated(self.encoder):
            left = _array(self.encoder.left())
            return left, best_partner(self.graph, left) if self.loss.induced else _array(self.encoder.right())

    @cached_property
    def floor(self) -> float:
        return self.loss.floor(self.k, self.penalty)

    def excess_loss(self) -> float:
        if np.isnan(self.floor):
            return np.nan
        with torch.no_grad(), _evaluated(self.encoder):
            return self.population().item() - self.floor


@contextmanager
def _evaluated(model: torch.nn.Module) -> Iterator[None]:
    """A block in which dropout and the like are off, and go on afterwards where they were on."""
    training = [part for part in model.modules() if part.training]
    model.eval()
    try:
        yield
    finally:
        for part in training:
            part.training = True


def _descent(
    problem: _Problem,
    optimizer: str,
    learning_rate: float | None,
    momentum: float,
    batch: int | None,
    rng: np.random.Generator,
) -> tuple[Objective, Update]:
    """Objective and update: on the whole graph the spectral loss of a free embedding does without torch."""
    if optimizer not in GRADIENT:
        raise ValueError(f"optimizer={optimizer!r} is none of {', '.join(GRADIENT)}")
    whole = batch is None and problem.training_loss is problem.loss
    if optimizer == "sgd" and whole and SpectralDescent.suits(problem.encoder, problem.loss):
        rate = rate_of(optimizer, learning_rate)
        descent = SpectralDescent(problem.graph, problem.encoder, problem.penalty, rate, momentum)
        return descent.loss, descent.step
    objective = problem.exact_objective() if batch is None else problem.sampled_objective(batch, rng)
    return objective, gradient_update(optimizer, problem.encoder, problem.loss, learning_rate, momentum)


def _measured(graph: PairGraph, optimum: Spectrum, left: FloatArray) -> dict[str, float]:
    weighted = left * np.sqrt(graph.left_marginal)[:, None]
    angle = float(np.degrees(scipy.linalg.subspace_angles(weighted, optimum.left).max()))
    row = {"subspace_angle": angle}
    return row if graph.left_labels is None else row | {"probe_error": probe(graph, left).error}


def _array(tensor: torch.Tensor) -> FloatArray:
    return tensor.detach().cpu().numpy().astype(np.float64)

"""Trainer for every objective; a killed training resumes after the last complete epoch, with the same log."""

import hashlib
import json
import math
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import torch
from timm.optim import create_optimizer_v2, list_optimizers
from timm.scheduler import CosineLRScheduler

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.infrastructure.devices import torch_device, weights_in
from pairbounds.infrastructure.files import replace_bytes, replacing
from pairbounds.infrastructure.progress import Bar
from pairbounds.real_data.training.networks import Backbone
from pairbounds.real_data.training.objectives import Objective
from pairbounds.real_data.training.recipe import Recipe
from pairbounds.real_data.training.view_batches import ViewSource

STATES = ("backbone", "objective", "optimizer")  # parts with a state in checkpoints
CHECKPOINT, LOG = "checkpoint.pt", "log.csv"


@dataclass(frozen=True, eq=False)
class Trained:
    """An encoder, without the heads of its objective, and its training log.

    `log` has a row for each epoch: epoch, steps, loss (the mean over its batches), learning_rate (at its end).
    """

    backbone: Backbone
    log: pd.DataFrame
    seconds: float  # of training, over all resumed runs

    def features(self, blocks: Iterable[torch.Tensor], count: int) -> npt.NDArray[np.float32]:
        """Features of `count` pictures in blocks of (b, 3, s, s) bytes: (count, width), without gradients.

        Blocks are written into one array, because features of ImageNet take 10 GB.
        """
        self.backbone.eval()
        device = next(self.backbone.parameters()).device
        rows, done = np.empty((count, self.backbone.width), dtype=np.float32), 0
        with torch.no_grad():
            for block in blocks:
                rows[done : done + len(block)] = self.backbone(block.to(device)).cpu().numpy()
                done += len(block)
        return rows


def train_encoder(
    views: ViewSource,
    images: IntArray,
    objective: Callable[[int], Objective],
    recipe: Recipe,
    seed: int,
    *,
    description: Mapping[str, object] | None = None,
    folder: Path | None = None,
    device: str = "auto",
    progress: bool = False,
) -> Trained:
    """Train an encoder from random weights.

    `ValueError`: fewer images than in a batch; a folder with the checkpoint of another recipe, seed, objective or data.
    `FloatingPointError`: features or loss are not finite, because the learning rate is too high.

    Parameters
    ----------
    images : indices of the training images
    objective : builds the objective for features of a given width
    seed : seed of weights, order and views
    description : JSON description of objective and data; a checkpoint with another description is refused
    folder : folder of a checkpoint and the log after every epoch, from which training resumes; by default none is kept
        On a CPU the log is then exactly that of an uninterrupted training, for a fixed number of threads.
    """
    state = _State(objective, recipe, images, seed, torch_device(device))
    identity = {"recipe": asdict(recipe), "seed": seed, "images": images.tolist(), "about": dict(description or {})}
    key = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        state.resume(folder / CHECKPOINT, key)
    bar = Bar(total=state.epochs, initial=len(state.rows), desc="training", unit="epoch", disable=not progress)
    with bar:
        while len(state.rows) < state.epochs:
            state.advance(views)
            bar.update(note=f"loss {state.rows[-1]['loss']:.3f}")
            if folder is not None:
                state.keep(folder, key)
    return Trained(state.backbone, pd.DataFrame(state.rows), state.seconds)


def untrained(recipe: Recipe, seed: int, device: str = "auto") -> Trained:
    """The initial encoder of `train_encoder`, as a baseline."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return Trained(Backbone(recipe.backbone).to(torch_device(device)), pd.DataFrame(), 0.0)


class _State:
    """State of a training."""

    def __init__(
        self, objective: Callable[[int], Objective], recipe: Recipe, images: IntArray, seed: int, device: torch.device
    ) -> None:
        self.recipe, self.images, self.seed, self.device = recipe, images, seed, device
        passes, warmup = recipe.passes(len(images))
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.backbone = Backbone(recipe.backbone)
            self.objective = objective(self.backbone.width)
        self.optimizer = _optimizer(torch.nn.ModuleList([self.backbone, self.objective]).to(device), recipe)
        self.schedule = CosineLRScheduler(self.optimizer, passes - warmup, warmup_t=warmup, warmup_prefix=True)
        self.epochs, self.seconds = math.ceil(passes), 0.0
        self.rows: list[dict[str, float]] = []

    def advance(self, views: ViewSource) -> None:
        """Train one epoch; its random draws depend only on its number and the seed."""
        started, losses, done = time.perf_counter(), [], len(self.rows)
        rng = np.random.default_rng([self.seed, 2, done])
        steps = len(self.images) // self.recipe.batch
        order = rng.permutation(self.images)[: steps * self.recipe.batch].reshape(steps, -1)
        left = self.recipe.steps(len(self.images)) - done * steps
        self.backbone.train()
        for step, batch in enumerate(views.batches(list(order[:left]), self.objective.views, rng)):
            self.schedule.step(done + (step + 0.5) / steps)
            low = self.recipe.precision == "bfloat16"
            with torch.autocast(self.device.type, torch.bfloat16, enabled=low):
                features = self.backbone(batch.pictures.to(self.device, non_blocking=True))
            self._require_finite(features)
            loss = self.objective(features.float(), batch, rng)
            self._require_finite(loss)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            losses.append(loss.detach())
        mean = float(torch.stack(losses).double().mean())
        row = {"epoch": done + 1, "steps": done * steps + len(losses)}
        self.rows.append(row | {"loss": mean, "learning_rate": self.optimizer.param_groups[0]["lr"]})
        self.seconds += time.perf_counter() - started

    def _require_finite(self, values: torch.Tensor) -> None:
        if not torch.isfinite(values).all():
            raise FloatingPointError(f"training diverged in epoch {len(self.rows) + 1}: lower the learning rate")

    def keep(self, folder: Path, key: str) -> None:
        """Write the log, then the checkpoint; if killed in between, the resumed training writes the same log."""
        with replacing(folder / LOG) as temporary:
            pd.DataFrame(self.rows).to_csv(temporary, index=False)
        parts = {name: getattr(self, name).state_dict() for name in STATES}
        content = parts | {"rows": self.rows, "seconds": self.seconds, "identity": key}
        replace_bytes(folder / CHECKPOINT, partial(torch.save, content))

    def resume(self, path: Path, key: str) -> None:
        """Load the checkpoint, if there is one."""
        if not path.exists():
            return
        try:
            content = weights_in(path, self.device)
        except ValueError as error:
            raise ValueError(f"{error}: delete it to restart training") from error
        if not isinstance(content, dict) or content.get("identity") != key:
            raise ValueError(
                f"{path} is for another recipe, seed, objective or data: choose another folder, or delete it"
            )
        for name in STATES:
            getattr(self, name).load_state_dict(content[name])
        self.rows, self.seconds = content["rows"], content["seconds"]


def check_recipe(recipe: Recipe) -> None:
    """Build the network and optimizer of a recipe, to find unknown names before training.

    `ValueError`: a network unknown to timm and open_clip, or an optimizer unknown to timm.
    """
    _optimizer(Backbone(recipe.backbone), recipe)


def _optimizer(network: torch.nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    if recipe.optimizer not in list_optimizers():
        raise ValueError(f"unknown optimizer {recipe.optimizer!r}: choose from timm.optim.list_optimizers()")
    optimizer: torch.optim.Optimizer = create_optimizer_v2(
        network, recipe.optimizer, lr=recipe.learning_rate, weight_decay=recipe.weight_decay, momentum=recipe.momentum
    )
    return optimizer

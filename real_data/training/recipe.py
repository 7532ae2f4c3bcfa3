"""Settings of an encoder's training: the recipe that the encoders of a comparison share, and each encoder's own."""

import hashlib
import json
import math
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

import numpy as np

from pairbounds.infrastructure.checks import require_named
from pairbounds.real_data.image_settings import require_at_least
from pairbounds.real_data.training.view_guides import RANDOM, SEEING

Precision = Literal["float32", "bfloat16"]
UNTRAINED, SUPERVISED = "untrained", "supervised"  # kinds of runs, beside "simclr"


@dataclass(frozen=True)
class Recipe:
    """Optimisation of encoders; the defaults are for the emoji on a CPU.

    `ValueError`: a number out of range, an unknown precision.

    Attributes
    ----------
    backbone : "small", a network of timm, or open_clip/NAME
    epochs : passes over the training images, each without its last incomplete batch
    iterations : total number of steps, instead of epochs; 0 to use epochs
    batch : images in a step
    optimizer : name in timm, such as "adamw", "sgd" or "lars"
    momentum : momentum of "sgd" and "lars"
    weight_decay : weight decay, except for biases and normalisations
    warmup : epochs of rising learning rate, or steps if `iterations` is given; shorter if there are few epochs
    precision : "float32", or "bfloat16" by autocast
    temperature : temperature of NT-Xent
    head_width : width of the projected features in NT-Xent
    head_norm : batch norm after both layers of the head
    learning_rate : maximum of the learning rate, which rises linearly, then falls along a cosine to 0
    """

    backbone: str = "small"
    epochs: int = 25
    iterations: int = 0
    batch: int = 256
    optimizer: str = "adamw"
    momentum: float = 0.9
    weight_decay: float = 1e-4
    warmup: int = 4
    precision: Precision = "float32"
    temperature: float = 0.1
    head_width: int = 64
    head_norm: bool = False
    learning_rate: float = 3e-3

    @classmethod
    def completed_settings(cls, values: Mapping[str, Any], given: Collection[str]) -> dict[str, Any]:
        """Shorten the default warm-up to end before the last epoch, if only epochs are given."""
        if "epochs" not in given or "warmup" in given:
            return dict(values)
        return {**values, "warmup": max(0, min(values.get("warmup", cls.warmup), values["epochs"] - 1))}

    def __post_init__(self) -> None:
        require_named("precision", self.precision, get_args(Precision))
        require_at_least(self, epochs=1, batch=2, iterations=0, head_width=1)
        if not 0 <= self.warmup < (self.iterations or self.epochs):
            longest = (self.iterations or self.epochs) - 1
            unit = "step" if self.iterations else "epoch"
            raise ValueError(f"warmup={self.warmup} must be in 0..{longest}, to end before the last {unit}")
        if not 0 < self.temperature < math.inf:
            raise ValueError(f"temperature={self.temperature} must be positive and finite")
        if not 0 <= self.weight_decay < math.inf:
            raise ValueError(f"weight_decay={self.weight_decay} must be in [0, inf)")
        if not 0 <= self.momentum < 1:
            raise ValueError(f"momentum={self.momentum} must be in [0, 1)")
        if not 0 < self.learning_rate < math.inf:
            raise ValueError(f"learning_rate={self.learning_rate} must be positive and finite")

    def steps(self, images: int) -> int:
        """Number of training steps on this number of images."""
        return self.iterations or self.epochs * (images // self.batch)

    def passes(self, images: int) -> tuple[float, float]:
        """Number of passes over this number of images, and of passes in the warm-up; both may be fractions.

        `ValueError`: fewer images than in a batch.
        """
        if images < self.batch:
            raise ValueError(f"{images} images to train on are fewer than batch={self.batch}: lower batch")
        if not self.iterations:
            return self.epochs, self.warmup
        steps = images // self.batch
        return self.iterations / steps, self.warmup / steps


@dataclass(frozen=True)
class Run:
    """Settings of one encoder's training.

    Attributes
    ----------
    kind : "supervised" or "simclr", or "untrained" for the initial network
    recipe : recipe of the optimisation
    seed : seed of the split of the data, the weights, the order and the views
    strength : strength of the augmentations
    rule : rule of resampling, for "simclr"
    guide : guide of the rule: "encoder" (of the data set's source), "labels" or "random"; "no_text", the encoder's
        features below its heads, or EfficientNet-Lite0 if it has none; or "captions", similarity by common captions
    repeat : number of the repetition, with the same split and data, but other weights, order and views
    """

    kind: str
    recipe: Recipe
    seed: int
    strength: float = 1.0
    rule: str = "none"
    guide: str = RANDOM
    repeat: int = 0

    @property
    def weights(self) -> int:
        """Seed of the weights, the order and the views."""
        derived = np.random.SeedSequence([self.seed, self.repeat]).generate_state(1)
        return int(derived[0]) if self.repeat else self.seed

    @property
    def view_guide(self) -> str:
        """Name of the guide that embeds the views; empty for most runs."""
        return self.guide if self.rule != "none" and self.guide in SEEING else ""

    @property
    def key(self) -> str:
        """Name of the run's folder."""
        content = json.dumps(asdict(self), sort_keys=True)
        words = [self.kind, *([self.rule, self.guide] if self.rule != "none" else []), f"seed{self.seed}"]
        return "-".join(words).replace("+", "-and-") + "-" + hashlib.sha256(content.encode()).hexdigest()[:12]

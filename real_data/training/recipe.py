"""Recipe of an encoder's training: everything that two encoders of one comparison share."""

import math
from dataclasses import dataclass
from typing import Literal, get_args

Precision = Literal["float32", "bfloat16"]


@dataclass(frozen=True)
class Recipe:
    """The optimisation of one encoder; the defaults are for the emoji on a CPU, others have names in `recipes`.

    Attributes
    ----------
    backbone : "small", or the name of a network of timm: "resnet18", "resnet50"
    epochs, batch : passes over the training images, and images in a step, the last incomplete batch left out
    iterations : steps in all, in place of the epochs; 0: the epochs say it
    optimizer : as timm names them: "adamw", "sgd", "lars"
    momentum : of "sgd" and "lars"
    learning_rate : at its largest; it rises linearly over `warmup`, then falls along a cosine to 0
    weight_decay : of weights, not of biases and normalisations
    warmup : epochs, or steps where `iterations` are given
    temperature : of NT-Xent
    head_width, head_norm : of what NT-Xent compares, and whether the head has batch norm after both of its layers
    precision : bfloat16 computes in it where it is safe (autocast)

    Raises
    ------
    ValueError
        A number that is out of range, an unknown precision.
    """

    backbone: str = "small"
    epochs: int = 25
    batch: int = 256
    iterations: int = 0
    optimizer: str = "adamw"
    momentum: float = 0.9
    learning_rate: float = 3e-3
    weight_decay: float = 1e-4
    warmup: int = 4
    temperature: float = 0.1
    head_width: int = 64
    head_norm: bool = False
    precision: Precision = "float32"

    def __post_init__(self) -> None:
        if self.precision not in get_args(Precision):
            raise ValueError(f"precision is {self.precision!r}: choose one of {', '.join(get_args(Precision))}")
        if self.epochs < 1 or self.batch < 2:
            raise ValueError(f"epochs={self.epochs} and batch={self.batch}: at least 1 and 2")
        if self.iterations < 0 or self.head_width < 1:
            raise ValueError(f"iterations={self.iterations} and head_width={self.head_width}: at least 0 and 1")
        if not 0 <= self.warmup < (self.iterations or self.epochs):
            last = (self.iterations or self.epochs) - 1
            unit = "step" if self.iterations else "epoch"
            raise ValueError(f"warmup={self.warmup} is not in 0..{last}, before the last {unit}")
        for name in ("learning_rate", "temperature"):
            if not 0 < getattr(self, name) < math.inf:
                raise ValueError(f"{name}={getattr(self, name)} is not a positive number")
        if not 0 <= self.weight_decay < math.inf:
            raise ValueError(f"weight_decay={self.weight_decay} is not in [0, inf)")
        if not 0 <= self.momentum < 1:
            raise ValueError(f"momentum={self.momentum} is not in [0, 1)")

    def steps(self, images: int) -> int:
        """Number of steps of training on so many images."""
        return self.iterations or self.epochs * (images // self.batch)

    def passes(self, images: int) -> tuple[float, float]:
        """Number of passes over so many images, and of those that are warm-up; both perhaps no whole ones.

        Raises
        ------
        ValueError
            Fewer images than in a batch.
        """
        if images < self.batch:
            raise ValueError(f"{images} images to train on are fewer than batch={self.batch}")
        if not self.iterations:
            return self.epochs, self.warmup
        steps = images // self.batch
        return self.iterations / steps, self.warmup / steps

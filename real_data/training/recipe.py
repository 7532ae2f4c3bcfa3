"""How an encoder is trained: everything that two encoders of one comparison share."""

import math
from dataclasses import dataclass
from typing import Literal, get_args

Precision = Literal["float32", "bfloat16"]


@dataclass(frozen=True)
class Recipe:
    """The optimisation of one encoder; the defaults are for the emoji on a CPU.

    Attributes
    ----------
    backbone : "small", or the name of a network of timm: "resnet18", "resnet50"
    epochs, batch : passes over the training images, and images in a step, the last incomplete batch left out
    optimizer : as timm names them: "adamw", "sgd", "lars"
    learning_rate : at its largest; it rises linearly over `warmup` epochs, then falls along a cosine to 0
    weight_decay : of weights, not of biases and normalisations
    temperature : of NT-Xent
    precision : bfloat16 computes in it where it is safe (autocast)

    Raises
    ------
    ValueError
        A number that is out of range, an unknown precision.

    Notes
    -----
    The published protocol on ImageNet is `Recipe("resnet50", epochs=100, batch=512, optimizer="lars", ...)`.
    """

    backbone: str = "small"
    epochs: int = 25
    batch: int = 256
    optimizer: str = "adamw"
    learning_rate: float = 3e-3
    weight_decay: float = 1e-4
    warmup: int = 4
    temperature: float = 0.1
    precision: Precision = "float32"

    def __post_init__(self) -> None:
        if self.precision not in get_args(Precision):
            raise ValueError(f"precision is {self.precision!r}: choose one of {', '.join(get_args(Precision))}")
        if self.epochs < 1 or self.batch < 2:
            raise ValueError(f"epochs={self.epochs} and batch={self.batch}: at least 1 and 2")
        if not 0 <= self.warmup < self.epochs:
            raise ValueError(f"warmup={self.warmup} is not in 0..{self.epochs - 1}, before the last epoch")
        for name in ("learning_rate", "temperature"):
            if not 0 < getattr(self, name) < math.inf:
                raise ValueError(f"{name}={getattr(self, name)} is not a positive number")
        if not 0 <= self.weight_decay < math.inf:
            raise ValueError(f"weight_decay={self.weight_decay} is not in [0, inf)")

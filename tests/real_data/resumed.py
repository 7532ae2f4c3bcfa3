"""A training run in a process of its own, to be killed: `python -m tests.real_data.resumed POOL FOLDER EPOCHS`."""

import sys
from pathlib import Path

import numpy as np
import torch

from pairbounds.real_data.training.guides import blind_guide
from pairbounds.real_data.training.objectives.simclr import TwoViews
from pairbounds.real_data.training.recipe import Recipe
from pairbounds.real_data.training.trainer import train_encoder
from pairbounds.real_data.training.views import ViewPool


def objective(width: int) -> TwoViews:
    return TwoViews(width, 0.1, "drop_false_negative", blind_guide)


def train(pool: ViewPool, epochs: int, folder: Path) -> None:
    """Train on the first 64 images of a pool, or go on where the folder ends."""
    recipe = Recipe(epochs=epochs, batch=16, warmup=1)
    train_encoder(pool, np.arange(64), objective, recipe, 0, folder=folder, device="cpu", progress=True)


if __name__ == "__main__":
    torch.set_num_threads(1)
    pictures, place, count = sys.argv[1:]
    train(ViewPool(np.load(pictures)), int(count), Path(place))

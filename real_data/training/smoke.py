"""A smoke test of a device: some steps of SimCLR, of CLIP's loss and of a guide, on noise with random weights."""

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch

from pairbounds.infrastructure.devices import torch_device
from pairbounds.real_data.encoders.open_clip import RANDOM, OpenClip, Precision
from pairbounds.real_data.training.networks import OPEN_CLIP, SMALL, WORDS, text_tower
from pairbounds.real_data.training.objectives import Objective
from pairbounds.real_data.training.objectives.clip import ImageText
from pairbounds.real_data.training.objectives.simclr import TwoViews
from pairbounds.real_data.training.recipe import Recipe
from pairbounds.real_data.training.trainer import train_encoder
from pairbounds.real_data.training.view_batches import ViewPool
from pairbounds.real_data.training.view_guides import blind_guide

IMAGENET, EPOCHS = 1_281_167, 100  # images of its training set, passes over them
STEPS = 3  # steps of each part; the first, with loading and compilation, is not timed
GUIDE = "ViT-B-32"  # a model of open_clip


@dataclass(frozen=True)
class Workload:
    """Networks and batches for a device; `clip` is the network for images, and for texts unless it is "small"."""

    simclr: str
    clip: str
    batch: int
    pixels: int
    precision: Precision


ON_CPU = Workload(SMALL, SMALL, 8, 64, "float32")
ON_GPU = Workload("resnet50", OPEN_CLIP + GUIDE, 256, 224, "bfloat16")


def smoke_test(device: str) -> list[tuple[str, str, str, str]]:
    """Rows of part, seconds of a step, peak memory so far in GiB, and extrapolated time of 100 epochs of ImageNet.

    `ValueError`: an unavailable device. The times exclude loading and decoding of pictures.
    """
    kind = torch_device(device).type
    work = ON_GPU if kind == "cuda" else ON_CPU
    shape = (work.batch, 2, 3, work.pixels, work.pixels)
    pool = ViewPool(np.random.default_rng(0).integers(256, size=shape, dtype=np.uint8))
    texts = [f"a picture of thing {number}" for number in range(work.batch)]
    tower = WORDS if work.clip == SMALL else work.clip

    def row(part: str, seconds: float) -> tuple[str, str, str, str]:
        days = seconds * EPOCHS * IMAGENET / work.batch / 86_400
        ours = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # Linux counts KiB
        peak = torch.cuda.max_memory_allocated() if kind == "cuda" else ours
        return part, f"{seconds:.3g}", f"{peak / 2**30:.2f}", f"{days:,.1f} days"

    def simclr(width: int) -> Objective:
        return TwoViews(width, Recipe.temperature, "none", blind_guide)

    def clip(width: int) -> Objective:
        return ImageText(width, [(text,) for text in texts], text_tower(tower, texts))

    timed = partial(_trained, pool=pool, work=work, device=device)
    rows = [
        row(f"SimCLR: {work.simclr}, 2 x {work.batch} views", timed(simclr, work.simclr)),
        row(f"CLIP's loss: {work.clip}, {work.batch} pairs", timed(clip, work.clip)),
    ]
    guide, ends = OpenClip(GUIDE, RANDOM, precision=work.precision, device=device), []
    for views in STEPS * [torch.from_numpy(pool.pictures).flatten(0, 1)]:
        guide.see(views).cpu()
        ends.append(time.perf_counter())
    return [*rows, row(f"guide: {GUIDE} on {2 * work.batch} views", float(np.median(np.diff(ends))))]


def _trained(make: Callable[[int], Objective], backbone: str, *, pool: ViewPool, work: Workload, device: str) -> float:
    """Median seconds of a training step; each epoch is one batch."""
    recipe = Recipe(backbone=backbone, epochs=STEPS, warmup=1, batch=work.batch, precision=work.precision)
    ends: list[float] = []
    images = np.arange(work.batch)
    train_encoder(pool, images, make, recipe, 0, device=device, watch=lambda *_: ends.append(time.perf_counter()))
    return float(np.median(np.diff(ends)))

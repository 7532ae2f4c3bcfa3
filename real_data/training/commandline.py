"""`python -m real_data resample` and `pretrain`: the studies that train encoders from pixels."""

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
import typer

from real_data.encoders.cache import FEATURES
from real_data.options import (
    Cache,
    Classes,
    Dataset,
    Device,
    Kind,
    Model,
    Root,
    Samples,
    Weights,
    chosen_source,
    claim_tables,
    dataset_options,
    named_inputs,
)
from real_data.training.recipe import Precision, Recipe
from theory.infrastructure.commandline import say
from theory.infrastructure.devices import torch_device
from theory.infrastructure.folders import AGAIN, held
from theory.infrastructure.options import Force
from theory.infrastructure.tables import write_table

RUNS_KEPT = f"finished encoders and epochs are kept in {{}}: {AGAIN}"

# Options of every command that trains encoders.
Seeds = Annotated[int, typer.Option(help="Splits and initial weights; all are measured.")]
Epochs = Annotated[int, typer.Option(help="Passes over the training images.")]
BatchSize = Annotated[int, typer.Option(help="Images in a step.")]
Backbone = Annotated[str, typer.Option(help="small, a network of timm, or open_clip/NAME.")]
Optimizer = Annotated[str, typer.Option(help="As timm names them: adamw, sgd, lars.")]
Warmup = Annotated[int, typer.Option(help="Epochs in which the learning rate rises.")]
Numbers = Annotated[Precision, typer.Option(help="Of the network: bfloat16 is autocast.")]
ViewCount = Annotated[int, typer.Option(help="Views of each image, drawn once; 0: new ones in every epoch.")]
Drawers = Annotated[int, typer.Option(help="Processes that draw new views.")]
SideBySide = Annotated[int, typer.Option(help="Encoders side by side, of one thread each; -1: one on each core.")]


def resample(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for resample.parquet, and a folder of each run.")],
    rule: Annotated[str, typer.Option(help="all, one of the four, or several joined by +.")] = "all",
    published: Annotated[bool, typer.Option("--published", help="The published code's rules beside ours.")] = False,
    dataset: Kind = Dataset.emoji,
    root: Root = None,
    classes: Classes = None,
    samples: Samples = None,
    size: Annotated[int, typer.Option(help="Pixels of the images.")] = 64,
    model: Model = None,
    pretrained: Weights = "openai",
    seeds: Seeds = 5,
    backbone: Backbone = Recipe.backbone,
    epochs: Epochs = Recipe.epochs,
    batch: BatchSize = Recipe.batch,
    optimizer: Optimizer = Recipe.optimizer,
    learning_rate: Annotated[float, typer.Option(help="At its largest.")] = Recipe.learning_rate,
    weight_decay: Annotated[float, typer.Option(help="Of weights.")] = Recipe.weight_decay,
    warmup: Warmup = Recipe.warmup,
    precision: Numbers = Recipe.precision,
    views: ViewCount = 8,
    workers: Drawers = 0,
    device: Device = "auto",
    jobs: SideBySide = 1,
    cache: Cache = FEATURES,
    force: Force = False,
) -> None:
    """Train SimCLR from pixels with resampled positives and negatives, and controls; killed, it goes on.

    Beside them stand the untrained network and the supervised one. Examples:

    python -m real_data resample --dataset emoji --rule all --seeds 5 --out build/resample

    python -m real_data resample --dataset imagefolder --root imagenet/train --classes 100 --size 224 --model
    ViT-B-32-quickgelu --backbone resnet50 --epochs 100 --batch 512 --optimizer lars --learning-rate 0.6 --warmup 10
    --views 0 --workers 16 --precision bfloat16 --device cuda --out build/imagenet
    """
    from real_data.training.runs import run_all
    from real_data.training.studies import resampling_runs

    claim_tables(out, ["resampled_training"], named_inputs(dataset, root, pretrained), force=force)
    recipe = Recipe(backbone, epochs, batch, optimizer, learning_rate, weight_decay, warmup, precision=precision)
    runs = resampling_runs(rule, recipe, seeds, published=published)
    options = dataset_options(dataset, root, size, classes, samples)
    with held(out, kept=RUNS_KEPT, caches=(cache,)):
        studio, about = _studio(dataset, options, model, pretrained, cache, views, workers, device)
        table = run_all(runs, studio, out, jobs)
        _write(table, out / "resample.parquet", asdict(recipe) | about | {"seeds": list(range(seeds)), "rule": rule})


class Pretraining(StrEnum):
    """What an encoder is pretrained with: captions or augmentations."""

    clip = "clip"
    simclr = "simclr"


OBJECTIVES: dict[Pretraining, Literal["clip", "simclr"]] = {Pretraining.clip: "clip", Pretraining.simclr: "simclr"}


def pretrain(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for pretrain.parquet, and a folder of each run.")],
    objective: Annotated[list[Pretraining], typer.Option(help="clip, simclr, or both, one after another.")],
    dataset: Kind = Dataset.emoji,
    root: Root = None,
    classes: Classes = None,
    samples: Samples = None,
    size: Annotated[int, typer.Option(help="Pixels of the images.")] = 64,
    seeds: Seeds = 5,
    backbone: Backbone = Recipe.backbone,
    text: Annotated[str, typer.Option(help="Tower of the captions: words, or open_clip/NAME.")] = "words",
    epochs: Epochs = Recipe.epochs,
    batch: BatchSize = Recipe.batch,
    optimizer: Optimizer = Recipe.optimizer,
    weight_decay: Annotated[float, typer.Option(help="Of weights.")] = Recipe.weight_decay,
    warmup: Warmup = Recipe.warmup,
    precision: Numbers = Recipe.precision,
    views: ViewCount = 8,
    workers: Drawers = 0,
    device: Device = "auto",
    jobs: SideBySide = 1,
    cache: Cache = FEATURES,
    force: Force = False,
) -> None:
    """Train one network from pixels with captions (CLIP) or with augmentations (SimCLR), and probe it.

    Each objective has as many steps, and tries the same learning rates and strengths of augmentation; validation
    chooses. Examples:

    python -m real_data pretrain --objective clip --objective simclr --dataset emoji --out build/pretrain

    python -m real_data pretrain --objective clip --objective simclr --dataset table --root pairs.parquet --size 224
    --backbone open_clip/ViT-B-32 --text open_clip/ViT-B-32 --epochs 32 --batch 1024 --views 0 --workers 16 --precision
    bfloat16 --device cuda --seeds 1 --out build/vit
    """
    from real_data.training.studies import pretraining_table

    claim_tables(out, ["pretraining"], named_inputs(dataset, root, ""), force=force)
    recipe = Recipe(backbone, epochs, batch, optimizer, weight_decay=weight_decay, warmup=warmup, precision=precision)
    options = dataset_options(dataset, root, size, classes, samples)
    objectives = [OBJECTIVES[one] for one in dict.fromkeys(objective)]
    with held(out, kept=RUNS_KEPT, caches=(cache,)):
        studio, about = _studio(dataset, options, None, "", cache, views, workers, device)
        table = pretraining_table(objectives, recipe, seeds, studio, out, text=text, jobs=jobs)
        _write(table, out / "pretrain.parquet", asdict(recipe) | about | {"seeds": list(range(seeds)), "text": text})


def _studio(
    dataset: Dataset,
    options: dict[str, Any],
    model: str | None,
    pretrained: str,
    cache: Path,
    views: int,
    workers: int,
    device: str,
) -> tuple[Any, dict[str, object]]:
    """The data that encoders are trained on, and what a sidecar says of it."""
    from real_data.training.runs import Studio  # takes seconds to import

    source, about = chosen_source(dataset, options, model, pretrained, device, cache)
    more = {"views": views, "device": str(torch_device(device))}
    return Studio(source, cache, views, workers, device), about | more


def _write(table: pd.DataFrame, path: Path, configuration: dict[str, object]) -> None:
    write_table(table, path, configuration)
    say(f"{path}: {len(table)} rows")
    columns = [name for name in ("kind", "rule", "guide", "published") if table[name].nunique() > 1]
    chosen = table[table["chosen"]] if "chosen" in table else table
    summary = chosen.groupby([*columns, "labels"], sort=False)["test"].agg(["mean", "std", "count"]).round(4)
    say(*summary.to_string().splitlines())

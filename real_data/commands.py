"""The commands that measure studies of real images with options of their own; `study` takes their settings by name."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from real_data import options
from real_data.encoders.cache import FEATURES
from real_data.studies import pairings, pretraining, resampled_training, resampled_views
from real_data.training.forecast import training_forecast
from real_data.training.runs import Run
from theory.infrastructure import ownership
from theory.infrastructure.commandline import say
from theory.infrastructure.folders import AGAIN
from theory.infrastructure.options import DryRun, Force
from theory.infrastructure.tables import read_table
from theory.sweeps.commandline import measure_into

FEATURES_KEPT = "{} is as it was; encoded features are kept, and the same command starts from them"
RUNS_KEPT = f"finished encoders and epochs are kept in {{}}: {AGAIN}"


def measure(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the tables, pairings_*.parquet.")],
    dataset: options.Kind = options.Dataset.emoji,
    root: options.Root = None,
    classes: options.Classes = None,
    samples: options.Samples = None,
    model: options.Model = None,
    pretrained: options.Weights = "openai",
    size: Annotated[int | None, typer.Option(help="Pixels that all pairings see; else 96 (emoji) or 224.")] = None,
    images: Annotated[int, typer.Option(help="Images in all draws together.")] = pairings.Settings.total_images,
    draws: Annotated[int, typer.Option(help="Disjoint draws of images.")] = pairings.Settings.draws,
    views: Annotated[int, typer.Option(help="Views of each image at each strength.")] = pairings.Settings.views,
    strength: Annotated[list[float] | None, typer.Option(help="Of the augmentations; else 0.25, 0.5 and 1.")] = None,
    keep: Annotated[int | None, typer.Option(help="Right nodes of each image, at most; else all.")] = None,
    seed: Annotated[int, typer.Option(help="Of the draws, the views and the shuffling.")] = 0,
    device: options.Device = "auto",
    jobs: Annotated[int, typer.Option(help="Draws side by side; -1: as many as there are cores.")] = 1,
    cache: options.Cache = FEATURES,
    force: Force = False,
) -> None:
    """Compare pairs by captions, augmentations and controls: consistency, diversity, bounds, and a verdict.

    Examples, of which the first takes five minutes on 2 cores with --jobs 2:

    pairbounds measure --dataset emoji --jobs 2 --out tables

    pairbounds measure --dataset imagefolder --root imagenet/val --classes 10 --model ViT-B-32-quickgelu --out tables
    """
    given = _images(dataset, root, classes, samples, size, model, pretrained) | {"device": device, "cache": str(cache)}
    given |= {"total_images": images, "draws": draws, "views": views, "keep": keep}
    settings = pairings.Settings(**given | ({} if strength is None else {"strengths": tuple(strength)}))
    paths = _claimed(pairings.TABLES, out, settings, force=force)
    measure_into("pairings", settings, [seed], jobs, paths, FEATURES_KEPT)
    for row in read_table(paths["pairings_verdict"]).itertuples():
        about = f"{row.evaluator}, without pairs of one {row.exclusion}, diversity of {row.diversity_of}"
        say("", f"{about}: {row.verdict}")


def resample_graph(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for resampled_views.parquet.")],
    dataset: options.Kind = options.Dataset.emoji,
    root: options.Root = None,
    classes: options.Classes = None,
    samples: options.Samples = None,
    size: Annotated[int | None, typer.Option(help="Pixels that all see; else 96 (emoji) or 224.")] = None,
    model: options.Model = None,
    pretrained: options.Weights = "openai",
    images: Annotated[int, typer.Option(help="Images in all draws together.")] = resampled_views.Settings.total_images,
    draws: Annotated[int, typer.Option(help="Disjoint draws, a graph each.")] = resampled_views.Settings.draws,
    views: Annotated[int, typer.Option(help="Views of each image.")] = resampled_views.Settings.views,
    strength: Annotated[float, typer.Option(help="Of the augmentations, in (0, 1].")] = 1.0,
    keep: Annotated[int, typer.Option(help="Views that could come from an image.")] = resampled_views.Settings.keep,
    diversity: Annotated[
        float, typer.Option(help="Effective positives of an image, itself among them.")
    ] = resampled_views.Settings.diversity,
    k: Annotated[int, typer.Option(help="Width of the embedding.")] = resampled_views.Settings.k,
    seed: Annotated[int, typer.Option(help="Of the draws, the views and the random guide.")] = 0,
    device: options.Device = "auto",
    jobs: Annotated[int, typer.Option(help="Draws side by side; -1: as many as there are cores.")] = 1,
    cache: options.Cache = FEATURES,
    force: Force = False,
) -> None:
    """Resample graphs of augmented images by captions and controls: what bounds and error do then.

    Example: pairbounds resample-graph --dataset emoji --out tables
    """
    given = _images(dataset, root, classes, samples, size, model, pretrained) | {"device": device, "cache": str(cache)}
    given |= {"total_images": images, "draws": draws, "views": views, "strength": strength}
    settings = resampled_views.Settings(**given, keep=keep, diversity=diversity, k=k)
    paths = _claimed(["resampled_views"], out, settings, force=force)
    measure_into("resampled_views", settings, [seed], jobs, paths, FEATURES_KEPT)


def resample(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for resampled_training.parquet and for each run.")],
    rule: Annotated[str, typer.Option(help="all, none, one of the four, or several joined by +.")] = "all",
    published: Annotated[bool, typer.Option("--published", help="The published code's rules beside ours.")] = False,
    dataset: options.Kind = options.Dataset.emoji,
    root: options.Root = None,
    classes: options.Classes = None,
    samples: options.Samples = None,
    size: options.Size = 64,
    model: options.Model = None,
    pretrained: options.Weights = "openai",
    seeds: options.Seeds = resampled_training.STUDY.seeds,
    backbone: options.Backbone = resampled_training.Settings.backbone,
    epochs: options.Epochs = resampled_training.Settings.epochs,
    batch: options.BatchSize = resampled_training.Settings.batch,
    optimizer: options.Optimizer = resampled_training.Settings.optimizer,
    learning_rate: Annotated[float, typer.Option(help="At its largest.")] = resampled_training.Settings.learning_rate,
    weight_decay: options.Decay = resampled_training.Settings.weight_decay,
    warmup: options.Warmup = resampled_training.Settings.warmup,
    precision: options.Precision = options.Numbers.float32,
    guide_precision: options.GuidePrecision = options.Numbers.float32,
    views: options.ViewCount = resampled_training.Settings.views,
    workers: options.Drawers = 0,
    device: options.Device = "auto",
    jobs: options.SideBySide = 1,
    cache: options.Cache = FEATURES,
    dry_run: DryRun = False,
    force: Force = False,
) -> None:
    """Train SimCLR from pixels with resampled positives and negatives, and controls; killed, it goes on.

    Beside them stand the untrained network and the supervised one. Says first how many encoders there are, and for how
    long they will train. Examples, of which the first takes 40 minutes on 2 cores, and the second needs a GPU:

    pairbounds resample --dataset emoji --rule all --seeds 5 --out build/resample

    pairbounds resample --dataset imagefolder --root imagenet/train --classes 100 --size 224 --model
    ViT-B-32-quickgelu --backbone resnet50 --epochs 100 --batch 512 --optimizer lars --learning-rate 0.6 --warmup 10
    --views 0 --workers 16 --precision bfloat16 --guide-precision bfloat16
    --device cuda --out build/imagenet
    """
    given = _images(dataset, root, classes, samples, size, model, pretrained)
    given |= _training(backbone, epochs, batch, optimizer, weight_decay, warmup, precision, views)
    given |= {"guide_precision": guide_precision.value}
    given |= {"workers": workers, "device": device, "cache": str(cache), "runs": str(out)}
    settings = resampled_training.Settings(**given, rules=rule, published_too=published, learning_rate=learning_rate)
    paths = _claimed(["resampled_training"], out, settings, force=force)
    if _told_how_long(resampled_training.encoders, settings, _counted(seeds), jobs, dry_run=dry_run):
        return
    measure_into("resampled_training", settings, _counted(seeds), jobs, paths, RUNS_KEPT)
    _summarise(read_table(paths["resampled_training"]))


def pretrain(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for pretraining.parquet, and a folder of each run.")],
    objective: Annotated[list[options.Pretraining], typer.Option(help="clip, simclr, or both, one after another.")],
    dataset: options.Kind = options.Dataset.emoji,
    root: options.Root = None,
    classes: options.Classes = None,
    samples: options.Samples = None,
    size: options.Size = 64,
    seeds: options.Seeds = pretraining.STUDY.seeds,
    backbone: options.Backbone = pretraining.Settings.backbone,
    text: Annotated[str, typer.Option(help="Tower of the captions: words, or open_clip/NAME.")] = "words",
    epochs: options.Epochs = pretraining.Settings.epochs,
    batch: options.BatchSize = pretraining.Settings.batch,
    optimizer: options.Optimizer = pretraining.Settings.optimizer,
    learning_rate: Annotated[
        list[float] | None, typer.Option(help="Tried, at its largest; else 0.001, 0.003 and 0.01.")
    ] = None,
    strength: Annotated[
        list[float] | None, typer.Option(help="Tried, of the augmentations; else 0.1, 0.25 and 1.")
    ] = None,
    weight_decay: options.Decay = pretraining.Settings.weight_decay,
    warmup: options.Warmup = pretraining.Settings.warmup,
    precision: options.Precision = options.Numbers.float32,
    views: options.ViewCount = pretraining.Settings.views,
    workers: options.Drawers = 0,
    device: options.Device = "auto",
    jobs: options.SideBySide = 1,
    cache: options.Cache = FEATURES,
    dry_run: DryRun = False,
    force: Force = False,
) -> None:
    """Train one network from pixels with captions (CLIP) or with augmentations (SimCLR), and probe it.

    Each objective has as many steps, and tries the same learning rates and strengths of augmentation; validation
    chooses. Examples, of which the first takes 30 minutes on 2 cores, and the second needs a GPU:

    pairbounds pretrain --objective clip --objective simclr --dataset emoji --out build/pretrain

    pairbounds pretrain --objective clip --objective simclr --dataset table --root pairs.parquet --size 224
    --backbone open_clip/ViT-B-32 --text open_clip/ViT-B-32 --epochs 32 --batch 1024 --views 0 --workers 16 --precision
    bfloat16 --device cuda --seeds 1 --out build/vit
    """
    given = _images(dataset, root, classes, samples, size, None, "")
    given |= _training(backbone, epochs, batch, optimizer, weight_decay, warmup, precision, views)
    given |= {"workers": workers, "device": device, "cache": str(cache), "runs": str(out)}
    objectives = tuple(dict.fromkeys(one.value for one in objective))
    tried = {"learning_rates": learning_rate, "strengths": strength}
    given |= {name: tuple(values) for name, values in tried.items() if values is not None}
    settings = pretraining.Settings(**given, objectives=objectives, text_tower=text)
    paths = _claimed(["pretraining"], out, settings, force=force)
    if _told_how_long(pretraining.encoders, settings, _counted(seeds), jobs, dry_run=dry_run):
        return
    measure_into("pretraining", settings, _counted(seeds), jobs, paths, RUNS_KEPT)
    _summarise(read_table(paths["pretraining"]))
    if told := settings.images().told:
        say(f"Captions name the {' and the '.join(told)} here: with captions is with labels, and no advantage of text.")


def _images(
    dataset: options.Dataset,
    root: Path | None,
    classes: int | None,
    samples: int | None,
    size: int | None,
    model: str | None,
    pretrained: str,
) -> dict[str, Any]:
    """What `ImageSettings` has of the options."""
    where = None if root is None else str(root)
    drawn = {"classes": classes, "samples": samples, "size": size}
    return {"dataset": dataset.value, "root": where, **drawn, "model": model, "pretrained": pretrained}


def _training(
    backbone: str,
    epochs: int,
    batch: int,
    optimizer: str,
    weight_decay: float,
    warmup: int,
    precision: options.Numbers,
    views: int,
) -> dict[str, Any]:
    """What `TrainingSettings` has of the options."""
    steps = {"epochs": epochs, "batch": batch, "warmup": warmup, "views": views}
    return {
        "backbone": backbone,
        "optimizer": optimizer,
        "weight_decay": weight_decay,
        "precision": precision.value,
    } | steps


def _claimed(tables: Sequence[str], out: Path, settings: Any, *, force: bool) -> dict[str, Path]:
    """The tables that a command will write into a folder, which are not the files that it reads."""
    paths = {name: out / f"{name}.parquet" for name in tables}
    named = [Path(settings.root)] if settings.dataset == "table" else []
    checkpoint = [Path(settings.pretrained)] if Path(settings.pretrained).is_file() else []
    written = [one for path in paths.values() for one in ownership.table(path)]
    ownership.claim(written, [*named, *checkpoint], force=force)
    return paths


def _told_how_long(
    encoders: Callable[[Any, int], list[Run]], settings: Any, seeds: Iterable[int], jobs: int, *, dry_run: bool
) -> bool:
    """Say what is to be trained and for how long; whether that is all that was asked for."""
    runs = [run for seed in seeds for run in encoders(settings, seed)]
    say(training_forecast(runs, settings.studio(), Path(settings.runs), jobs), err=not dry_run)
    return dry_run


def _counted(seeds: int) -> range:
    if seeds < 1:
        raise ValueError(f"seeds={seeds}: at least 1")
    return range(seeds)


def _summarise(table: pd.DataFrame) -> None:
    columns = [name for name in ("kind", "rule", "guide", "published") if table[name].nunique() > 1]
    chosen = table[table["chosen"]] if "chosen" in table else table
    summary = chosen.groupby([*columns, "labels"], sort=False)["test"].agg(["mean", "std", "count"]).round(4)
    say(*summary.to_string().splitlines())

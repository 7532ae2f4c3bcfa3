"""The commands that measure studies of real images with options of their own; `study` takes their settings by name."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum, StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import pandas as pd
import typer

from pairbounds.commands.study import measure_into
from pairbounds.infrastructure import ownership
from pairbounds.infrastructure.commandline import say
from pairbounds.infrastructure.folders import AGAIN
from pairbounds.infrastructure.options import DryRun, Force
from pairbounds.infrastructure.tables import read_table, require_table_path, write_table
from pairbounds.real_data import options
from pairbounds.real_data.caption_graphs import pair_rows
from pairbounds.real_data.encoders.cache import FEATURES
from pairbounds.real_data.kinds import PLACES
from pairbounds.real_data.settings import ImageSettings, image_inputs
from pairbounds.real_data.studies import pairings, pretraining, resampled_training, resampled_views
from pairbounds.real_data.training.distributed import count, is_first, processes
from pairbounds.real_data.training.forecast import stated_forecast, training_forecast
from pairbounds.real_data.training.objectives import OBJECTIVES
from pairbounds.real_data.training.recipes import DEFAULT, RECIPES, chosen_numbers, recipe_lines
from pairbounds.real_data.training.runs import Run, train_along

if TYPE_CHECKING:

    class Pretraining(StrEnum):
        """A task that an encoder is pretrained for."""

else:
    Pretraining = StrEnum("Pretraining", {name: name for name in OBJECTIVES})

EMOJI = options.Dataset("emoji")
FEATURES_KEPT = "{} is as it was; encoded features are kept, and the same command starts from them"
NOWHERE = "(not given)"  # the root of a dry run that needs none
PRETRAIN_NUMBERS = (
    "dataset", "classes", "size", "backbone", "epochs", "iterations", "batch", "optimizer", "momentum", "weight_decay",
    "warmup", "temperature", "head_width", "head_norm", "precision", "views", "neighbours", "crop_iterations",
    "crop_batch", "crop_learning_rate", "crop_momentum", "crop_weight_decay",
)  # fmt: skip  # options that are settings of the same names
RESAMPLE_NUMBERS = (*PRETRAIN_NUMBERS, "model", "pretrained", "learning_rate", "strength")
RUNS_KEPT = f"finished encoders and epochs are kept in {{}}: {AGAIN}"


def measure(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the tables, pairings_*.parquet.")],
    dataset: options.Kind = EMOJI,
    root: options.Root = None,
    classes: options.Classes = None,
    samples: options.Samples = None,
    model: options.Model = None,
    pretrained: options.Weights = "openai",
    size: Annotated[int | None, typer.Option(help="Pixels that all pairings see; else 96 (drawings) or 224.")] = None,
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


def pairs(
    out: Annotated[Path, typer.Option(metavar="PAIRS", help="The table, .parquet or .csv.")],
    dataset: options.Kind = EMOJI,
    root: options.Root = None,
    force: Force = False,
) -> None:
    """Write the pairs of a data set as a table: image, caption, weight and label, as `audit` reads it.

    Each image has weight 1, spread evenly over its captions.
    Example: pairbounds pairs --dataset openclipart --root build/data --out openclipart.parquet
    """
    settings = ImageSettings(dataset.value, None if root is None else str(root))
    path = require_table_path(out)
    ownership.claim(ownership.table(path), [root] if settings.dataset == "table" else [], force=force)
    images = settings.images()
    rows = pair_rows(images)
    write_table(rows, path, dict(image_inputs(settings)))
    say(f"{path}: {len(rows)} pairs of {images}")


def resample_graph(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for resampled_views.parquet.")],
    dataset: options.Kind = EMOJI,
    root: options.Root = None,
    classes: options.Classes = None,
    samples: options.Samples = None,
    size: Annotated[int | None, typer.Option(help="Pixels that all see; else 96 (drawings) or 224.")] = None,
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
    recipe: Annotated[str, typer.Option(help=f"Of all numbers below: {', '.join(RECIPES)}.")] = DEFAULT,
    rule: Annotated[str, typer.Option(help="all, none, one of the four, or several joined by +.")] = "all",
    only: Annotated[
        str, typer.Option(help="These runs alone, by commas: untrained, supervised, simclr, RULE, or RULE:GUIDE.")
    ] = "",
    published: Annotated[bool, typer.Option("--published", help="The published code's rules beside ours.")] = False,
    guide: Annotated[
        list[options.Guide] | None, typer.Option(help="Of each rule; else encoder, labels and random.")
    ] = None,
    baselines: Annotated[int, typer.Option(help="SimCLR's with each split, with other weights.")] = 1,
    tune: Annotated[
        str, typer.Option(help="Runs as in --only that are tried with other learning rates and strengths, too.")
    ] = "",
    tuned_rate: Annotated[list[float] | None, typer.Option(help="Tried; else 0.001, 0.003 and 0.01.")] = None,
    tuned_strength: Annotated[list[float] | None, typer.Option(help="Tried; else 0.1, 0.25 and 1.")] = None,
    whole_seeds: Annotated[
        int | None, typer.Option(help="So many seeds have all runs, the further ones those of --tune alone.")
    ] = None,
    dataset: options.AnyKind = None,
    root: options.Root = None,
    train_root: options.TrainRoot = None,
    val_root: options.ValRoot = None,
    eval_dataset: options.EvalDataset = None,
    classes: options.Classes = None,
    samples: options.Samples = None,
    size: options.Size = None,
    model: options.Model = None,
    pretrained: options.AnyWeights = None,
    seeds: options.Seeds = resampled_training.STUDY.seeds,
    first_seed: options.FirstSeed = 0,
    backbone: options.Backbone = None,
    epochs: options.Epochs = None,
    iterations: options.Iterations = None,
    batch: options.BatchSize = None,
    optimizer: options.Optimizer = None,
    momentum: options.Momentum = None,
    learning_rate: Annotated[float | None, typer.Option(help="At its largest.")] = None,
    weight_decay: options.Decay = None,
    warmup: options.Warmup = None,
    temperature: options.Temperature = None,
    head_width: options.HeadWidth = None,
    head_norm: options.HeadNorm = None,
    strength: Annotated[float | None, typer.Option(help="Of the augmentations, in (0, 1].")] = None,
    precision: options.Precision = None,
    guide_precision: options.GuidePrecision = options.Numbers.float32,
    views: options.ViewCount = None,
    neighbours: options.Neighbours = None,
    crop_iterations: options.CropIterations = None,
    crop_batch: options.CropBatch = None,
    crop_learning_rate: options.CropRate = None,
    crop_momentum: options.CropMomentum = None,
    crop_weight_decay: options.CropDecay = None,
    workers: options.Drawers = 0,
    device: options.Device = "auto",
    jobs: options.SideBySide = 1,
    cache: options.Cache = FEATURES,
    throughput: options.Throughput = None,
    dry_run: DryRun = False,
    force: Force = False,
) -> None:
    """Train SimCLR from pixels with resampled positives and negatives, and controls; killed, it goes on.

    Beside them stand the untrained network and the supervised one. Says first every number, how many encoders there
    are, and for how long they will train. An option overrides the recipe's number. Examples, of which the first takes
    40 minutes on 2 cores, the second says what the paper's experiment would take, and the third needs GPUs:

    pairbounds resample --dataset emoji --rule all --seeds 5 --out build/resample

    pairbounds resample --recipe paper --seeds 1 --throughput 2500 --dry-run --out build/imagenet

    pairbounds resample --recipe paper --train-root imagenet/train --val-root imagenet/val --seeds 1 --workers 16
    --only simclr,add_new_positive:encoder --precision bfloat16 --guide-precision bfloat16
    --device cuda --out build/imagenet
    """
    options_given = dict(locals())
    given = {name: options_given[name] for name in RESAMPLE_NUMBERS}
    lists = {"guides": guide, "tuned_rates": tuned_rate, "tuned_strengths": tuned_strength}
    numbers = chosen_numbers(recipe, _plain(given | lists))
    places = _places(root, train_root, val_root, eval_dataset)
    missing = dry_run and numbers.get("dataset") in PLACES and places["root"] is None
    if missing:
        places["root"] = NOWHERE
    settings = resampled_training.Settings(
        **numbers,
        **places,
        samples=samples,
        guide_precision=guide_precision.value,
        rules=rule,
        only=_listed(only),
        published_too=published,
        baselines=baselines,
        tune=_listed(tune),
        whole_seeds=whole_seeds,
        workers=workers,
        device=device,
        cache=str(cache),
        runs=str(out),
    )
    said = recipe_lines(recipe, settings, _plain(given))
    chosen = _counted(seeds, first_seed)
    if missing:
        runs = [run for seed in chosen for run in resampled_training.encoders(settings, seed)]
        say(stated_forecast(runs, RECIPES[recipe].images, throughput), *said)
        return
    _train(resampled_training, settings, chosen, jobs, throughput, said, dry_run=dry_run, force=force)


def pretrain(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for pretraining.parquet, and a folder of each run.")],
    objective: Annotated[
        list[Pretraining], typer.Option(help="What it is trained for, as clip and simclr; several, one after another.")
    ],
    dataset: options.Kind = EMOJI,
    root: options.Root = None,
    train_root: options.TrainRoot = None,
    val_root: options.ValRoot = None,
    eval_dataset: options.EvalDataset = None,
    classes: options.Classes = None,
    samples: options.Samples = None,
    size: options.Size = None,
    seeds: options.Seeds = pretraining.STUDY.seeds,
    first_seed: options.FirstSeed = 0,
    backbone: options.Backbone = None,
    text: Annotated[str, typer.Option(help="Tower of the captions: words, or open_clip/NAME.")] = "words",
    epochs: options.Epochs = None,
    iterations: options.Iterations = None,
    batch: options.BatchSize = None,
    optimizer: options.Optimizer = None,
    momentum: options.Momentum = None,
    learning_rate: Annotated[
        list[float] | None, typer.Option(help="Tried, at its largest; else 0.001, 0.003 and 0.01.")
    ] = None,
    strength: Annotated[
        list[float] | None, typer.Option(help="Tried, of the augmentations; else 0.1, 0.25 and 1.")
    ] = None,
    weight_decay: options.Decay = None,
    warmup: options.Warmup = None,
    temperature: options.Temperature = None,
    head_width: options.HeadWidth = None,
    head_norm: options.HeadNorm = None,
    precision: options.Precision = None,
    views: options.ViewCount = None,
    neighbours: options.Neighbours = None,
    crop_iterations: options.CropIterations = None,
    crop_batch: options.CropBatch = None,
    crop_learning_rate: options.CropRate = None,
    crop_momentum: options.CropMomentum = None,
    crop_weight_decay: options.CropDecay = None,
    workers: options.Drawers = 0,
    device: options.Device = "auto",
    jobs: options.SideBySide = 1,
    cache: options.Cache = FEATURES,
    throughput: options.Throughput = None,
    dry_run: DryRun = False,
    force: Force = False,
) -> None:
    """Train one network from pixels with captions (CLIP), augmentations (SimCLR) or another objective, and probe it.

    Each objective has as many steps, and tries the same learning rates and strengths of augmentation; validation
    chooses. Examples, of which the first takes 30 minutes on 2 cores, and the second needs a GPU:

    pairbounds pretrain --objective clip --objective simclr --dataset emoji --out build/pretrain

    pairbounds pretrain --objective clip --objective simclr --dataset table --root pairs.parquet --eval-dataset
    imagefolder --train-root imagenet/train --val-root imagenet/val --size 224 --backbone open_clip/ViT-B-32 --text
    open_clip/ViT-B-32 --epochs 32 --batch 1024 --views 0 --workers 16 --precision bfloat16 --device cuda --seeds 1
    --out build/vit
    """
    options_given = dict(locals())
    given = {name: options_given[name] for name in PRETRAIN_NUMBERS}
    tried = {"learning_rates": learning_rate, "strengths": strength}
    settings = pretraining.Settings(
        **{name: value for name, value in _plain(given | tried).items() if value is not None},
        **_places(root, train_root, val_root, eval_dataset),
        samples=samples,
        objectives=tuple(dict.fromkeys(one.value for one in objective)),
        text_tower=text,
        workers=workers,
        device=device,
        cache=str(cache),
        runs=str(out),
    )
    chosen = _counted(seeds, first_seed)
    done = _train(pretraining, settings, chosen, jobs, throughput, dry_run=dry_run, force=force)
    if done and (told := settings.images().told):
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


def _places(
    root: Path | None, train_root: Path | None, val_root: Path | None, eval_dataset: options.Dataset | None
) -> dict[str, Any]:
    """Where the images are that train and judge; without another kind that judges, those of --train-root train."""
    if eval_dataset is None and train_root is not None:
        if root is not None or val_root is None:
            raise ValueError("--train-root is for --root, and goes with --val-root: give these two")
        root, train_root = train_root, None
    places = {"root": root, "train_root": train_root, "val_root": val_root, "eval_dataset": eval_dataset}
    return {name: None if place is None else str(place) for name, place in places.items()}


def _plain(given: Mapping[str, Any]) -> dict[str, Any]:
    """Options as settings have them."""
    return {name: tuple(map(_value, one)) if isinstance(one, list) else _value(one) for name, one in given.items()}


def _value(given: Any) -> Any:
    return given.value if isinstance(given, Enum) else given


def _listed(names: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in names.split(",") if name.strip())


def _claimed(tables: Sequence[str], out: Path, settings: Any, *, force: bool) -> dict[str, Path]:
    """The tables that a command will write into a folder, which are not the files that it reads."""
    paths = {name: out / f"{name}.parquet" for name in tables}
    places = [getattr(settings, name, None) for name in ("root", "train_root", "val_root")]
    named = [Path(place) for place in places if place is not None and Path(place).is_file()]
    checkpoint = [Path(settings.pretrained)] if Path(settings.pretrained).is_file() else []
    written = [one for path in paths.values() for one in ownership.table(path)]
    ownership.claim(written, [*named, *checkpoint], force=force)
    return paths


def _train(
    study: Any,
    settings: Any,
    seeds: Sequence[int],
    jobs: int,
    throughput: float | None,
    numbers: Sequence[str] = (),
    *,
    dry_run: bool,
    force: bool,
) -> bool:
    """Train the encoders of a study's module, in this process or in all of `torchrun`'s; whether a table was written.

    Each process would write the same table: the first one does, and the others train along.
    """
    with processes():
        if count() > 1 and jobs != 1:
            raise ValueError(f"jobs={jobs} under torchrun: its {count()} processes train each encoder together")
        if not is_first():
            for seed in seeds:
                train_along(study.encoders(settings, seed), settings.studio(), Path(settings.runs))
            return False
        name = study.STUDY.name
        paths = _claimed([name], Path(settings.runs), settings, force=force)
        if _told_how_long(study.encoders, settings, seeds, jobs, throughput, numbers, dry_run=dry_run):
            return False
        measure_into(name, settings, seeds, jobs, paths, RUNS_KEPT)
        _summarise(read_table(paths[name]))
        return True


def _told_how_long(
    encoders: Callable[[Any, int], list[Run]],
    settings: Any,
    seeds: Iterable[int],
    jobs: int,
    throughput: float | None,
    numbers: Sequence[str] = (),
    *,
    dry_run: bool,
) -> bool:
    """Say what is to be trained, for how long and by which numbers; whether that is all that was asked for."""
    studio = settings.studio()
    runs = [run for seed in seeds for run in encoders(settings, seed)]
    possible = studio.possible(runs)
    told = training_forecast(possible, studio, Path(settings.runs), jobs, throughput=throughput)
    lacking = len(runs) - len(possible)
    without = [f"{lacking} more need labels of the images that train, and are left out"] if lacking else []
    say(told, *without, *numbers, err=not dry_run)
    return dry_run


def _counted(seeds: int, first: int) -> range:
    if seeds < 1 or first < 0:
        raise ValueError(f"seeds={seeds} and first_seed={first}: at least 1 and 0")
    return range(first, first + seeds)


def _summarise(table: pd.DataFrame) -> None:
    columns = [name for name in ("kind", "rule", "guide", "published") if table[name].nunique() > 1]
    chosen = table[table["chosen"]] if "chosen" in table else table
    summary = chosen.groupby([*columns, "labels"], sort=False)["test"].agg(["mean", "std", "count"]).round(4)
    say(*summary.to_string().splitlines())

"""`python -m real_data resample-graph`: resampling on the augmentation graphs of a data set."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from real_data.encoders.cache import FEATURES
from real_data.options import (
    FEATURES_KEPT,
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
from real_data.resampling.graph_protocol import GraphProtocol
from theory.infrastructure.commandline import say
from theory.infrastructure.folders import held
from theory.infrastructure.options import Force
from theory.infrastructure.tables import write_table


def resample_graph(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for DATASET_resampling.parquet.")],
    dataset: Kind = Dataset.emoji,
    root: Root = None,
    classes: Classes = None,
    samples: Samples = None,
    size: Annotated[int | None, typer.Option(help="Pixels that all see; else 96 (emoji) or 224.")] = None,
    model: Model = None,
    pretrained: Weights = "openai",
    images: Annotated[int, typer.Option(help="Images in all draws together.")] = GraphProtocol.images,
    draws: Annotated[int, typer.Option(help="Disjoint draws of images, a graph each.")] = GraphProtocol.draws,
    views: Annotated[int, typer.Option(help="Views of each image.")] = GraphProtocol.views,
    strength: Annotated[float, typer.Option(help="Of the augmentations, in (0, 1].")] = GraphProtocol.strength,
    keep: Annotated[int, typer.Option(help="Views that could come from an image.")] = GraphProtocol.keep,
    diversity: Annotated[
        float, typer.Option(help="Effective positives of an image, itself among them.")
    ] = GraphProtocol.diversity,
    k: Annotated[int, typer.Option(help="Width of the embedding.")] = GraphProtocol.k,
    seed: Annotated[int, typer.Option(help="Of the draws, the views and the random guide.")] = GraphProtocol.seed,
    device: Device = "auto",
    jobs: Annotated[int, typer.Option(help="Draws side by side; -1: as many as there are cores.")] = 1,
    cache: Cache = FEATURES,
    force: Force = False,
) -> None:
    """Resample graphs of augmented images by captions and controls: what bounds and error do then.

    Example: python -m real_data resample-graph --dataset emoji --out tables
    """
    from real_data.resampling.graph_study import resampling_on_graphs  # takes seconds to import

    name = f"{dataset.value}_resampling"
    claim_tables(out, [name], named_inputs(dataset, root, pretrained), force=force)
    protocol = GraphProtocol(images, draws, views, strength, keep, diversity, k, seed)
    options = dataset_options(dataset, root, size, classes, samples)
    path = out / f"{name}.parquet"
    with held(out, name, kept=FEATURES_KEPT, caches=(cache,)):
        source, about = chosen_source(dataset, options, model, pretrained, device, cache)
        table = resampling_on_graphs(source, protocol, jobs)
        write_table(table, path, asdict(protocol) | about)
    say(f"{path}: {len(table)} rows")

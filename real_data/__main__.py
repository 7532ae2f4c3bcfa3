"""`python -m real_data`: make the pair graphs of real data, measure the tables behind the figures."""

from collections.abc import Mapping
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from real_data.audit import Settings
from real_data.audit import audit as audit_pairs
from real_data.audit.auditing import outputs
from real_data.audit.report import print_report
from real_data.emoji_concepts import emoji_graph
from real_data.encoders.cache import FEATURES
from real_data.measures.protocol import TABLES, Protocol
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
from real_data.resampling.commandline import resample_graph
from real_data.study import SETTINGS, emoji_tables
from real_data.study import TABLES as EMOJI_TABLES
from real_data.training.commandline import pretrain, resample
from theory.graph_formats import require_graph_path
from theory.infrastructure import ownership
from theory.infrastructure.commandline import CHECK_FAILED, run, say
from theory.infrastructure.folders import held
from theory.infrastructure.options import Force
from theory.infrastructure.tables import together, write_table

app = typer.Typer(
    help="Pair graphs of real images and their captions.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class LabelSet(StrEnum):
    """The classes that the emoji can be labelled with."""

    category = "category"
    subcategory = "subcategory"


graph_app = typer.Typer(help="Save a data set as a pair graph.", no_args_is_help=True)
app.add_typer(graph_app, name="graph")


@graph_app.command()
def emoji(
    out: Annotated[Path, typer.Option(metavar="GRAPH.npz", help="Where the graph is saved.")],
    labels: Annotated[LabelSet, typer.Option(help="Which classes the images have.")] = LabelSet.category,
    force: Force = False,
) -> None:
    """Save the emoji graph: pictures in two styles x names and keywords; nothing is downloaded.

    Example: python -m real_data graph emoji --labels category --out emoji.npz
    """
    ownership.claim([ownership.graph(require_graph_path(out))], force=force)
    graph = emoji_graph(labels.value)
    graph.save(out)
    say(f"{out}: {graph}")


@app.command()
def measure(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the tables, pairings_*.parquet.")],
    dataset: Kind = Dataset.emoji,
    root: Root = None,
    classes: Classes = None,
    samples: Samples = None,
    model: Model = None,
    pretrained: Weights = "openai",
    size: Annotated[int | None, typer.Option(help="Pixels that all pairings see; else 96 (emoji) or 224.")] = None,
    images: Annotated[int, typer.Option(help="Images in all draws together.")] = Protocol.images,
    draws: Annotated[int, typer.Option(help="Disjoint draws of images.")] = Protocol.draws,
    views: Annotated[int, typer.Option(help="Views of each image at each strength.")] = Protocol.views,
    strength: Annotated[list[float] | None, typer.Option(help="Of the augmentations; else 0.25, 0.5 and 1.")] = None,
    keep: Annotated[int | None, typer.Option(help="Right nodes of each image, at most; else all.")] = None,
    seed: Annotated[int, typer.Option(help="Of the draws, the views and the shuffling.")] = Protocol.seed,
    device: Device = "auto",
    jobs: Annotated[int, typer.Option(help="Draws side by side; -1: as many as there are cores.")] = 1,
    cache: Cache = FEATURES,
    force: Force = False,
) -> None:
    """Compare pairs by captions, augmentations and controls: consistency, diversity, bounds, and a verdict.

    Examples: python -m real_data measure --dataset emoji --out tables

    python -m real_data measure --dataset imagefolder --root imagenet/val --classes 10 --model ViT-B-32-quickgelu
    --out tables
    """
    from real_data.measures.study import pairings_tables  # takes seconds to import

    claim_tables(out, TABLES, named_inputs(dataset, root, pretrained), force=force)
    strengths = Protocol.strengths if strength is None else tuple(strength)
    protocol = Protocol(images, draws, views, strengths, keep=keep, seed=seed)
    options = dataset_options(dataset, root, size, classes, samples)
    with held(out, "pairings", kept=FEATURES_KEPT, caches=(cache,)):
        source, about = chosen_source(dataset, options, model, pretrained, device, cache)
        tables = pairings_tables(source, protocol, jobs)
        _write(tables, out, asdict(protocol) | about)
    if len(set(source.dataset.captions)) == len(set(source.dataset.labels.tolist())):
        say("", "All images of a class have the same captions here: pairs by captions, exact, are pairs by label.")
    for row in tables["pairings_verdict"].itertuples():
        say("", f"{row.evaluator}, without pairs of one {row.exclusion}, diversity of {row.diversity_of}: {row.verdict}")


@app.command()
def study(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the three tables, emoji_*.parquet.")],
    force: Force = False,
) -> None:
    """Measure the bounds, label energy and multi-hop intervals of the emoji captions, for both label sets."""
    claim_tables(out, EMOJI_TABLES, force=force)
    with held(out, "emoji"):
        _write(emoji_tables(), out, SETTINGS)


def _write(tables: Mapping[str, pd.DataFrame], out: Path, configuration: Mapping[str, object]) -> None:
    with together():
        for name, table in tables.items():
            write_table(table, out / f"{name}.parquet", configuration)
    for name, table in tables.items():
        say(f"{out / name}.parquet: {len(table)} rows")


@app.command()
def audit(
    pairs: Annotated[Path, typer.Argument(metavar="PAIRS", help="Parquet or CSV: image, caption and maybe weight.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for summary.json, the tables and the figure.")],
    labels: Annotated[Path | None, typer.Option(metavar="LABELS", help="Parquet or CSV: image, label.")] = None,
    k: Annotated[int, typer.Option(help="Width of the embedding that the bounds speak of.")] = Settings.k,
    tol: Annotated[float, typer.Option(help="Largest residual of a singular triplet.")] = Settings.tol,
    device: Annotated[str, typer.Option(help="Where the spectrum is computed: auto, cpu, cuda.")] = Settings.device,
    seed: Annotated[int, typer.Option(help="Seed of the sparse solver's starting vectors.")] = Settings.seed,
    dask: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Scheduler of a Dask cluster to run on.")] = None,
    force: Force = False,
) -> None:
    """Audit a table of pairs: consistency, spectrum, bounds, and which captions and classes hurt most.

    PAIRS and LABELS may be folders of such files. Exits with 1 if a bound does not hold. Example: python -m real_data
    audit pairs.parquet --labels labels.parquet --k 32 --out audit
    """
    settings = Settings(k, tol, device, seed, dask)
    ownership.claim(outputs(out), [pairs, labels], force=force)
    done = audit_pairs(pairs, labels, out, settings)
    print_report(done.summary, done.tables)
    say(f"{out}: summary.json, {', '.join(f'{name}.parquet' for name in done.tables)}, audit.png, audit.pdf")
    if done.summary["bounds_failed"]:
        raise typer.Exit(CHECK_FAILED)


app.command()(resample_graph)
app.command()(resample)
app.command()(pretrain)

if __name__ == "__main__":
    run(app)

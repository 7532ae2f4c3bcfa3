"""`python -m real_data`: make the pair graphs of real data, measure the tables behind the figures."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from real_data.audit import Settings
from real_data.audit import audit as audit_pairs
from real_data.audit.report import print_report
from real_data.emoji import emoji_graph
from real_data.study import SETTINGS, emoji_tables
from theory.commandline import CHECK_FAILED, run
from theory.tables import write_table

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
) -> None:
    """Save the emoji graph: pictures in two styles x names and keywords; nothing is downloaded.

    Example: python -m real_data graph emoji --labels category --out emoji.npz
    """
    graph = emoji_graph(labels.value)
    graph.save(out)
    print(f"{out}: {graph}")


@app.command()
def study(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the three tables, emoji_*.parquet.")],
) -> None:
    """Measure the bounds, label energy and multi-hop intervals of the emoji captions, for both label sets."""
    out.mkdir(parents=True, exist_ok=True)
    for name, table in emoji_tables().items():
        write_table(table, out / f"{name}.parquet", SETTINGS)
        print(f"{out / name}.parquet: {len(table)} rows")


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
) -> None:
    """Audit a table of pairs: consistency, spectrum, bounds, and which captions and classes hurt most.

    PAIRS and LABELS may be folders of such files. Exits with 1 if a bound does not hold. Example: python -m real_data
    audit pairs.parquet --labels labels.parquet --k 32 --out audit
    """
    done = audit_pairs(pairs, labels, out, Settings(k, tol, device, seed, dask))
    print_report(done.summary, done.tables)
    print(f"{out}: summary.json, {', '.join(f'{name}.parquet' for name in done.tables)}, audit.png, audit.pdf")
    if done.summary["bounds_failed"]:
        raise typer.Exit(CHECK_FAILED)


if __name__ == "__main__":
    run(app)

"""`python -m real_data`: make the pair graphs of real data, measure the tables behind the figures."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from real_data.emoji import emoji_graph
from real_data.study import SETTINGS, emoji_tables
from theory.commandline import run
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


if __name__ == "__main__":
    run(app)

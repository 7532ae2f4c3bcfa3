"""`python -m pairbounds`: make the pair graphs of real data, measure the tables behind the figures."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pairbounds.commands.audit import audit
from pairbounds.commands.demo import demo
from pairbounds.commands.pixels import measure, pairs, pretrain, resample, resample_graph
from pairbounds.commands.study import study as measure_study
from pairbounds.infrastructure import ownership
from pairbounds.infrastructure.commandline import run, say
from pairbounds.infrastructure.options import Force
from pairbounds.real_data.emoji_concepts import emoji_graph
from pairbounds.theory.graph.formats import graph_output, require_graph_path

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

    Example, ten seconds: pairbounds graph emoji --labels category --out emoji.npz
    """
    ownership.claim([graph_output(require_graph_path(out))], force=force)
    graph = emoji_graph(labels.value)
    graph.save(out)
    say(f"{out}: {graph}")


@app.command()
def study(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the three tables, emoji_*.parquet.")],
    force: Force = False,
) -> None:
    """Measure the bounds, label energy and multi-hop intervals of the emoji captions: the study `emoji_captions`."""
    measure_study("emoji_captions", out, force=force)


for command in (demo, audit, pairs, measure, resample_graph, resample, pretrain):
    app.command()(command)

if __name__ == "__main__":
    run(app)

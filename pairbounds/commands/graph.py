"""The commands `graph`, which saves a pair graph that has a name, and `families`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from pairbounds.commands.study import print_settings
from pairbounds.infrastructure.commandline import echo, print_table
from pairbounds.infrastructure.files import claim, table_outputs
from pairbounds.infrastructure.options import Force
from pairbounds.infrastructure.tables import require_table_path, write_table
from pairbounds.simulations.families import FAMILIES
from pairbounds.sweeps.graphs import find_graph, graph_sources, pair_table
from pairbounds.sweeps.settings import chosen_settings, files_in, given_settings
from pairbounds.sweeps.sweep import recorded
from pairbounds.theory.graph.formats import graph_output, require_graph_path
from pairbounds.theory.quantities.consistency import induced_labelling_error
from pairbounds.theory.spectrum.triplets import spectrum


def explain_graph(given: Mapping[str, Any]) -> None:
    """Print the settings of the graph that is named before `--help`."""
    if given.get("name") is not None:
        source = find_graph(given["name"])
        echo(f"graph {given['name']}: {source.about}")
        print_settings(source.settings)


def graph(
    name: Annotated[
        str | None, typer.Argument(is_eager=True, help="A graph; without it all graphs are listed.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="GRAPH.npz for the graph, .parquet or .csv for a table of pairs."),
    ] = None,
    given: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A setting; may be given again.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of what is drawn at random.")] = 0,
    force: Force = False,
) -> None:
    """Save a pair graph: of a data set, of a simulated world or of a graph family; without a name, list them.

    `pairbounds graph NAME --help` lists the settings of a graph. A table has the columns image, caption, weight and
    label, as `audit` reads them. Examples:

    pairbounds graph emoji --out emoji.npz

    pairbounds graph latent_captions --set noise=0.05 --set detail=0.3 --out graph.npz

    pairbounds graph openclipart --set root=build/data --out openclipart.parquet
    """
    if name is None:
        rows = [(one, source.about) for one, source in graph_sources().items()]
        print_table("Graphs", [("graph", "left"), ("pairs", "left")], rows)
        return
    source = find_graph(name)
    if out is None:
        raise ValueError("--out is missing: the file for the graph, .npz, or for the table of its pairs")
    settings = chosen_settings(source.settings, given_settings(None, given or []))
    as_graph = out.suffix not in (".parquet", ".csv")
    written = [graph_output(require_graph_path(out))] if as_graph else table_outputs(require_table_path(out))
    claim(written, files_in(settings), force=force)
    made = source.make(settings, seed)
    if as_graph:
        made.save(out)
    else:
        write_table(
            pair_table(made), out, {"graph": name, "seed": seed, **recorded(settings), **source.inputs(settings)}
        )
    echo(f"{out}: {made}")


def families(seed: Annotated[int, typer.Option(help="Seed of those that are drawn at random.")] = 0) -> None:
    """List the graph families, each at its small default settings, and what is known of them."""
    rows = []
    for name, family in FAMILIES.items():
        graph = family().graph(seed)
        values = spectrum(graph, min(4, *graph.joint.shape)).singular_values[1:]
        error, shown = induced_labelling_error(graph), " ".join(f"{value:.2f}" for value in values)
        nodes = f"{graph.n_left} x {graph.n_right}"
        rows.append((name, family.models, nodes, f"{error:.3f}", shown, family.known))
    columns = [("family", "left"), ("a model of", "left"), ("nodes", "right"), ("α_T", "right")]
    columns += [("σ_2 σ_3 σ_4", "left"), ("known", "left")]
    print_table("Graph families", columns, rows)

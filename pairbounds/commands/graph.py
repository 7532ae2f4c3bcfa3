"""The command `graph`: save a named pair graph."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from pairbounds.commands.study import print_settings
from pairbounds.infrastructure.commandline import Columns, Force, column_names, echo, print_table
from pairbounds.infrastructure.files import (
    marked_output,
    replacing,
    require_output_path,
    require_safe_outputs,
    table_outputs,
)
from pairbounds.infrastructure.tables import TABLE_SUFFIXES, write_table
from pairbounds.real_data.image_settings import KINDS, ImageSettings
from pairbounds.sweeps.graphs import find_graph, graph_sources, pair_table
from pairbounds.sweeps.settings import chosen_settings, files_in, given_settings
from pairbounds.sweeps.sweep import recorded
from pairbounds.theory.graph.formats import GRAPH_SUFFIXES, graph_output

FEATURES_HELP = "Write untrained features of the images, for `check --through`: conv, patches, pixels or tangent."


def explain_graph(options: Mapping[str, Any]) -> None:
    """Print the settings of the graph named before `--help`."""
    if options.get("name") is not None:
        source = find_graph(options["name"])
        echo(f"graph {options['name']}: {source.about}")
        print_settings(source.settings)


def graph(
    name: Annotated[str | None, typer.Argument(is_eager=True, help="A graph. Without it, list them.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="GRAPH.npz for a graph, .parquet or .csv for a table of pairs."),
    ] = None,
    features: Annotated[str | None, typer.Option(metavar="KIND", help=FEATURES_HELP)] = None,
    images: Annotated[str | None, typer.Option(metavar="X.npy", help="Images of graph `features`.")] = None,
    texts: Annotated[str | None, typer.Option(metavar="Y.npy", help="Its texts, same width.")] = None,
    assignments: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A setting. Can be repeated.")
    ] = None,
    columns: Columns = None,
    labels: Annotated[Path | None, typer.Option(metavar="LABELS", help="Table of image, label for `table`.")] = None,
    seed: Annotated[int, typer.Option(help="Random seed.")] = 0,
    force: Force = False,
) -> None:
    """Save the pair graph of a data set, a simulated world or a graph family; without NAME, list them.

    `pairbounds graph NAME --help` lists the settings of a graph. A table has the columns image, caption, weight and
    label, for `audit`. Examples:

    pairbounds graph emoji --out emoji.npz

    pairbounds graph latent_captions --set noise=0.05 --set detail=0.3 --out graph.npz

    pairbounds graph openclipart --set root=build/data --out openclipart.parquet

    pairbounds graph emoji --features conv --out conv.npz

    pairbounds graph features --images images.npy --texts texts.npy --out graph.npz
    """
    if name is None:
        rows = [(source_name, source.about) for source_name, source in graph_sources().items()]
        print_table("Graphs", ("graph", "pairs"), rows)
        return
    source = find_graph(name)
    if out is None:
        raise ValueError("--out is missing: give .npz for the graph, or .parquet or .csv for a table of its pairs")
    paths = {side: path for side, path in {"images": images, "texts": texts}.items() if path is not None}
    of_table = _of_table(name, columns, labels)
    settings = chosen_settings(source.settings, given_settings(None, assignments or []) | paths | of_table)
    if features is not None:
        require_safe_outputs([marked_output(out, "untrained_features.npy")], files_in(settings), force=force)
        echo(_save_features(name, asdict(settings), features, seed, out))
        return
    as_graph = out.suffix not in (".parquet", ".csv")
    path = require_output_path(out, GRAPH_SUFFIXES if as_graph else TABLE_SUFFIXES)
    written = [graph_output(path)] if as_graph else table_outputs(path)
    require_safe_outputs(written, files_in(settings), force=force)
    pair_graph = source.make(settings, seed)
    if as_graph:
        pair_graph.save(out)
    else:
        write_table(
            pair_table(pair_graph), out, {"graph": name, "seed": seed, **recorded(settings), **source.inputs(settings)}
        )
    echo(f"{out}: {pair_graph}{source.chosen(settings)}")


def _of_table(name: str, columns: str | None, labels: Path | None) -> dict[str, Any]:
    """Settings of the graph `table`. Other graphs have neither columns nor labels."""
    ends, weight = column_names(columns)
    if weight is not None:
        raise ValueError(f"--columns {columns}: graph {name} has no weights. Give two names, of images and captions.")
    if name != "table" and (columns is not None or labels is not None):
        raise ValueError("--columns and --labels: only graph table has them. Leave them out.")
    given = {"columns": ends and tuple(ends), "label_table": labels and str(labels)}
    return {key: value for key, value in given.items() if value is not None}


def _save_features(name: str, settings: dict[str, Any], kind: str, seed: int, out: Path) -> str:
    """Write features and ids of the images, in the order of the graph; return a sentence on them."""
    if name not in KINDS:
        raise ValueError(f"graph {name} has no images: --features needs one of {', '.join(KINDS)}")
    if out.suffix != ".npz":
        raise ValueError(f"cannot write {out}: the name of a feature file must end in .npz")
    from pairbounds.real_data.untrained_features import untrained_features  # takes seconds to import

    settings.pop("labels", None)
    images = ImageSettings(name, **settings).images()
    images = images.take(sorted(range(len(images)), key=images.ids.__getitem__))
    features = untrained_features(images, kind=kind, seed=seed)
    with replacing(out) as temporary:
        np.savez(temporary, features=features, ids=np.array(images.ids), untrained_features=kind)
    return f"{out}: {features.shape[1]} features of {len(features)} images by {kind}"

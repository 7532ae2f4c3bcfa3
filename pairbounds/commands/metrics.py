"""The command that measures features of somebody's own."""

import math
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from pairbounds.infrastructure import ownership
from pairbounds.infrastructure.commandline import echo, print_table
from pairbounds.infrastructure.options import Force
from pairbounds.infrastructure.tables import require_table_path, write_table
from pairbounds.theory.quantities.metrics.files import FeatureFile, PairsFile, read_classes, read_features, read_pairs
from pairbounds.theory.quantities.metrics.report import metrics as measured


def metrics(
    features: Annotated[
        list[Path],
        typer.Argument(
            metavar="FEATURES [VIEWS]",
            help="A row for each view: .npy, .npz, .pt, .parquet, .csv. Or two files, a row of each for each sample.",
        ),
    ],
    pairs: Annotated[
        Path | None,
        typer.Option(
            metavar="PAIRS",
            help="Two columns that name rows; or image and caption, where a shared caption makes a pair; or one "
            "column, the sample of each row; or a graph file. A column weight or count says how often a pair is drawn.",
        ),
    ] = None,
    labels: Annotated[Path | None, typer.Option(help="A class for each row, or id and class: for collapse.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the table here too: .csv or .parquet.")] = None,
    t: Annotated[float, typer.Option(help="Sharpness of the kernel of uniformity.")] = 2.0,
    seed: Annotated[int, typer.Option(help="Seed of the sample of rows, where there are very many.")] = 0,
    force: Force = False,
) -> None:
    """Measure alignment, uniformity, RankMe, confusion and class collapse of features, each with its definition.

    Rows are divided by their norms first, and all rows count, not batches. Example: pairbounds metrics clip.npy
    --pairs pairs.csv; or of two views, row by row: pairbounds metrics first.npy second.npy
    """
    read = [*features, pairs, labels]
    if out is not None:
        ownership.claim(ownership.table(require_table_path(out)), read, force=force)
    files = [read_features(path) for path in features]
    views, paired = _views_and_pairs(files, features, pairs)
    classes = None if labels is None else np.tile(read_classes(labels, files[0]), len(files))
    table = measured(
        views.rows, pairs=paired.pairs, weights=paired.weights, labels=classes, t=t, seed=seed
    ).reset_index()
    if out is not None:
        settings = {"features": [str(path) for path in features], "t": t, "seed": seed}
        others = {name: path and str(path) for name, path in (("pairs", pairs), ("labels", labels))}
        write_table(table, out, settings | others)
    if paired.understood:
        echo(f"{pairs}: {paired.understood}")
    n, k = views.rows.shape
    _print(table, f"{n} rows of width {k}, each divided by its norm but for RankMe; {table['rows'][0]} positive pairs")


def _views_and_pairs(files: list[FeatureFile], names: list[Path], pairs: Path | None) -> tuple[FeatureFile, PairsFile]:
    """The rows of all files, and their positive pairs."""
    if len(files) == 1:
        if pairs is None:
            raise ValueError(
                "--pairs is missing: which rows are a positive pair, or a second file of views, row by row"
            )
        return files[0], read_pairs(pairs, files[0])
    shapes = [file.rows.shape for file in files]
    if len(files) > 2 or shapes[0] != shapes[1]:
        listed = ", ".join(f"{name} has shape {shape}" for name, shape in zip(names, shapes, strict=True))
        raise ValueError(f"{listed}: two files of views have a row each for each sample, and one width")
    if pairs is not None:
        raise ValueError("two files of views are paired row by row: leave out --pairs, or give one file")
    samples = np.tile(np.arange(shapes[0][0]), 2)
    return FeatureFile(np.concatenate([file.rows for file in files])), PairsFile(samples)


def _print(table: pd.DataFrame, title: str) -> None:
    columns = [("metric", "left"), ("value", "right"), ("standard error", "right")]
    rows = [
        (
            row["metric"],
            "none" if math.isnan(row["value"]) else f"{row['value']:.6g}",
            f"{row['standard_error']:.2g}",
            row["definition"],
            row["source"],
        )
        for row in table.to_dict("records")
    ]
    print_table(title, [*columns, ("definition", "left"), ("source", "left")], rows)
    for row in table[table["note"] != ""].to_dict("records"):
        echo(f"{row['metric']}: {row['note']}")

"""The command `diagnose`: faults of embeddings of images and texts, and what to do."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import typer

from pairbounds.commands.check import rows_of
from pairbounds.infrastructure.commandline import echo, print_table
from pairbounds.infrastructure.files import claim, table_outputs
from pairbounds.infrastructure.options import Force, Json
from pairbounds.infrastructure.plain import as_line
from pairbounds.infrastructure.reading import is_table, table_file
from pairbounds.infrastructure.tables import require_table_path, with_content_keys, write_table
from pairbounds.theory.graph.graph_files import known_ends, read_features, read_graph, read_labels
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.questions.diagnosis.diagnosing import diagnose as diagnosis_of

Loss = Literal["clip", "infonce", "siglip", "spectral"]
SIDE_HELP = "Embeddings of {}: .npy by row; or a .npz with `features` and `ids`, or a table with ids."
PAIRS_HELP = (
    "Pairs of ids, or of numbers of rows from 0, as `check` reads them; of a .npy with as many rows as this table, row "
    "i belongs to row i.  [default: row i of both, or equal ids]"
)
LABELS_HELP = "Classes of the images: a table of id and class, or one class a row."
PROMPTS_HELP = "Embeddings of prompts: .npz or table as above, whose ids are classes; several of a class are averaged."


def diagnose(
    images: Annotated[Path, typer.Argument(metavar="IMAGES", help=SIDE_HELP.format("the images"))],
    texts: Annotated[Path, typer.Argument(metavar="TEXTS", help=SIDE_HELP.format("the texts"))],
    pairs: Annotated[Path | None, typer.Option(help=PAIRS_HELP)] = None,
    labels: Annotated[Path | None, typer.Option(help=LABELS_HELP)] = None,
    batch: Annotated[int | None, typer.Option(metavar="B", help="Pairs of a batch.  [default: at most 256]")] = None,
    loss: Annotated[
        Loss, typer.Option(help="That the encoder minimised: of cosines (clip, siglip) or products.")
    ] = "clip",
    temperature: Annotated[float | None, typer.Option(help="That divides scores: 0.01 for a scale of 100.")] = None,
    bias: Annotated[float | None, typer.Option(help="Of SigLIP.  [default: the best]")] = None,
    prompts: Annotated[Path | None, typer.Option(help=PROMPTS_HELP)] = None,
    before_head: Annotated[
        Path | None, typer.Option(help="Features of the images before the head, like IMAGES.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Show what is well, too.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write the table here too: .csv, .parquet or .tex.")] = None,
    as_records: Json = False,
    force: Force = False,
) -> None:
    """Name what is wrong with an encoder, worst first: symptom, number, what it means, what to do.

    A loss that is stuck, a collapse, a wrong temperature, pairs that do not match, duplicates, the modality gap, hubs,
    a prompt, a probe. To compare checkpoints or layers use `choose`. Example:

    pairbounds diagnose images.npy texts.npy --pairs pairs.parquet --labels labels.csv --batch 256
    """
    inputs = {"images": images, "texts": texts, "pairs": pairs, "labels": labels}
    inputs |= {"prompts": prompts, "before_head": before_head}
    if out is not None:
        claim(table_outputs(require_table_path(out, printed=True)), inputs.values(), force=force)
    sides = _Side(images, *read_features(images)), _Side(texts, *read_features(texts))
    graph, column_of, words = _read_pairs(pairs, sides)
    left, right = (_rows(side, ids, column_of[name]) for side, (name, ids) in zip(sides, _ids(graph), strict=True))
    before = None if before_head is None else _Side(before_head, *read_features(before_head))
    result = diagnosis_of(
        sides[0].values[left],
        sides[1].values[right],
        graph,
        labels=None if labels is None else _classes(labels, graph, sides[0], left),
        batch=batch,
        loss=loss,
        temperature=temperature,
        bias=bias,
        prompts=None if prompts is None else _prompts(prompts),
        before_head=None if before is None else before.values[_rows(before, graph.left_ids, column_of["left"])],
    )
    settings = {**inputs, "batch": batch, "loss": loss, "temperature": temperature, "bias": bias}
    if out is not None:
        write_table(result.table, out, with_content_keys(settings))
    if as_records:
        echo(as_line({**settings, "rows": result.table, "sentence": result.sentence}))
        return
    echo(f"{words}: {graph.joint.nnz:,} pairs of {graph.n_left:,} images and {graph.n_right:,} texts")
    if shown := result.findings if every else result.wrong:
        columns = [(name, "left") for name in ("symptom", "number", "what it means", "what to do")]
        print_table("", columns, [(row.symptom, row.number, row.meaning, row.action) for row in shown])
    echo(result.sentence)


class _Side(NamedTuple):
    """Features in a file, and the ids of their rows."""

    path: Path
    values: npt.NDArray[Any]
    names: list[str] | None


def _ids(graph: PairGraph) -> list[tuple[str, npt.NDArray[Any]]]:
    return [("left", graph.left_ids), ("right", graph.right_ids)]


def _read_pairs(path: Path | None, sides: Sequence[_Side]) -> tuple[PairGraph, Mapping[str, list[str]], str]:
    """Pairs; the ids of a table of pairs by its rows, on both sides; and a sentence on how they were read."""
    none: dict[str, list[str]] = {"left": [], "right": []}
    if path is not None:
        if is_table(path) and known_ends(columns := table_file(path).names) is None:
            raise ValueError(f"{path} has the columns {', '.join(columns)}: call two of them image and caption")
        read = read_graph(path)
        if read.kind != "pairs":
            return read.graph, none, f"{path} read as a {read.kind}"
        rows = table_file(path).read([read.used[side] for side in none])
        ids = {side: rows.filled(read.used[side]).to_pylist() for side in none}
        return read.graph, ids, f"{path} {read.understood}"
    images, texts = sides
    if images.names is not None and texts.names is not None:
        if extra := sorted(set(images.names) ^ set(texts.names)):
            raise ValueError(
                f"{len(extra)} ids are in one of {images.path} and {texts.path}, {extra[0]!r} the first: drop"
            )
        return PairGraph.from_pairs(images.names, images.names), none, "equal ids are a pair"
    if len(images.values) != len(texts.values):
        sizes = f"{images.path} has {len(images.values)} rows, and {texts.path} {len(texts.values)}"
        raise ValueError(f"{sizes}: give --pairs, or files with ids")
    numbers = np.arange(len(images.values))
    return PairGraph.from_pairs(numbers, numbers), none, "row i of both is a pair"


def _rows(side: _Side, ids: npt.NDArray[Any], by_row: list[str]) -> npt.NDArray[Any]:
    """Rows of the features that belong to nodes: by id, by number, by order, or by the rows of the table of pairs."""
    path, values, names = side
    if names is not None:
        return np.array(rows_of(path, names, ids))
    if all(str(name).isdecimal() and int(name) < len(values) for name in ids):
        return ids.astype(np.int64)
    if not by_row and len(values) == len(ids):
        return np.arange(len(ids))
    if len(values) == len(by_row):
        return np.asarray(pd.Series(range(len(by_row)), by_row).groupby(level=0).first()[ids])
    raise ValueError(
        f"{path} has {len(values)} rows without ids, and the pairs have {len(ids)} nodes: give a row for each line of "
        "the pairs, number rows from 0 in them, or give a .npz with features and ids"
    )


def _classes(path: Path, graph: PairGraph, images: _Side, rows: npt.NDArray[Any]) -> list[Any] | npt.NDArray[Any]:
    """The class of each image of the graph."""
    classes = read_labels(path)
    if isinstance(classes, dict):
        there = {*map(str, graph.left_ids), *(images.names or map(str, range(len(images.values))))}
        if unknown := [name for name in classes if name not in there]:
            raise ValueError(f"{path} has a class for {len(unknown)} unknown images, {unknown[0]!r} the first: drop it")
        return [classes.get(str(name)) for name in graph.left_ids]
    if len(classes) != len(images.values):
        raise ValueError(f"{path} has {len(classes)} classes for {len(images.values)} images: give one a row, or ids")
    return np.asarray(classes[rows])


def _prompts(path: Path) -> dict[str, npt.NDArray[Any]]:
    values, names = read_features(path)
    if names is None:
        raise ValueError(f"{path} has no classes: give a .npz with features and ids, the class of each row")
    return {name: values[[given == name for given in names]] for name in dict.fromkeys(names)}

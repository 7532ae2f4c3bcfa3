"""The command `diagnose`: problems of embeddings of images and texts, and what to do."""

from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.sparse as sp
import typer

from pairbounds.infrastructure.commandline import Force, Json, Out, echo, print_json, print_table, with_options
from pairbounds.infrastructure.files import require_safe_outputs
from pairbounds.infrastructure.reading import is_table, table_file
from pairbounds.infrastructure.tables import printed_outputs, write_output
from pairbounds.theory.graph.graph_files import GraphFile, known_ends, read_features, read_graph, rows_by_id
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.questions.diagnosis.diagnosing import diagnose as diagnosis_of

Loss = Literal["clip", "infonce", "siglip", "spectral"]
SIDE_HELP = "Embeddings of {}: .npy, one per row; or .npz with `features` and `ids`; or a table with ids."
PAIRS_HELP = (
    "Pairs of ids, or of row numbers from 0, in a format of `check`. If a .npy has as many rows as this table, row i "
    "belongs to row i.  [default: row i of both, or equal ids]"
)
LABELS_HELP = "Classes of the images: a table of id and class; or, without --pairs, one class per row."
PROMPTS_HELP = "Embeddings of prompts: .npz or table with classes as ids; prompts of the same class are averaged."
BEFORE_HELP = "Features of the images before the projection head, in a format of IMAGES."


def diagnose(
    images: Annotated[Path, typer.Argument(metavar="IMAGES", help=SIDE_HELP.format("the images"))],
    texts: Annotated[Path, typer.Argument(metavar="TEXTS", help=SIDE_HELP.format("the texts"))],
    pairs: Annotated[Path | None, typer.Option(help=PAIRS_HELP)] = None,
    labels: Annotated[Path | None, typer.Option(help=LABELS_HELP)] = None,
    batch: Annotated[
        int | None, typer.Option(metavar="B", help="Batch size, in pairs.  [default: at most 256]")
    ] = None,
    loss: Annotated[Loss, typer.Option(help="Training loss: of cosines (clip, siglip), products.")] = "clip",
    temperature: Annotated[float | None, typer.Option(help="Divisor of scores: 0.01 for logit scale 100.")] = None,
    bias: Annotated[float | None, typer.Option(help="Bias of SigLIP.  [default: the best]")] = None,
    prompts: Annotated[Path | None, typer.Option(help=PROMPTS_HELP)] = None,
    before_head: Annotated[Path | None, typer.Option(help=BEFORE_HELP)] = None,
    every: Annotated[bool, typer.Option("--all", help="Also show the checks that passed.")] = False,
    out: Out = None,
    as_records: Json = False,
    force: Force = False,
) -> None:
    """Find problems of embeddings of images and texts, worst first: symptom, number, meaning, action.

    Checks: stuck loss, collapse, temperature, mismatched pairs, duplicates, modality gap, hubs, prompts, probe. To
    compare checkpoints or layers, use `choose`. Example:

    pairbounds diagnose images.npy texts.npy --pairs pairs.parquet --labels labels.csv --batch 256
    """
    inputs = {"images": images, "texts": texts, "pairs": pairs, "labels": labels}
    inputs |= {"prompts": prompts, "before_head": before_head}
    require_safe_outputs(printed_outputs(out), inputs.values(), force=force)
    left, right = (_Side(path, *read_features(path)) for path in (images, texts))
    graph_file, lines, words = _paired(left, right) if pairs is None else _read_pairs(pairs)
    graph = graph_file.graph if labels is None else graph_file.labelled(labels).graph
    before = None if before_head is None else _Side(before_head, *read_features(before_head))
    settings: dict[str, Any] = {"batch": batch, "loss": loss, "temperature": temperature, "bias": bias}
    result = diagnosis_of(
        left.at(graph.left_ids, lines[0]),
        right.at(graph.right_ids, lines[1]),
        graph,
        prompts=None if prompts is None else _prompts(prompts),
        before_head=None if before is None else before.at(graph.left_ids, lines[0]),
        **settings,
    )
    write_output(result.table, out, inputs | settings)
    if as_records:
        print_json({**inputs, **settings, "rows": result.table, "sentence": result.sentence})
        return
    echo(f"{words}: {graph.joint.nnz:,} pairs of {graph.n_left:,} images and {graph.n_right:,} texts")
    if findings := result.findings if every else result.wrong:
        cells = [(row.symptom, row.number, row.meaning, with_options(row.action)) for row in findings]
        print_table("", ("symptom", "number", "what it means", "what to do"), cells)
    echo(result.sentence)


class _Side(NamedTuple):
    """Features in a file, with the ids of the rows."""

    path: Path
    values: npt.NDArray[Any]
    ids: list[str] | None

    def at(self, nodes: npt.NDArray[Any], lines: list[Any]) -> npt.NDArray[Any]:
        """Features of nodes: aligned by id, by row number, or by the first line of the pairs with the node."""
        if self.ids is not None:
            return self.values[rows_by_id(self.ids, nodes, self.path)]
        size, rows = len(self.values), []
        if all(str(name).isdecimal() and int(name) < size for name in nodes):
            rows.append(nodes.astype(np.int64))
        if len(lines) == size:
            first = pd.Index([str(name) for name in lines])
            rows.append(np.flatnonzero(~first.duplicated())[rows_by_id(first.drop_duplicates(), nodes, self.path)])
        if rows and np.array_equal(rows[0], rows[-1]):
            return self.values[rows[0]]
        why = "match by row number and by line, with different results" if rows else f"have {len(nodes)} nodes"
        raise ValueError(
            f"{self.path} has {size} rows without ids, and the pairs {why}: give a .npz with features and ids"
        )


def _paired(images: _Side, texts: _Side) -> tuple[GraphFile, list[list[Any]], str]:
    """Pairs of equal ids or equal rows, the ids of both sides, and a sentence on the way of pairing."""
    by_id, size = images.ids is not None and texts.ids is not None, len(images.values)
    if not by_id and size != len(texts.values):
        what = f"{images.path} has {size} rows, and {texts.path} {len(texts.values)}"
        raise ValueError(f"{what}: give --pairs, or files with ids")
    ids: list[Any] = images.ids or texts.ids or list(range(size))
    if by_id:
        rows_by_id(ids, texts.ids or (), images.path)
    graph = PairGraph(sp.eye_array(len(ids)), left_ids=ids, right_ids=ids)
    return GraphFile(graph, "matrix"), [ids, ids], "equal ids are a pair" if by_id else "row i of both is a pair"


def _read_pairs(path: Path) -> tuple[GraphFile, list[list[Any]], str]:
    """Result of `_paired` for a file, with the ids of its lines, or of the nodes of a graph or matrix."""
    if is_table(path) and known_ends(columns := table_file(path).names) is None:
        raise ValueError(f"{path} has the columns {', '.join(columns)}: rename two of them to image and caption")
    graph_file = read_graph(path)
    lines = [graph_file.graph.left_ids.tolist(), graph_file.graph.right_ids.tolist()]
    if graph_file.kind == "pairs":
        rows = table_file(path).read([graph_file.used["left"], graph_file.used["right"]])
        lines = [rows.filled(graph_file.used[side]).to_pylist() for side in ("left", "right")]
    return graph_file, lines, f"{path} {graph_file.understood}"


def _prompts(path: Path) -> dict[str, npt.NDArray[Any]]:
    values, names = read_features(path)
    if names is None:
        raise ValueError(f"{path} has no classes: give a .npz with features and, as ids, the class of each row")
    return {str(name): part.to_numpy() for name, part in pd.DataFrame(values, names).groupby(level=0)}

"""The commands `batch` and `pairs`: answers to questions about the pairs in a file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import typer

from pairbounds.commands.check import LABELS_HELP, Graph, node_features
from pairbounds.infrastructure.arrays import SIDES, IntArray, rounded
from pairbounds.infrastructure.checks import parsed_widths
from pairbounds.infrastructure.commandline import (
    Columns,
    Force,
    Json,
    Out,
    column_names,
    echo,
    print_json,
    print_table,
    with_options,
)
from pairbounds.infrastructure.files import require_output_path, require_safe_outputs
from pairbounds.infrastructure.reading import table_file
from pairbounds.infrastructure.tables import printed_outputs, write_output
from pairbounds.theory.graph.formats import GRAPH_SUFFIXES, graph_output
from pairbounds.theory.graph.graph_files import GraphFile, read_graph
from pairbounds.theory.quantities.moment_problem import Sharpest, sharpest
from pairbounds.theory.questions.answer import Answer
from pairbounds.theory.questions.batch import BATCHES, batch_report
from pairbounds.theory.questions.labels_needed import labels_needed_report
from pairbounds.theory.questions.pairs import DRAW, pairs_report

AGREE = 1e-6  # round-off of errors and known numbers
MANY_PAIRS = 2_000_000  # distinct pairs, for which a spectrum takes minutes

Labels = Annotated[Path | None, typer.Option(help=LABELS_HELP)]
KNOWN_HELP = "Use these numbers instead of FILE: alpha_T=0.1, a_2=0.8, sigma=0.6. Can be repeated."
GUIDE_HELP = "Classes of the left nodes for DropFalseNegative, in a format of --labels."
SAMPLE_HELP = "FILE is a pilot sample of N independent pairs, not the distribution."
TARGET_HELP = "Target squared error of the probe; with --labels-needed, a 0-1 error."
LABELS_NEEDED_HELP = "Estimate how many labelled images a probe needs, instead of pairs; --k is optional."
BALANCED_HELP = "With --labels-needed: the same number of labelled images of each class."
VIEWS_HELP = "Table of independent image pairs, two ids per row, for theorem 43; needs --features."
IMAGES_HELP = "With --views: features of the images: .npy, rows sorted by id for pairs; or a table with ids."
BATCHES_HELP = "Batch sizes: 256, or several: 64,512,4096.  [default: powers of 2 from 64 to 65,536]"


def batch(
    file: Graph,
    labels: Labels = None,
    columns: Columns = None,
    sizes: Annotated[str | None, typer.Option(metavar="B,B", help=BATCHES_HELP, show_default=False)] = None,
    guide: Annotated[Path | None, typer.Option(help=GUIDE_HELP)] = None,
    out: Out = None,
    as_records: Json = False,
    force: Force = False,
) -> None:
    """Count the false negatives of a batch; suggest a batch size and a temperature.

    All numbers are in closed form. Example: pairbounds batch emoji.npz --sizes 64,512,4096
    """
    batches = BATCHES if sizes is None else parsed_widths(sizes, "sizes", "batch size")
    graph_file = _read(file, labels, columns, out, force, guide, quiet=as_records)
    classes = None if guide is None else graph_file.labelled(guide).graph.left_labels
    answer = batch_report(graph_file.graph, batches, guide=classes)
    _answered(answer, out, {"graph": file, "labels": labels, "guide": guide}, as_records)


def pairs(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="A graph in a format of `check`.")] = None,
    k: Annotated[int | None, typer.Option(help="Width of the embedding.")] = None,
    known: Annotated[list[str] | None, typer.Option(metavar="NAME=NUMBER", help=KNOWN_HELP)] = None,
    target: Annotated[float, typer.Option(help=TARGET_HELP)] = 0.1,
    level: Annotated[float, typer.Option(help="Confidence level.")] = 0.95,
    labels: Labels = None,
    columns: Columns = None,
    sample: Annotated[int | None, typer.Option(metavar="N", help=SAMPLE_HELP)] = None,
    views: Annotated[Path | None, typer.Option(metavar="PAIRS", help=VIEWS_HELP)] = None,
    features: Annotated[Path | None, typer.Option(metavar="X.npy", help=IMAGES_HELP)] = None,
    penalty: Annotated[
        float | None, typer.Option(metavar="MU", help="Penalty of theorem 19.  [default: σ_(k+1)]")
    ] = None,
    save: Annotated[Path | None, typer.Option(metavar="GRAPH.npz", help="With --known: save the worst graph.")] = None,
    labels_needed: Annotated[bool, typer.Option("--labels-needed", help=LABELS_NEEDED_HELP)] = False,
    balanced: Annotated[bool, typer.Option("--balanced", help=BALANCED_HELP)] = False,
    out: Out = None,
    as_records: Json = False,
    force: Force = False,
) -> None:
    """Compute how many pairs certify a squared error; or the largest error that a few known numbers allow.

    Theorems 19 and 28 give the number of pairs, if FILE is the distribution or a pilot sample of it. Theorem 43 gives
    the number of image pairs, for an encoder linear in features. Examples:

    pairbounds pairs emoji.npz --k 100 --target 0.2

    pairbounds pairs --known alpha_T=0.1 --known sigma=0.6 --save worst.npz

    pairbounds pairs emoji.npz --labels-needed --target 0.2
    """
    if known:
        _largest_error(known, file, save, as_records, force=force)
        return
    if file is None or (k is None and not labels_needed):
        raise ValueError("give FILE with --k or --labels-needed, or --known NAME=NUMBER without FILE")
    if save is not None:
        raise ValueError("--save writes the worst graph of --known: add --known, or leave out --save")
    if balanced and not labels_needed:
        raise ValueError("--balanced needs --labels-needed")
    if labels_needed and any(option is not None for option in (sample, penalty, views, features)):
        raise ValueError("--labels-needed does not use --sample, --penalty, --views and --features: leave them out")
    graph_file = _read(file, labels, columns, out, force, views, features, quiet=as_records)
    graph = graph_file.graph
    settings: dict[str, Any] = {"target": target}
    if k is None or labels_needed:
        settings |= {"balanced": balanced}
        answer = labels_needed_report(graph, k, **settings)
    else:
        settings |= {"level": level, "penalty": penalty, "sample": sample}
        image_pairs = None if views is None else _image_pairs(views, graph.left_ids)
        rows = None if features is None else node_features(features, graph.left_ids, graph_file, quiet=as_records)
        answer = pairs_report(graph, k, **settings, views=image_pairs, features=rows)
    files = {"graph": file, "labels": labels, "views": views, "features": features}
    _answered(answer, out, {**files, "k": k, **settings}, as_records)


def _image_pairs(path: Path, ids: npt.NDArray[Any]) -> IntArray:
    """Left node numbers of image pairs, (n, 2), from a table with two columns of ids."""
    table = table_file(path)
    if len(table.names) != 2:
        raise ValueError(f"{path} has {len(table.names)} columns: give two, the ids of both images. {DRAW}.")
    rows = table.read()
    names = np.column_stack([rows.filled(name).to_numpy() for name in table.names])
    nodes = pd.Index(ids.astype(str)).get_indexer(names.ravel()).reshape(names.shape)
    if (unknown := np.argwhere(nodes < 0)).size:
        row, column = unknown[0]
        raise ValueError(f"{path}, row {row + 1}: {names[row, column]!r} is no left node of FILE. {DRAW}.")
    return np.asarray(nodes, dtype=np.int64)


def _read(
    file: Path,
    labels: Path | None,
    columns: str | None,
    out: Path | None,
    force: bool,
    *more_inputs: Path | None,
    quiet: bool,
) -> GraphFile:
    """Claim the output table, then read the graph."""
    require_safe_outputs(printed_outputs(out), [file, labels, *more_inputs], force=force)
    ends, weight = column_names(columns)
    graph_file = read_graph(file, labels, columns=ends, weight=weight)
    if graph_file.graph.joint.nnz > MANY_PAIRS:
        echo(f"{graph_file.graph.joint.nnz:,} pairs: this takes minutes", err=True)
    if not quiet:
        echo(*([] if graph_file.kind == "pair graph" else [f"{file}: {graph_file.understood}"]), graph_file.graph)
    return graph_file


def _answered(answer: Answer, out: Path | None, settings: Mapping[str, Any], as_records: bool) -> None:
    """Print an answer, and write its table."""
    write_output(answer.table, out, settings)
    if as_records:
        print_json({**settings, "rows": answer.table, "words": answer.words})
        return
    sides = answer.table.attrs.get(SIDES, {})
    columns = [name.replace("_", " ") for name in answer.table.columns]
    cells = [[_cell(value, sides.get(name, "=")) for value in column] for name, column in answer.table.items()]
    print_table("", columns, zip(*cells, strict=True), right=columns)
    echo(*map(with_options, answer.words))


def _cell(value: object, relation: str) -> str:
    """Short text of a value, rounded in the direction of its bound."""
    if isinstance(value, float):
        return rounded(value, relation, ",.0f" if abs(value) >= 1000 else ".3g")
    return f"{value:,}" if isinstance(value, int) else str(value)


def _largest_error(
    assignments: list[str], file: Path | None, save: Path | None, as_records: bool, *, force: bool
) -> None:
    """Print the largest squared error that the known numbers allow, and save its graph."""
    if file is not None:
        raise ValueError("--known replaces FILE: give one of the two")
    if save is not None:
        require_safe_outputs([graph_output(require_output_path(save, GRAPH_SUFFIXES))], [], force=force)
    numbers = dict(_number(text) for text in assignments)
    result = sharpest(known=numbers)
    if save is not None:
        result.graph.save(save)
    if as_records:
        attained = {"value": result.value, "attained": result.attained, "k": result.k}
        print_json({"known": numbers, **attained, "save": save})
        return
    value = rounded(result.value, "<=", ".6g")
    echo(f"The largest squared error with {', '.join(assignments)} is {value}; no bound from these numbers is less.")
    echo(_witness(result, numbers))
    if save is not None:
        echo(f"{save}: pairbounds check {save} --k {result.k}")


def _witness(result: Sharpest, numbers: Mapping[str, float]) -> str:
    """Sentence on the worst graph, and on how far its error and numbers are from the requested ones."""
    graph = f"{result.graph}, k = {result.k}, squared error {result.attained:.6g}"
    below = result.value - result.attained
    missed = {name: number - numbers[name] for name, number in result.numbers.items()}
    missed["sigma"] = max(0.0, missed.get("sigma", 0.0))  # an upper end
    off = [f"{name} = {result.numbers[name]:.6g}" for name, difference in missed.items() if abs(difference) > AGREE]
    if abs(below) <= AGREE and not off:
        return f"A graph that has it: {graph}."
    differing = f" Its {', '.join(off)}." if off else ""
    return f"A graph near it: {graph}, {abs(below):.3g} {'below' if below > 0 else 'above'} the largest.{differing}"


def _number(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name.strip(), float(value)
    except ValueError:
        raise ValueError(f"--known {text} is not NAME=NUMBER, e.g. alpha_T=0.1") from None

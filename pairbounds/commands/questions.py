"""The commands `batch`, `granularity` and `pairs`: answers to questions about the pairs in a file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import typer

from pairbounds.commands.check import LABELS_HELP, Graph, node_features
from pairbounds.infrastructure.arrays import IntArray
from pairbounds.infrastructure.commandline import echo, print_table
from pairbounds.infrastructure.files import claim, table_outputs
from pairbounds.infrastructure.options import Columns, Force, Json, column_names
from pairbounds.infrastructure.outward import KEY, rounded
from pairbounds.infrastructure.plain import as_line
from pairbounds.infrastructure.reading import table_file
from pairbounds.infrastructure.tables import require_table_path, with_content_keys, write_table
from pairbounds.infrastructure.widths import parsed_widths
from pairbounds.theory.graph.formats import graph_output, require_graph_path
from pairbounds.theory.graph.graph_files import GraphFile, read_graph
from pairbounds.theory.quantities.moment_problem import Sharpest, sharpest
from pairbounds.theory.questions.answer import Answer
from pairbounds.theory.questions.batch import BATCHES, batch_report
from pairbounds.theory.questions.labels_needed import labels_needed_report
from pairbounds.theory.questions.merge_levels import SPLITS, Merged, granularity_report
from pairbounds.theory.questions.pairs import DRAW, pairs_report
from pairbounds.theory.questions.pairs_curve import pairs_curve_report

AGREE = 1e-6  # difference of errors or known numbers that is round-off
MANY_PAIRS = 2_000_000  # distinct ones, from which on a spectrum takes minutes

Labels = Annotated[Path | None, typer.Option(help=LABELS_HELP)]
Out = Annotated[Path | None, typer.Option(help="Write the table here too: .csv, .parquet or .tex.")]
Level = Annotated[float, typer.Option(help="Confidence of what is certified.")]
KNOWN_HELP = "No FILE, but a number: alpha_T=0.1, a_2=0.8, sigma=0.6; may be given again."
GUIDE_HELP = "Classes of the left nodes, like --labels, by which DropFalseNegative would drop negatives."
SAMPLE_HELP = "FILE is a pilot sample of so many independent pairs, and not the distribution."
TARGET_HELP = "Squared error of the probe to be certified; with --labels-needed a 0-1 error."
LABELS_NEEDED_HELP = "Say how many labelled images a probe needs, in place of pairs; for several widths, or --k."
CURVE_HELP = "Measure the optimum of samples of the pairs in FILE too: how fast its error falls."
BALANCED_HELP = "Of --labels-needed: as many labelled images of each class."
VIEWS_HELP = "Table of image pairs drawn independently, two ids a row: theorem 43, with --features."
IMAGES_HELP = "With --views: features of the images, .npy by row, sorted by id for pairs; or a table with ids."
BATCHES_HELP = "Batch sizes: 256; or several: 64,512,4096.  [default: 64 to 65,536 by twos]"

FEATURES_HELP = (
    "Of the images, for an encoder linear in them: .npy by row, sorted by id for pairs; or a table or .npz with ids."
)
TEXTS_HELP = "Of the captions, likewise: what is similar. By default letters tell."
MERGE_HELP = "captions; or images by their --features, which then share the captions of their group."
SPLITS_HELP = "Random halves of the images, 3 or more."


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
    """Count the false negatives of a batch, and what it shows of the pairs; name a batch size and a temperature.

    Everything is in closed form. Example: pairbounds batch emoji.npz --sizes 64,512,4096
    """
    batches = BATCHES if sizes is None else parsed_widths(sizes, "sizes", "batch size")
    read = _read(file, labels, columns, out, force, guide, quiet=as_records)
    classes = None if guide is None else read.labelled(guide).graph.left_labels
    answer = batch_report(read.graph, batches, guide=classes)
    _answered(answer, out, {"graph": file, "labels": labels, "guide": guide}, as_records)


def pairs(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="A graph, as `check` reads it.")] = None,
    k: Annotated[int | None, typer.Option(help="Width of the embedding.")] = None,
    known: Annotated[list[str] | None, typer.Option(metavar="NAME=NUMBER", help=KNOWN_HELP)] = None,
    target: Annotated[float, typer.Option(help=TARGET_HELP)] = 0.1,
    level: Level = 0.95,
    labels: Labels = None,
    columns: Columns = None,
    sample: Annotated[int | None, typer.Option(metavar="N", help=SAMPLE_HELP)] = None,
    views: Annotated[Path | None, typer.Option(metavar="PAIRS", help=VIEWS_HELP)] = None,
    features: Annotated[Path | None, typer.Option(metavar="X.npy", help=IMAGES_HELP)] = None,
    penalty: Annotated[float | None, typer.Option(metavar="MU", help="Of theorem 19.  [default: σ_(k+1)]")] = None,
    save: Annotated[Path | None, typer.Option(metavar="GRAPH.npz", help="With --known: save the worst graph.")] = None,
    labels_needed: Annotated[bool, typer.Option("--labels-needed", help=LABELS_NEEDED_HELP)] = False,
    balanced: Annotated[bool, typer.Option("--balanced", help=BALANCED_HELP)] = False,
    curve: Annotated[bool, typer.Option("--curve", help=CURVE_HELP)] = False,
    out: Out = None,
    as_records: Json = False,
    force: Force = False,
) -> None:
    """Say how many pairs certify a squared error; or, from a few known numbers, the largest error they allow.

    Theorems 19 and 28 give the number of pairs, from the distribution in FILE or from a pilot sample of it. Theorem 43
    gives that of image pairs, for an encoder linear in features. Examples:

    pairbounds pairs emoji.npz --k 100 --target 0.2

    pairbounds pairs emoji.npz --k 32 --curve

    pairbounds pairs --known alpha_T=0.1 --known sigma=0.6 --save worst.npz

    pairbounds pairs emoji.npz --labels-needed --target 0.2
    """
    if known:
        _largest_error(known, file, save, as_records, force=force)
        return
    if file is None or (k is None and not labels_needed):
        raise ValueError("give FILE and --k or --labels-needed, or --known NAME=NUMBER without a file")
    if save is not None:
        raise ValueError("--save keeps the worst graph of --known, and there is no --known")
    if balanced and not labels_needed:
        raise ValueError("--balanced is of the labelled images of --labels-needed")
    if labels_needed and any(given is not None for given in (sample, penalty, views, features)):
        raise ValueError(
            "--sample, --penalty, --views and --features are of pairs: leave them out with --labels-needed"
        )
    if curve and (labels_needed or sample is not None):
        raise ValueError("--curve draws samples from FILE as the distribution: leave out --sample and --labels-needed")
    read = _read(file, labels, columns, out, force, views, features, quiet=as_records)
    settings: dict[str, Any] = {"target": target}
    if k is None or labels_needed:
        settings |= {"balanced": balanced}
        answer = labels_needed_report(read.graph, k, **settings)
    else:
        settings |= {"level": level, "penalty": penalty, "sample": sample}
        ids = read.graph.left_ids
        drawn = None if views is None else _image_pairs(views, ids)
        rows = None if features is None else node_features(features, ids, read, quiet=as_records)
        report = pairs_curve_report if curve else pairs_report
        answer = report(read.graph, k, **settings, views=drawn, features=rows)
    files = {"graph": file, "labels": labels, "views": views, "features": features}
    _answered(answer, out, {**files, "k": k, **settings}, as_records)


def granularity(
    file: Graph,
    k: Annotated[int, typer.Option(help="Width of the encoder.")],
    labels: Labels = None,
    columns: Columns = None,
    merge: Annotated[Merged, typer.Option(help=MERGE_HELP)] = "captions",
    features: Annotated[Path | None, typer.Option(metavar="F.npy", help=FEATURES_HELP)] = None,
    caption_features: Annotated[Path | None, typer.Option(metavar="C.npy", help=TEXTS_HELP)] = None,
    splits: Annotated[int, typer.Option(metavar="N", help=SPLITS_HELP)] = SPLITS,
    out: Out = None,
    as_records: Json = False,
    force: Force = False,
) -> None:
    """Merge similar captions or images, level by level, and say which level is the best on other images.

    Near-duplicates go first. Theorem 15 chooses on one half of the images, and the other half judges. Example:

    pairbounds granularity emoji.npz --k 16
    """
    read = _read(file, labels, columns, out, force, features, caption_features, quiet=as_records)
    sides = {"features": (features, read.graph.left_ids), "caption_features": (caption_features, read.graph.right_ids)}
    given: dict[str, Any] = {
        name: np.array(node_features(path, ids, read, quiet=as_records))
        for name, (path, ids) in sides.items()
        if path is not None
    }
    settings: dict[str, Any] = {"k": k, "merge": merge, "splits": splits}
    answer = granularity_report(read.graph, **settings, **given)
    files = {"graph": file, "labels": labels, "features": features, "caption_features": caption_features}
    _answered(answer, out, {**files, **settings}, as_records)


def _image_pairs(path: Path, ids: npt.NDArray[Any]) -> IntArray:
    """Numbers of the left nodes of image pairs, (n, 2), from a table of two columns of their ids."""
    table = table_file(path)
    if len(table.names) != 2:
        raise ValueError(f"{path} has {len(table.names)} columns: give two, the ids of the images of a pair. {DRAW}.")
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
    *others: Path | None,
    quiet: bool,
) -> GraphFile:
    """The graph in a file, once the table that will be written is claimed."""
    if out is not None:
        claim(table_outputs(require_table_path(out, printed=True)), [file, labels, *others], force=force)
    ends, weight = column_names(columns)
    read = read_graph(file, labels, columns=ends, weight=weight)
    if read.graph.joint.nnz > MANY_PAIRS:
        echo(f"{read.graph.joint.nnz:,} pairs: this takes minutes", err=True)
    if not quiet:
        echo(*([] if read.kind == "pair graph" else [f"{file}: {read.understood}"]), read.graph)
    return read


def _answered(answer: Answer, out: Path | None, settings: Mapping[str, Any], as_records: bool) -> None:
    """Print an answer, and write its table."""
    if out is not None:
        write_table(answer.table, out, with_content_keys(settings))
    if as_records:
        echo(as_line({**settings, "rows": answer.table, "words": answer.words}))
        return
    sides = answer.table.attrs.get(KEY, {})
    columns = [(name.replace("_", " "), "right") for name in answer.table.columns]
    cells = [[_cell(value, sides.get(name, "=")) for value in column] for name, column in answer.table.items()]
    print_table("", columns, zip(*cells, strict=True))
    echo(*answer.words)


def _cell(value: object, relation: str) -> str:
    """A number in few digits, rounded as what it bounds allows."""
    if isinstance(value, float):
        return rounded(value, relation, ",.0f" if abs(value) >= 1000 else ".3g")
    return f"{value:,}" if isinstance(value, int) else str(value)


def _largest_error(known: list[str], file: Path | None, save: Path | None, as_records: bool, *, force: bool) -> None:
    """Print the largest squared error that some numbers allow, and save its graph."""
    if file is not None:
        raise ValueError("--known takes numbers in place of a file: give one of the two")
    if save is not None:
        claim([graph_output(require_graph_path(save))], [], force=force)
    numbers = dict(_number(one) for one in known)
    found = sharpest(known=numbers)
    if save is not None:
        found.graph.save(save)
    if as_records:
        echo(as_line({"known": numbers, "value": found.value, "attained": found.attained, "k": found.k, "save": save}))
        return
    value = rounded(found.value, "<=", ".6g")
    echo(f"The largest squared error with {', '.join(known)} is {value}; no bound from these numbers is less.")
    echo(_witness(found, numbers))
    if save is not None:
        echo(f"{save}: pairbounds check {save} --k {found.k}")


def _witness(found: Sharpest, known: Mapping[str, float]) -> str:
    """A sentence on the worst graph: by how much its error and its numbers miss those that were asked for."""
    graph = f"{found.graph}, k = {found.k}, squared error {found.attained:.6g}"
    below = found.value - found.attained
    missed = {name: number - known[name] for name, number in found.numbers.items()}
    missed["sigma"] = max(0.0, missed.get("sigma", 0.0))  # an upper end
    off = [f"{name} = {found.numbers[name]:.6g}" for name, by in missed.items() if abs(by) > AGREE]
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

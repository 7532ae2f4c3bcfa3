"""The command `check`: evaluate the bounds on a graph in a file, at one or several widths."""

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import typer

from pairbounds.infrastructure.arrays import rounded
from pairbounds.infrastructure.checks import parsed_widths, widths_of
from pairbounds.infrastructure.commandline import CHECK_FAILED, Columns, Force, Plugin, column_names, echo, print_json
from pairbounds.infrastructure.files import Output, record_output, require_output_path, require_safe_outputs
from pairbounds.infrastructure.inputs import stored_array
from pairbounds.infrastructure.pictures import METADATA, picture_output, save_picture
from pairbounds.infrastructure.tables import printed_outputs, write_output
from pairbounds.plugins import load_bounds
from pairbounds.theory.bounds.check_bounds import check_bounds
from pairbounds.theory.bounds.printed import as_record, print_checked, unlabelled
from pairbounds.theory.bounds.registry import BOUNDS, named
from pairbounds.theory.graph.formats import GRAPH_SUFFIXES, graph_output
from pairbounds.theory.graph.graph_files import GraphFile, read_features, read_graph, rows_by_id
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.proofs import prove, verify
from pairbounds.theory.proofs.proof import KEYS
from pairbounds.theory.spectrum.certificates import Certificate, with_certificate
from pairbounds.theory.spectrum.triplets import spectrum

Graph = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        help="The pairs: a table of pairs or of matrix entries (.csv, .tsv, .jsonl, .parquet, .csv.gz), a matrix (.npz "
        "of scipy.sparse, .npy, .mtx), or a graph from PairGraph.save (.npz).",
    ),
]
WIDTH_HELP = "Width of the embedding, for example 8. Several widths: 2:40, 2:40:2 (step 2) or 4,8,16."
LABELS_HELP = (
    "Classes of the left nodes (images): .npy, .txt or a one-column table, in row order; or a table of id and class."
)
PENALTY_HELP = (
    "Add the bounds on the optimum of the spectral loss with the penalty MU (E‖f‖² + E‖g‖²), 0 < MU < 1, which keeps "
    "the singular values above MU (theorem 18)."
)
THROUGH_HELP = (
    "Features of the left nodes: add the bounds for encoders that are linear in them (theorem 42). A table, or a .npz "
    "with `features` and `ids`, is aligned by id. A .npy file needs the order of the graph."
)
CRITIC_HELP = (
    "Embeddings f of the left nodes, divided by the temperature, and g of the right nodes: add the bounds on InfoNCE "
    "with the scores f(x)ᵀg(l)."
)
BOUNDS_HELP = "Evaluate only these bounds, for example probe-mse,probe-error. `pairbounds ledger` lists all names."
CERTIFIED_HELP = (
    "Use a certified upper bound on σ_(k+1) instead of the computed value. On a large graph it holds only with the "
    "printed probability."
)
ORDER_HELP = (
    "Order M of the multi-hop bounds: they use walks of up to 2M induced pairs. By default 8, less on large graphs."
)
PROOF_HELP = (
    "Write a proof of the bounds at one width. It refers to a saved graph with labels: that of --save, or FILE if this "
    "is such a GRAPH.npz."
)
Critic = tuple[Path, Path] | None


def check(
    file: Graph,
    k: Annotated[str, typer.Option(metavar="K|A:B", help=WIDTH_HELP)],
    labels: Annotated[Path | None, typer.Option(help=LABELS_HELP)] = None,
    columns: Columns = None,
    out: Annotated[Path | None, typer.Option(help="Also write the whole table: .csv, .parquet, .tex.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Plot bounds against width: .png, .pdf, .svg.")] = None,
    save: Annotated[Path | None, typer.Option(metavar="GRAPH.npz", help="Also save the graph that was read.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Print all bounds, including corollaries.")] = False,
    bounds: Annotated[str | None, typer.Option(metavar="NAME,NAME", help=BOUNDS_HELP)] = None,
    as_records: Annotated[bool, typer.Option("--json", help="Print all bounds as one line of JSON.")] = False,
    plugin: Plugin = None,
    certified: Annotated[bool, typer.Option("--certified", help=CERTIFIED_HELP)] = False,
    penalty: Annotated[float | None, typer.Option(metavar="MU", help=PENALTY_HELP)] = None,
    critic: Annotated[Critic, typer.Option(metavar="F.npy G.npy", help=CRITIC_HELP)] = None,
    through: Annotated[Path | None, typer.Option(metavar="X.npz", help=THROUGH_HELP)] = None,
    order: Annotated[int | None, typer.Option(help=ORDER_HELP)] = None,
    proof: Annotated[Path | None, typer.Option(metavar="PROOF.json", help=PROOF_HELP)] = None,
    force: Force = False,
) -> None:
    """Evaluate the bounds on the optimal embedding of the pairs in FILE, and print the main ones.

    A row has the value of a bound, the quantity measured on the optimum, and whether the bound holds.
    Bounds on errors need the classes of the images. Exits with 1 if a bound does not hold. Examples:

    pairbounds graph emoji --out emoji.npz

    pairbounds check emoji.npz --k 100

    pairbounds check emoji.npz --k 2:40 --plot bounds.pdf  (several widths)

    pairbounds check emoji.npz --k 400 --penalty 0.9

    pairbounds check pairs.csv --labels labels.csv --k 8
    """
    if proof is not None and proof.suffix != ".json":
        raise ValueError(f"--proof {proof}: a proof's file name ends in .json")
    widths = parsed_widths(k)
    outputs = _outputs(len(widths), out, plot, save, proof)
    require_safe_outputs(outputs, [file, labels, plugin, through, *(critic or ())], force=force)
    if plugin is not None:
        load_bounds(plugin)
    chosen = None if bounds is None else [named(name.strip()).name for name in bounds.split(",")]
    ends, weight = column_names(columns)
    graph_file = read_graph(file, labels, columns=ends, weight=weight)
    widths_of(graph_file.graph.shape, widths)
    is_stored = save is not None or (graph_file.kind == "pair graph" and labels is None)
    _require_results(graph_file.graph, plot, proof, is_stored=is_stored)
    graph, stored_file = graph_file.graph, file
    if save is not None:  # a proof is about the stored weights and labels
        graph.save(save)
        graph, stored_file = PairGraph.load(save), save
    features = None if through is None else node_features(through, graph.left_ids, graph_file, quiet=as_records)
    triplets = spectrum(graph, min(max(widths) + 1, *graph.shape))
    parameters: dict[str, Any] = {"bounds": chosen, "penalty": penalty, "critic": critic, "order": order}
    table, title = _evaluated(graph, triplets, widths, certified, through=features, **parameters)
    files = {"graph": file, "labels": labels, "plugin": plugin, "through": through}
    settings = {"certified": certified, "columns": columns} | files | parameters
    has_one_width = len(widths) == 1
    settings |= {"k": widths[0] if has_one_width else list(widths)}
    write_output(table.drop(columns="k") if has_one_width else table, out, settings)
    if plot is not None:
        from pairbounds.figures.plots import errors_along_widths

        save_picture(errors_along_widths(table), plot)
    if as_records:
        print_json(as_record(graph, triplets, table))
    else:
        echo(*([] if graph_file.kind == "pair graph" else [f"{file}: {graph_file.understood}"]), graph)
        print_checked(graph, triplets, table, title, list(BOUNDS) if every else chosen)
    if proof is not None:
        _prove(graph, widths[0], penalty, stored_file, proof, quiet=as_records)
    if not (table["holds"].all() and ("through_holds" not in table or table["through_holds"].all())):
        raise typer.Exit(CHECK_FAILED)


def node_features(path: Path, ids: npt.NDArray[Any], graph_file: GraphFile, *, quiet: bool) -> npt.NDArray[Any]:
    """Features of the nodes in the order of `ids`: aligned by row, or by the ids of a table or a `.npz` file."""
    values, names = read_features(path)
    if names is None:
        if graph_file.kind == "pairs" and not quiet:
            echo(f"{path}: rows are taken in the order of sorted ids, {ids[0]!r} the first and {ids[-1]!r} the last")
        return values
    return values[rows_by_id(names, ids, f"features {path}")]


def _outputs(
    widths: int, out: Path | None, plot: Path | None, save: Path | None, proof: Path | None
) -> Iterator[Output]:
    """Output files of a check at this number of widths."""
    yield from printed_outputs(out)
    if plot is not None:
        if widths == 1:
            raise ValueError("--plot needs several widths, and --k gives one. Give several, for example --k 2:40.")
        yield picture_output(require_output_path(plot, METADATA))
    if save is not None:
        yield graph_output(require_output_path(save, GRAPH_SUFFIXES))
    if proof is not None:
        if widths > 1:
            raise ValueError(f"--proof needs one width, and --k gives {widths}. Give one.")
        yield record_output(proof, KEYS)


def _require_results(graph: PairGraph, plot: Path | None, proof: Path | None, *, is_stored: bool) -> None:
    """Require labels for a plot, and a stored graph for a proof."""
    if plot is not None and (missing := unlabelled(graph)):
        why = f"{missing} left nodes have no labels, so there is no error to draw. Give --labels FILE."
        raise ValueError(f"{plot} would be empty: {why}")
    if proof is not None and not is_stored:
        raise ValueError("a proof needs a stored graph with labels: add --save GRAPH.npz")


def _evaluated(
    graph: PairGraph, triplets: Spectrum, widths: Sequence[int], certified: bool, *, critic: Critic, **options: Any
) -> tuple[pd.DataFrame, str]:
    """Table of all widths, with the column k, and its title."""
    certificate = None
    if certified and len(widths) == 1:
        triplets, certificate = with_certificate(graph, triplets, widths[0])
        certified = False
    sides = critic and tuple(np.array(stored_array(path, "critic")) for path in critic)
    table = check_bounds(graph, widths, triplets=triplets, certified=certified, critic=sides, **options)
    return table, _title(triplets, widths, certificate, options["penalty"])


def _title(triplets: Spectrum, widths: Sequence[int], certificate: Certificate | None, penalty: float | None) -> str:
    """Title of the table."""
    if len(widths) > 1:
        return f"k from {widths[0]} to {widths[-1]}, {len(widths)} widths, measured on the closed-form optima"
    (k,) = widths
    leading = triplets.leading(k + 1)
    title = f"k = {k}, measured on the closed-form optimum, σ_(k+1) = {leading.singular_values[k]:.4f}"
    if certificate is not None:
        method = f"{certificate.method}, {rounded(certificate.confidence, '>=', '.6f')} sure"
        title += f", certified at most {rounded(certificate.upper, '<=', '.6f')} ({method})"
    if penalty is not None:
        dimensions = int(np.count_nonzero(leading.singular_values[:k] > penalty))
        title += f"; with the penalty {penalty:g}, which keeps {dimensions} of them"
    return title


def _prove(graph: PairGraph, k: int, penalty: float | None, graph_file: Path, proof: Path, *, quiet: bool) -> None:
    proved = prove(graph, k, penalty=penalty)
    proved.save(proof)
    if quiet:
        return
    check_it = shlex.join(["python", "-I", verify.__file__, str(graph_file), str(proof)])
    values = ", ".join(f"{name} <= {rounded(proved.value(name), '<=', '.4f')}" for name in ("probe_mse", "probe_error"))
    echo(f"proved of {proved.subject}: {values}; to check it: {check_it}")

"""`python -m theory`: check the bounds on a saved pair graph, list the ledger."""

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from theory.bounds import BOUNDS, check_bounds
from theory.certificates import with_certificate
from theory.commandline import CHECK_FAILED, print_table, run
from theory.graph import PairGraph
from theory.hypotheses import require_width
from theory.plugins import load_bounds
from theory.spectra import spectrum
from theory.tables import require_table_path, write_table

app = typer.Typer(
    help="Bounds of contrastive learning on a positive-pair graph.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def check(
    graph_file: Annotated[Path, typer.Argument(metavar="GRAPH.npz", help="A graph that PairGraph.save wrote.")],
    k: Annotated[int, typer.Option(help="Width of the embedding: how many singular triplets it holds.")],
    out: Annotated[Path | None, typer.Option(help="Write the table here too: .csv or .parquet.")] = None,
    tol: Annotated[float, typer.Option(help="Largest residual of a singular triplet.")] = 1e-6,
    device: Annotated[str, typer.Option(help="Where the spectrum is computed: auto, cpu, cuda.")] = "auto",
    seed: Annotated[int, typer.Option(help="Seed of the sparse solver's starting vectors.")] = 0,
    plugin: Annotated[Path | None, typer.Option(metavar="FILE.py", help="A file with bounds of your own.")] = None,
    certified: Annotated[bool, typer.Option("--certified", help="Prove the upper end of σ_(k+1).")] = False,
) -> None:
    """Hold every bound against the embedding that is optimal on GRAPH.npz.

    Exits with 1 if a bound does not hold. Example: python -m theory check emoji.npz --k 100
    """
    if out is not None:
        require_table_path(out)
    if plugin is not None:
        load_bounds(plugin)
    graph = PairGraph.load(graph_file)
    require_width(graph.joint.shape, k)
    triplets = spectrum(graph, min(k + 1, *graph.joint.shape), tol=tol, device=device, seed=seed)
    triplets = triplets.leading(k + 1)
    title = f"k = {k}, σ_(k+1) = {triplets.singular_values[k]:.4f}"
    if certified:
        triplets, certificate = with_certificate(graph, triplets, k)
        title += (
            f", certified at most {certificate.upper:.6f} ({certificate.method}, {certificate.confidence:.6f} sure)"
        )
    table = check_bounds(graph, k, triplets=triplets)
    print(graph)
    _print_checks(table, title)
    if out is not None:
        settings = {"graph": str(graph_file), "k": k, "tol": tol, "device": device, "seed": seed}
        settings |= {"plugin": str(plugin) if plugin else None, "certified": certified}
        write_table(table, out, settings)
    if not table["holds"].all():
        raise typer.Exit(CHECK_FAILED)


@app.command()
def ledger() -> None:
    """List the bounds: name, status, and what each states."""
    rows = [(claim.name, claim.status, claim.statement) for claim in BOUNDS.values()]
    print_table("The ledger of bounds", [("bound", "left"), ("status", "left"), ("statement", "left")], rows)


def _print_checks(table: pd.DataFrame, title: str) -> None:
    columns = [("bound", "left"), ("measured quantity", "left"), ("measured", "right"), ("", "left")]
    columns += [("value", "right"), ("tightness", "right"), ("verdict", "left")]
    rows = [
        (
            row["bound"],
            row["quantity"],
            f"{row['measured']:.4f}",
            {"<=": "≤", ">=": "≥"}.get(row["relation"], "="),
            f"{row['value']:.4f}",
            f"{row['tightness']:.4f}",
            _verdict(row["holds"], row["vacuous"]),
        )
        for row in table[~_not_applicable(table)].to_dict("records")
    ]
    print_table(title, columns, rows)
    for note, noted in table[table["note"] != ""].groupby("note", sort=False):
        print(f"{', '.join(noted['bound'])}: {note}")


def _not_applicable(table: pd.DataFrame) -> pd.Series:
    return table["note"].str.startswith("not applicable")


def _verdict(holds: bool, vacuous: bool) -> str:
    if not holds:
        return "VIOLATED"
    return "holds, vacuous" if vacuous else "holds"


if __name__ == "__main__":
    run(app)

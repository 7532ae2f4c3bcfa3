"""The commands `attack`, `sharpness` and `ledger`."""

import math
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from pairbounds.infrastructure import ownership
from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.infrastructure.commandline import CHECK_FAILED, echo, print_table, visible
from pairbounds.infrastructure.options import Force, Plugin
from pairbounds.infrastructure.progress import Bar
from pairbounds.infrastructure.tables import replacing
from pairbounds.plugins import load_bounds
from pairbounds.theory.attack import Progress, find_counterexample
from pairbounds.theory.attack.records import RATINGS, Witness
from pairbounds.theory.attack.sharpness import (
    SHARPEST,
    TABLE,
    Limit,
    known_graphs,
    measure_sharpness,
    outputs,
    read_sharpness,
)
from pairbounds.theory.bounds import BOUNDS, STATEMENTS
from pairbounds.theory.bounds.registry import named
from pairbounds.theory.graph.formats import graph_output, require_graph_path
from pairbounds.theory.ledger.explanation import explanation
from pairbounds.theory.ledger.page import BEGINNING, beaten_by, ledger_page

UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}
MINUTE = "60s"
PRINTED_PAIRS = 60  # graphs of up to so many pairs are shown whole


def attack(
    name: Annotated[str, typer.Argument(help="The bound to attack; `pairbounds ledger` lists them.")],
    budget: Annotated[
        str | None, typer.Option(help="How long to search: 60s, 5m, or seconds.  [default: 60s]", show_default=False)
    ] = None,
    evaluations: Annotated[
        int | None, typer.Option(help="Graphs to try; without --budget it is these alone, on every machine the same.")
    ] = None,
    matters: Annotated[
        bool,
        typer.Option("--matters", help="Only graphs without ties, of 4 left nodes or more, where the bound is useful."),
    ] = False,
    seed: Annotated[int, typer.Option(help="Seed of the search.")] = 0,
    out: Annotated[
        Path | None, typer.Option(metavar="GRAPH.npz", help="Save the graph found here, with k and features.")
    ] = None,
    plugin: Plugin = None,
    force: Force = False,
) -> None:
    """Search for the graph on which a bound is closest to failing, or fails.

    Exits with 1 if the bound is refuted. Example: pairbounds attack probe-mse --budget 60s
    """
    if budget is None and evaluations is None:
        budget = MINUTE
    seconds = math.inf if budget is None else _seconds(budget)
    if out is not None:
        ownership.claim([graph_output(require_graph_path(out))], [plugin], force=force)
    if plugin is not None:
        load_bounds(plugin)
    with Bar(total=1, desc=visible(name)) as bar:

        def report(progress: Progress) -> None:
            bar.reach(progress.spent, f"{progress.evaluations} graphs, largest ratio {progress.ratio:.6f}")

        rng = np.random.default_rng(seed)
        found = find_counterexample(
            name, budget=seconds, rng=rng, evaluations=evaluations, matters=matters, report=report
        )
    if out is not None:
        Witness(found.graph, found.k, found.features, found.penalty).save(out)
    verdict = "REFUTED" if found.refuted else "not refuted"
    echo(f"{name}: {verdict}; largest ratio {found.ratio:.6f} (measured {found.measured:.6g}, bound {found.value:.6g})")
    penalty = "" if found.penalty is None else f", penalty {found.penalty!r}"
    place = f"{found.graph}, k = {found.k}{penalty}, from the family {found.origin}"
    echo(f"{place}, after {found.evaluations} graphs. {found.note}")
    if found.graph.joint.size <= PRINTED_PAIRS:
        echo(*np.array2string(_readable(found.weights), precision=6, suppress_small=True).splitlines())
        echo(*f"left labels {found.graph.left_labels}, right labels {found.graph.right_labels}".splitlines())
    if found.refuted:
        raise typer.Exit(CHECK_FAILED)


def sharpness(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the table and the graphs; it goes on there.")],
    bound: Annotated[
        list[str] | None, typer.Option(help="Attack this bound; may be given again. [default: all]")
    ] = None,
    minutes: Annotated[float | None, typer.Option(help="CPU for each bound, earlier runs included.")] = None,
    evaluations: Annotated[int | None, typer.Option(help="Graphs for each bound, earlier runs included.")] = None,
    known: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Evaluate every bound on the graphs here too, as attack saves them."),
    ] = None,
    afresh: Annotated[bool, typer.Option("--afresh", help="Count from 0 what was spent; the graphs stay.")] = False,
    jobs: Annotated[int, typer.Option(help="Processes; -1 for one on each core.")] = -1,
    force: Force = False,
) -> None:
    """Attack every exact bound and keep, for each, the largest ratio ever found, anywhere and where it matters.

    By default for a minute of CPU each. Given again it goes on; where a bound has had its share it does nothing. Exits
    with 1 if an exact bound is refuted.
    """
    exact = [claim.name for claim in BOUNDS.values() if claim.status == "exact"]
    claims = [named(name) for name in bound or exact]
    ownership.claim(outputs(out), [known], force=force)
    if minutes is None and evaluations is None:
        minutes = 1.0
    limit = Limit(math.inf if minutes is None else 60 * minutes, math.inf if evaluations is None else evaluations)
    graphs = [] if known is None else known_graphs(known)
    table = measure_sharpness(claims, out, limit, known=graphs, jobs=jobs, afresh=afresh)
    found = {(row["bound"], row["where"]): row["ratio"] for row in table.to_dict("records")}
    rows = [(claim.name, *(_figure(found[claim.name, where]) for where in RATINGS)) for claim in claims]
    print_table("Largest measured / bound", [("bound", "left"), *((where, "right") for where in RATINGS)], rows)
    if table["refuted"].any():
        raise typer.Exit(CHECK_FAILED)


def _figure(ratio: float) -> str:
    return "none" if math.isnan(ratio) else f"{ratio:.4f}"


def ledger(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Explain this bound in prose.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="PAGE.md", help="Write the ledger page here.")] = None,
    sharpness_folder: Annotated[
        Path, typer.Option("--sharpness", metavar="DIR", help="Where `sharpness` wrote its table.")
    ] = SHARPEST,
    force: Force = False,
) -> None:
    """List the bounds: name, status, and statement; explain one of them; or write them as a page."""
    if name is not None:
        echo(*explanation(named(name)))
    elif out is not None:
        ownership.claim([ownership.text(out, BEGINNING)], [sharpness_folder / TABLE], force=force)
        with replacing(out) as temporary:
            temporary.write_text(ledger_page(read_sharpness(sharpness_folder)), encoding="utf-8")
    else:
        _print_ledger()


def _print_ledger() -> None:
    columns = [("status", "left"), ("statement", "left")]
    corollaries = [claim for claim in BOUNDS.values() if claim.corollary_of is not None]
    rows = [(claim.name, claim.status, claim.statement) for claim in BOUNDS.values() if claim not in corollaries]
    print_table("The ledger of bounds", [("bound", "left"), *columns], rows)
    beaten = [(claim.name, beaten_by(claim).replace("`", ""), claim.statement) for claim in corollaries]
    titles = [("bound", "left"), ("never below", "left"), ("statement", "left")]
    print_table("Corollaries: another bound of the same cost is never above them", titles, beaten)
    others = [(it.name, it.status, it.statement, it.place) for it in STATEMENTS.values()]
    print_table("Statements that have no row", [("name", "left"), *columns, ("computed by", "left")], others)


def _readable(weights: FloatArray) -> FloatArray | IntArray:
    whole = weights.astype(np.int64)
    return whole if (whole == weights).all() else weights


def _seconds(budget: str) -> float:
    number, unit = (budget[:-1], budget[-1]) if budget[-1:] in UNITS else (budget, "s")
    try:
        return float(number) * UNITS[unit]
    except ValueError:
        raise ValueError(f"budget={budget!r} is not a time: write 60s, 5m, or a number of seconds") from None

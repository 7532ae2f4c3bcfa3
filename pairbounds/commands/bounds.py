"""The commands `attack` and `ledger`."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.checks import find_named
from pairbounds.infrastructure.commandline import CHECK_FAILED, Force, Plugin, echo, print_table, visible
from pairbounds.infrastructure.files import require_output_path, require_safe_outputs
from pairbounds.infrastructure.progress import Bar
from pairbounds.plugins import load_bounds
from pairbounds.theory.attack import find_counterexample
from pairbounds.theory.bounds.registry import BOUNDS, Bound
from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.bounds.theorems import STATEMENTS
from pairbounds.theory.graph.formats import GRAPH_SUFFIXES, graph_output
from pairbounds.theory.ledger.explanation import explanation, explanation_of_statement
from pairbounds.theory.ledger.reasons import beaten_by

UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}
MINUTE = "60s"
PRINTED_PAIRS = 60  # largest size of a graph that is printed


def attack(
    name: Annotated[str, typer.Argument(help="The bound to attack; see `pairbounds ledger`.")],
    budget: Annotated[
        str | None, typer.Option(help="Search time: 60s, 5m, or seconds.  [default: 60s]", show_default=False)
    ] = None,
    evaluations: Annotated[
        int | None, typer.Option(help="Number of graphs to try; reproducible on all machines without --budget.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the search.")] = 0,
    out: Annotated[Path | None, typer.Option(metavar="GRAPH.npz", help="Save the graph, with k and features.")] = None,
    plugin: Plugin = None,
    force: Force = False,
) -> None:
    """Search for a graph that violates a bound, or comes closest to it.

    Exits with 1 if the bound is refuted. Example: pairbounds attack probe-mse --budget 60s
    """
    if budget is None and evaluations is None:
        budget = MINUTE
    seconds = math.inf if budget is None else _seconds(budget)
    if out is not None:
        require_safe_outputs([graph_output(require_output_path(out, GRAPH_SUFFIXES))], [plugin], force=force)
    if plugin is not None:
        load_bounds(plugin)
    with Bar(total=1, desc=visible(name)) as bar:

        def report(spent: float, tried: int, ratio: float) -> None:
            bar.reach(spent, f"{tried} graphs, largest ratio {ratio:.6f}")

        result = find_counterexample(name, budget=seconds, rng=seed, evaluations=evaluations, report=report)
    if out is not None:
        beside: dict[str, FloatArray] = {} if result.features is None else dict(zip("fg", result.features, strict=True))
        beside |= {} if result.penalty is None else {"penalty": np.array(result.penalty)}
        result.graph.save(out, k=np.array(result.k), **beside)
    verdict = "REFUTED" if result.refuted else "not refuted"
    echo(f"{name}: {verdict}; largest ratio {result.ratio:.6f} (measured {result.measured}, bound {result.value})")
    penalty = "" if result.penalty is None else f", penalty {result.penalty!r}"
    origin = f"{result.graph}, k = {result.k}{penalty}, from the family {result.origin}"
    echo(f"{origin}, after {result.evaluations} graphs. {result.note}")
    if result.graph.joint.size <= PRINTED_PAIRS:
        echo(*np.array2string(result.weights, formatter={"float_kind": "{:.6g}".format}).splitlines())
        echo(*f"left labels {result.graph.left_labels}, right labels {result.graph.right_labels}".splitlines())
    if result.refuted:
        raise typer.Exit(CHECK_FAILED)


def ledger(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Explain this row.")] = None,
) -> None:
    """List all bounds with status, reason and statement, or explain one."""
    if name is None:
        _print_ledger()
    else:
        rows: dict[str, Bound | Statement] = {**BOUNDS, **STATEMENTS}
        row = find_named("row", name, dict(sorted(rows.items())))
        echo(*(explanation(row) if isinstance(row, Bound) else explanation_of_statement(row)))


def _print_ledger() -> None:
    main = [claim for claim in BOUNDS.values() if claim.corollary_of is None]
    corollaries = [claim for claim in BOUNDS.values() if claim.corollary_of is not None]
    beaten = "Corollaries: another bound of the same cost is never above them"
    _print_rows("The ledger of bounds", main, {"status": [claim.status for claim in main]})
    _print_rows(beaten, corollaries, {"never below": [beaten_by(claim).replace("`", "") for claim in corollaries]})
    _print_rows("Statements that have no row", list(STATEMENTS.values()), {})


def _print_rows(title: str, rows: Sequence[Bound | Statement], extra: dict[str, list[str]]) -> None:
    """Print rows of the ledger, with the columns `extra` between name and reason."""
    columns = {
        "name": [row.name for row in rows],
        **extra,
        "kept": [row.kept or "" for row in rows],
        "statement": [row.statement for row in rows],
    }
    print_table(title, list(columns), zip(*columns.values(), strict=True))


def _seconds(budget: str) -> float:
    number, unit = (budget[:-1], budget[-1]) if budget[-1:] in UNITS else (budget, "s")
    try:
        return float(number) * UNITS[unit]
    except ValueError:
        raise ValueError(f"budget={budget!r} is not a time: write 60s, 5m, or a number of seconds") from None

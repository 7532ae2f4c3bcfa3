"""Reasons why the ledger has each bound: its status, where it is the best, and how sharp it is known to be."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from pairbounds.theory.attack.candidate import Sides
from pairbounds.theory.attack.sharpest import sharpest_graphs
from pairbounds.theory.bounds.registry import BOUNDS, Bound
from pairbounds.theory.bounds.scoring import score
from pairbounds.theory.bounds.statements import Statement

BEST = Path(__file__).with_name("best.json")  # written by `python -m tests.bounds.best`
STATUS_MEANS = {
    "exact": "it may never be violated beyond round-off",
    "restated": "it is the literature's, with its constants",
    "conjecture": "nobody knows whether it is true",
    "rate": "it is known up to constants, fitted, and never asserted",
}


def sharpness(claim: Bound) -> str:
    """Largest known ratio of the measured quantity to the bound, and the size of the graph that has it."""
    sides = sharpest(claim.name)
    if sides is None:
        return "nothing to search" if claim.status == "rate" else "none known"
    graph, k, *_ = sides
    return f"{score(claim, *sides).ratio:.3f} ({graph.n_left} x {graph.n_right}, k = {k})"


def kept(row: Bound | Statement) -> str:
    """Reason to keep a row of the ledger, and the number of points where it was the unique best on its quantity."""
    counts = best_counts(row.name)
    times = f"; best at {counts['best']:,} of {counts['count']:,} points" if counts["count"] else ""
    return f"{row.kept or ''}{times}"


def best_counts(name: str) -> dict[str, int]:
    """Numbers of points where a bound was evaluated, vacuous, and the unique best without being vacuous."""
    counts = _best_rows().get(name, {})
    return {key: int(counts.get(key, 0)) for key in ("count", "vacuous", "best")}


@cache
def _best_rows() -> dict[str, dict[str, Any]]:
    return {row["what"]: row for row in json.loads(BEST.read_text(encoding="utf-8"))["rows"]}


def beaten_by(claim: Bound) -> str:
    """Bound that a corollary is never below: `name`, or twice `name` for one on the squared error."""
    assert claim.corollary_of is not None
    better = BOUNDS[claim.corollary_of]
    return f"`{better.name}`" if better.quantity == claim.quantity else f"twice `{better.name}`"


def sharpest(name: str) -> Sides | None:
    """Graph, width, features and penalty with the largest known ratio of a bound, or None."""
    return _sharpest_graphs().get(name)


_sharpest_graphs = cache(sharpest_graphs)

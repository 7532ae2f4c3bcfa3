"""The page of benchmarks, from their record."""

import json
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

RECORD = Path(__file__).parents[2] / "results" / "benchmarks.json"
COLUMNS = ("size", "case", "seconds", "peer", "peer over ours")
INTRODUCTION = """# Benchmarks

Measured by `make bench`. A ratio above 1 means that ours is faster; brackets hold the smallest and the largest ratio of
single runs of the peer to the run of ours beside it. Below 1.3 is a tie. A peer that was stopped before it got there
gives a lower bound, ≥.
"""


def benchmarks_page(path: Path = RECORD) -> str:
    """Markdown of the page, from a record."""
    record = json.loads(path.read_text(encoding="utf-8"))
    settings, versions, hardware = record["configuration"], record["versions"], record["hardware"]
    named = ", ".join(f"{name} {versions[name]}" for name in ("numpy", "scipy", "torch"))
    lines = [
        INTRODUCTION,
        f"Medians of {settings['repeats']} interleaved runs, {settings['threads']} thread, seed {settings['seed']}; "
        f"{named}; {hardware['machine']}, {hardware['cpus']} CPUs, {hardware['system']}. Seconds are of CPU time.",
    ]
    for benchmark, group in groupby(record["duels"], lambda row: row["benchmark"]):
        rows = list(group)
        lines += [f"\n## {benchmark}\n", *(f"| {' | '.join(row)} |" for row in (COLUMNS, ["---"] * len(COLUMNS)))]
        lines += [f"| {' | '.join(cells(row))} |" for row in rows]
        lines += [f"\n{note[0].upper()}{note[1:]}." for note in dict.fromkeys(row["note"] for row in rows) if note]
    return "\n".join(lines) + "\n"


def cells(row: Mapping[Any, Any]) -> tuple[str, ...]:
    """Texts of a row of the table."""
    ratio, low, high = (_number(row[column]) for column in ("ratio", "ratio_least", "ratio_most"))
    shown = f"{'≥ ' if row['at_least'] else ''}{ratio} ({low} to {high})"
    return row["size"], row["case"], f"{row['seconds']:.2g}", row["peer"], shown


def _number(value: float) -> str:
    return f"{value:.2g}" if value < 100 else f"{value:,.0f}"

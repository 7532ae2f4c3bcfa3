"""The page of benchmarks, from their record."""

import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from tests.benchmarks import BENCHMARKS

RECORD = Path(__file__).parents[2] / "results" / "benchmarks.json"
COLUMNS = ("size", "case", "seconds", "MiB", "peer", "peer's MiB", "peer over ours", "faster")
TIE = 1.3
INTRODUCTION = f"""# Benchmarks

Measured by `make bench`, on one thread, at the commits that the record names. The first table is of whole commands:
find your number of pairs, and read how long and how much memory a command takes, and whether a script would be faster.
A ratio above 1 means that ours is faster, and below {TIE} either way is a tie; brackets hold the least and the largest
ratio of single runs of the peer to the run of ours in the same round. A peer that did not get there gives a bound, ≥.
"""


def benchmarks_page(path: Path = RECORD) -> str:
    """Markdown of the page, from a record."""
    record = json.loads(path.read_text(encoding="utf-8"))
    settings, versions, hardware = record["configuration"], record["versions"], record["hardware"]
    named = ", ".join(f"{name} {versions[name]}" for name in ("numpy", "scipy", "torch"))
    lines = [
        INTRODUCTION,
        f"Medians of {settings['repeats']} interleaved runs, seed {settings['seed']}; {named}; {hardware['machine']}, "
        f"{hardware['cpus']} CPUs, {hardware['system']}. Seconds are of CPU time.",
    ]
    commands_first = sorted(record["duels"], key=lambda row: row["memory"] is None)
    for benchmark, group in groupby(commands_first, lambda row: row["benchmark"]):
        rows = list(group)
        names, texts = table(rows)
        lines += [f"\n## {benchmark}\n", *(f"| {' | '.join(row)} |" for row in (names, ["---"] * len(names), *texts))]
        lines += [f"\n{note[0].upper()}{note[1:]}." for note in dict.fromkeys(row["note"] for row in rows) if note]
        if profile := getattr(BENCHMARKS[benchmark], "PROFILE", ""):
            lines.append(f"\nWhere the time goes, in one run, seed 0, on such a machine: {profile}.")
    return "\n".join(lines) + "\n"


def table(rows: Sequence[Mapping[Any, Any]]) -> tuple[list[str], list[list[str]]]:
    """The columns of a benchmark's table, and the texts of its rows; memory is left out where none was measured."""
    texts = [_cells(row) for row in rows]
    kept = [column for column in COLUMNS if any(cells[column] for cells in texts)]
    return kept, [[cells[column] for column in kept] for cells in texts]


def _cells(row: Mapping[Any, Any]) -> dict[str, str]:
    ratio, low, high = (_number(row[column]) for column in ("ratio", "ratio_least", "ratio_most"))
    shown = f"{'≥ ' if row['at_least'] else ''}{ratio} ({low} to {high})"
    faster = "ours" if row["ratio"] >= TIE or row["at_least"] else "peer" if row["ratio"] <= 1 / TIE else "tie"
    memory, others = ("" if row[column] is None else f"{row[column]:,.0f}" for column in ("memory", "peer_memory"))
    texts = row["size"], row["case"], _number(row["seconds"]), memory, row["peer"], others, shown, faster
    return dict(zip(COLUMNS, texts, strict=True))


def _number(value: float) -> str:
    return f"{value:.2g}" if value < 100 else f"{value:,.0f}"

"""The page of benchmarks, from a record of the tables of duels and of whole commands."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from pairbounds.infrastructure.commandline import run
from pairbounds.infrastructure.tables import replacing, sidecar

RECORD = Path(__file__).parents[2] / "results" / "benchmarks.json"

DUEL = ("size", "case", "seconds", "peer", "peer over ours", "target")
WHOLE = ("command", "CPU seconds", "target", "on the clock", "peak GiB", "target")
INTRODUCTION = """# Benchmarks

Measured by `make bench`. A ratio above 1 means that ours is faster; brackets hold the smallest and the largest ratio of
single runs of the peer to the run of ours beside it. Below 1.3 is a tie. Missed targets are marked. A peer that was
stopped before it got there gives a lower bound, ≥.
"""
WHOLES = """
## Whole commands

Each runs in a process of its own, one after the other, imports and files included; several runs give the median. The
times of tests and figures are in CONTRIBUTING.
"""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    duels: Annotated[Path, typer.Argument(metavar="DUELS", help="A table of `python -m tests.benchmarks`.")],
    wholes: Annotated[Path, typer.Argument(metavar="WHOLES", help="One of `python -m tests.benchmarks.whole`.")],
    out: Annotated[Path, typer.Option(metavar="RECORD.json", help="The record.")] = RECORD,
    beside: Annotated[str, typer.Option(help="A sentence: other work of the machine meanwhile.")] = "",
) -> None:
    """Keep two tables, with the versions and the machine of the first, as the record that the page is made from."""
    about = json.loads(sidecar(duels).read_text(encoding="utf-8"))
    record = {key: about[key] for key in ("configuration", "versions", "hardware")} | {"beside": beside}
    record |= {name: pd.read_parquet(path).to_dict("records") for name, path in (("duels", duels), ("wholes", wholes))}
    with replacing(out) as temporary:
        temporary.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def benchmarks_page(path: Path = RECORD) -> str:
    """Markdown of the page, from a record."""
    record = json.loads(path.read_text(encoding="utf-8"))
    duels, wholes = pd.DataFrame(record["duels"]), pd.DataFrame(record["wholes"])
    parts = [INTRODUCTION, f"{_how(record)} {record['beside']}".rstrip(), *_of_duels(duels), *_of_wholes(wholes)]
    return "\n".join(parts) + "\n"


def _of_duels(table: pd.DataFrame) -> list[str]:
    """A section for each benchmark, and what was missed."""
    lines = []
    for benchmark, rows in table.groupby("benchmark", sort=False):
        lines += [f"\n## {benchmark}\n", *_table(rows)]
        lines += [f"\n{_sentence(note)}" for note in rows["note"].unique() if note]
        missed = rows[(rows["ratio"] < rows["target"]) & ~rows["at_least"]]
        slower = rows[(rows["ratio_most"] < 1) & ~rows["at_least"]]
        lines += _named("Below the target", _cases(missed)) + _named(
            "Slower than the peer in every run", _cases(slower)
        )
        lines += _reasons(pd.concat([missed, slower])["floor"])
    return lines


def _cases(rows: pd.DataFrame) -> list[str]:
    return [f"{row['case']} at {row['size']}" for row in rows.to_dict("records")]


def _of_wholes(table: pd.DataFrame) -> list[str]:
    missed = table[(table["cpu"] > table["cpu_target"]) | (table["peak"] > table["peak_target"])]
    return [
        WHOLES,
        *_table(table),
        *_named("Above the target", list(missed["case"])),
        *_reasons(missed["why"]),
    ]


def _named(what: str, cases: Sequence[str]) -> list[str]:
    return [f"\n{what}: {'; '.join(dict.fromkeys(cases))}."] if cases else []


def _reasons(reasons: pd.Series) -> list[str]:
    return [_sentence(reason) for reason in reasons.unique() if reason]


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _how(record: Mapping[str, Any]) -> str:
    settings, versions, hardware = record["configuration"], record["versions"], record["hardware"]
    named = ", ".join(f"{name} {versions[name]}" for name in ("numpy", "scipy", "torch") if name in versions)
    return (
        f"Medians of {settings['repeats']} interleaved runs, {settings['threads']} thread, seed {settings['seed']}; "
        f"{named}; {hardware['machine']}, {hardware['cpus']} CPUs, {hardware['system']}. Seconds are of CPU time."
    )


def shown(table: pd.DataFrame) -> tuple[list[tuple[str, str]], list[tuple[str, ...]]]:
    """Columns and rows of either table, as `print_table` takes them."""
    columns, cells = (DUEL, _duel) if "ratio" in table else (WHOLE, _whole)
    return [(name, "left") for name in columns], [tuple(cells(row)) for row in table.to_dict("records")]


def _table(table: pd.DataFrame) -> list[str]:
    columns, rows = shown(table)
    return [_line([name for name, _ in columns]), _line(["---"] * len(columns)), *map(_line, rows)]


def _duel(row: Mapping[Any, Any]) -> list[str]:
    least = "≥ " if row["at_least"] else ""
    ratio, low, high = (_number(row[column]) for column in ("ratio", "ratio_least", "ratio_most"))
    shown = f"{least}{ratio} ({low} to {high})"
    return [row["size"], row["case"], f"{row['seconds']:.2g}", row["peer"], shown, _number(row["target"])]


def _whole(row: Mapping[Any, Any]) -> list[str]:
    spread = f" ({row['cpu_least']:.2f} to {row['cpu_most']:.2f}, n = {row['n']})" if row["n"] > 1 else ""
    numbers = [_number(row[column]) for column in ("cpu_target", "clock", "peak", "peak_target")]
    return [row["case"], f"{_number(row['cpu'])}{spread}", *numbers]


def _number(value: float) -> str:
    return "" if pd.isna(value) else f"{value:.2g}" if value < 100 else f"{value:,.0f}"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    run(app)

"""`python -m tests.reliability.same_numbers OLD NEW`: which published numbers two folders of tables disagree on.

Published are the page of findings and the captions of figures. A number that differs by more than a unit of its last
printed digit is printed with both values, and so is a sentence whose words differ. `--record` keeps them for the
reliability page: the one folder is then of this processor, the other of `tests.reliability.elsewhere processor`.
"""

import json
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import matplotlib as mpl
import typer

from pairbounds.figures.figure import Figure
from pairbounds.figures.figure import found as all_figures
from pairbounds.figures.findings.finding import Finding
from pairbounds.figures.findings.finding import found as all_findings
from pairbounds.figures.findings.page import section
from pairbounds.figures.settings import read
from pairbounds.infrastructure.commandline import CHECK_FAILED, echo, print_table, run
from tests.reliability.record import write

NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[-+]?\d+)?%?")
CONTEXT = 6  # words before a number that say what it is
MEASURED = Path(__file__).parents[2] / "results"  # tables that `make figures` takes and does not compute
COMMAND = "python -m tests.reliability.same_numbers OLD NEW --record results/reliability/processors.json"
ROUNDING = 1e-9  # of a unit: decimal fractions are no binary ones

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class Difference(NamedTuple):
    """A number that is printed otherwise: the words before it, and both values."""

    words: str
    old: str
    new: str


@app.command()
def compare(
    old: Annotated[Path, typer.Argument(help="Folder of the one tables.")],
    new: Annotated[Path, typer.Argument(help="Folder of the others.")],
    record: Annotated[Path | None, typer.Option(metavar="FILE.json", help="Where to keep them.")] = None,
) -> None:
    """Print each published number that differs by more than its last printed digit; exits with 1 if any does."""
    mpl.use("Agg")
    started, found, numbers, lacking = time.monotonic(), {}, {}, []
    for name, (before, after) in _texts(old, new):
        if not before or not after:
            lacking.append(name)
            continue
        found[name], numbers[name] = differences(before, after), len(NUMBER.findall(before))
    rows = [(name, *difference) for name, its in found.items() for difference in its]
    if record:
        notes = [f"{name}: {one.words} … {one.old} here, {one.new} there" for name, its in found.items() for one in its]
        notes.append(f"Tables of commit {', '.join(_commits(old, new))}.")
        notes += [f"Not compared, for want of tables: {', '.join(lacking)}."] if lacking else []
        write(record.stem, COMMAND, _rows(found, numbers), started, notes=notes, folder=record.parent)
    if rows:
        columns = [("where", "left"), ("what", "left"), (str(old), "right"), (str(new), "right")]
        print_table("Published numbers that differ", columns, rows)
    if lacking:
        echo(f"not compared, for want of tables: {', '.join(lacking)}", err=True)
    echo(f"{len(rows)} differ by more than their last digit, in {len(found)} findings and captions")
    if rows:
        raise typer.Exit(CHECK_FAILED)


def _rows(found: Mapping[str, list[Difference]], numbers: Mapping[str, int]) -> list[dict[str, Any]]:
    """A row for findings and one for captions."""
    return [
        {
            "what": f"published numbers of {kind}s, another beyond the last digit",
            "count": sum(count for name, count in numbers.items() if name.startswith(kind)),
            "found": sum(len(its) for name, its in found.items() if name.startswith(kind)),
        }
        for kind in ("finding", "figure")
    ]


def _commits(*folders: Path) -> list[str]:
    """Commits at which the tables of some folders were measured, shortened, each once."""
    sidecars = [json.loads(path.read_text(encoding="utf-8")) for folder in folders for path in folder.glob("*.json")]
    return sorted({(each["commit"] or "unknown")[:12] for each in sidecars})


def differences(before: str, after: str) -> list[Difference]:
    """The numbers of one text that the other has otherwise; of texts in other words, the whole."""
    if NUMBER.sub("#", before) != NUMBER.sub("#", after):
        return [Difference("other words", before, after)]
    pairs = zip(NUMBER.finditer(before), NUMBER.finditer(after), strict=True)
    return [
        Difference(" ".join(before[: one.start()].split()[-CONTEXT:]), one[0], other[0])
        for one, other in pairs
        if _differ(one[0], other[0])
    ]


def _differ(one: str, other: str) -> bool:
    """By more than a unit of the last digit of the coarser."""
    first, second = (float(number.strip("%").replace(",", "")) for number in (one, other))
    return abs(first - second) > max(_unit(one), _unit(other)) * (1 + ROUNDING)


def _unit(number: str) -> float:
    """One in the last digit. A count has none: it is exact."""
    mantissa, _, power = number.strip("%").partition("e")
    decimals = len(mantissa.partition(".")[2])
    return 10.0 ** (int(power or 0) - decimals) if decimals or power or number.endswith("%") else 0.0


def _texts(old: Path, new: Path) -> Iterator[tuple[str, list[str]]]:
    """Every finding and every caption, of both folders; empty where a table is not there."""
    for finding in all_findings().values():
        yield f"finding {finding.name}", [_said(finding, folder) for folder in (old, new)]
    for figure in all_figures().values():
        yield f"figure {figure.name}", [_said(figure, folder) for folder in (old, new)]


def _said(one: Finding | Figure, folder: Path) -> str:
    """Text of a finding or a caption by tables of a folder, and by those in `MEASURED` that it lacks."""
    paths = [path if (path := folder / f"{table}.parquet").is_file() else MEASURED / path.name for table in one.tables]
    if not all(path.is_file() for path in paths) or not any(path.parent == folder for path in paths):
        return ""
    tables = {path.stem: read(path) for path in paths}
    if isinstance(one, Finding):
        return section(one, one.facts(tables), one.of(tables) if one.of else None)
    return one.caption(tables)


if __name__ == "__main__":
    run(app)

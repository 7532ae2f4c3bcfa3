"""The command `report`."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import matplotlib as mpl
import typer

from pairbounds.figures.findings.wording import listed
from pairbounds.figures.report.contents import Section
from pairbounds.figures.report.page import BEGINNING, write_page
from pairbounds.figures.report.runs import Runs
from pairbounds.infrastructure.commandline import echo
from pairbounds.infrastructure.files import claim, marked_output, require_folder
from pairbounds.infrastructure.options import Force

TITLE = "What was checked"


def report(
    runs: Annotated[
        list[Path],
        typer.Argument(metavar="RUN...", help="Folders of sweeps and audits; tables of checks, choices and studies."),
    ],
    out: Annotated[Path, typer.Option(metavar="REPORT.html", help="The page.")] = Path("report.html"),
    title: Annotated[str, typer.Option(help="Its heading.")] = TITLE,
    force: Force = False,
) -> None:
    """Put checks, choices, sweeps, studies and audits into one page that needs no network, for a co-author.

    Each file is known by its columns and its sidecar. What is of another program is named in a line, and the rest is
    reported. Examples:

    pairbounds check graph.npz --k 8 --out runs/checks.csv; pairbounds report runs --out report.html

    pairbounds report checks.csv build/sweeps/phase build/audit --title "Captions of birds"
    """
    if out.suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"cannot write {out}: a report's name ends in .html")
    require_folder(out)
    claim([marked_output(out, BEGINNING)], [run for run in runs if run.is_file()], force=force)
    mpl.use("Agg")  # no window, whatever the display
    found = Runs(runs, made={out})
    echo(*(f"not reported: {one.file}: {one.reason}" for one in found.refused), err=True)
    if not found.sections:
        raise ValueError(f"nothing that pairbounds wrote is in {listed(runs)}: give --out to check, sweep or audit")
    sections = sorted(found.sections, key=lambda section: not section.alarm)
    write_page(out, sections, title=title, lead=_lead(sections), refused=found.refused)
    echo(out)


def _lead(sections: list[Section]) -> str:
    """The contents of the report, counted."""
    counts = Counter(section.kind for section in sections)
    violated = sum(section.alarm for section in sections)
    failing = f"A claim is violated in {violated} of them. " if violated else ""
    return f"{failing}This report has {listed(_counted(count, kind) for kind, count in counts.items())}."


def _counted(count: int, kind: str) -> str:
    plural = {"study": "studies"}.get(kind, f"{kind}s")
    return f"{count} {kind if count == 1 else plural}"

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
from pairbounds.infrastructure.files import marked_output, require_folder, require_safe_outputs
from pairbounds.infrastructure.options import Force

TITLE = "What was checked"


def report(
    runs: Annotated[
        list[Path],
        typer.Argument(metavar="RUN...", help="Folders of sweeps and audits; tables of checks, choices, studies."),
    ],
    out: Annotated[Path, typer.Option(metavar="REPORT.html", help="Output page.")] = Path("report.html"),
    title: Annotated[str, typer.Option(help="Heading of the page.")] = TITLE,
    force: Force = False,
) -> None:
    """Combine checks, choices, sweeps, studies and audits into one page for a co-author; it needs no network.

    The columns and the sidecar of a file tell its kind. Files of other programs are left out, with a
    message. Examples:

    pairbounds check graph.npz --k 8 --out runs/checks.csv; pairbounds report runs --out report.html

    pairbounds report checks.csv build/sweeps/training build/audit --title "Captions of birds"
    """
    if out.suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"cannot write {out}: the file name of a report must end in .html")
    require_folder(out)
    require_safe_outputs([marked_output(out, BEGINNING)], [run for run in runs if run.is_file()], force=force)
    mpl.use("Agg")  # no window, whatever the display
    reported = Runs(runs, outputs={out})
    echo(*(f"not reported: {refusal.file}: {refusal.reason}" for refusal in reported.refused), err=True)
    if not reported.sections:
        raise ValueError(f"no results of pairbounds in {listed(runs)}: run check, sweep or audit with --out first")
    sections = sorted(reported.sections, key=lambda section: not section.alarm)
    write_page(out, sections, title=title, lead=_lead(sections), refused=reported.refused)
    echo(out)


def _lead(sections: list[Section]) -> str:
    """Number of results of each kind, and of violated claims."""
    counts = Counter(section.kind for section in sections)
    violated = sum(section.alarm for section in sections)
    failing = f"A claim is violated in {violated} of them. " if violated else ""
    return f"{failing}This report has {listed(_counted(count, kind) for kind, count in counts.items())}."


def _counted(count: int, kind: str) -> str:
    plural = {"study": "studies"}.get(kind, f"{kind}s")
    return f"{count} {kind if count == 1 else plural}"

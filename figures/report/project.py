"""The report of the project: its question, what was found, every figure, the ledger, and where all of it came from."""

from collections.abc import Iterator
from pathlib import Path

from pairbounds.figures.findings.page import closing
from pairbounds.figures.phase import FIGURE as PHASE_DIAGRAM
from pairbounds.figures.prerequisites import studies_of
from pairbounds.figures.renamed import read
from pairbounds.figures.report.contents import Picture, data_uri
from pairbounds.figures.report.gallery import plates
from pairbounds.figures.report.ledger import all_sharpest, anchor, ledger, statements
from pairbounds.figures.report.origin import Origin, origin_of, provenance
from pairbounds.figures.report.page import output, write_page
from pairbounds.figures.report.phase_map import phase_map
from pairbounds.figures.report.prose import blocks
from pairbounds.figures.report.verdicts import verdicts
from pairbounds.infrastructure import ownership
from pairbounds.sweeps.studies import study_names
from pairbounds.theory.ledger.page import STATUS_MEANS

TITLE = "pairbounds: what was asked, measured and found"


def project_report(tables: Path, figures: Path, out: Path) -> None:
    """Write the report of what `make figures` computed and drew.

    Raises
    ------
    FileNotFoundError
        A figure or a table is missing.
    """
    ownership.claim([output(out)])
    out.parent.mkdir(parents=True, exist_ok=True)
    shown = list(plates(figures))
    names = sorted({name for plate in shown for name in plate.tables})
    origins = list(_origins(tables, names))
    write_page(
        "project",
        out,
        title=TITLE,
        verdicts=list(verdicts(tables)),
        plates=[(plate, Picture(data_uri(plate.picture), f"Figure: {plate.title}.", plate.caption)) for plate in shown],
        phase=phase_map(read(tables, PHASE_DIAGRAM.tables[0])),
        ledger=ledger(),
        statements=statements(),
        drawings=[(anchor(one.claim), one) for one in all_sharpest()],
        provenance=provenance(origins),
        not_run=blocks(closing(tables / f"{name}.parquet" for name in names)),
        unmeasured=sorted(set(study_names()) - set(studies_of(names))),
        statuses=STATUS_MEANS,
    )


def _origins(tables: Path, names: list[str]) -> Iterator[Origin]:
    for name in names:
        origin = origin_of(tables / f"{name}.parquet")
        if origin is not None:
            yield origin

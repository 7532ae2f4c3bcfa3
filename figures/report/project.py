"""The report of the project: its question, what was found, every figure, the ledger, and where all of it came from."""

from collections.abc import Iterator
from pathlib import Path

from markupsafe import Markup

from pairbounds.figures.findings.finding import Finding
from pairbounds.figures.findings.page import closing, in_order, sentences
from pairbounds.figures.phase import FIGURE as PHASE_DIAGRAM
from pairbounds.figures.prerequisites import studies_of
from pairbounds.figures.report.contents import Group, Picture, Section, data_uri
from pairbounds.figures.report.gallery import Plate, plates
from pairbounds.figures.report.ledger import Sharpest, all_sharpest, anchor, ledger, statements
from pairbounds.figures.report.origin import origin_of, provenance
from pairbounds.figures.report.page import output, write_page
from pairbounds.figures.report.phase_map import phase_map
from pairbounds.figures.report.prose import blocks, inline
from pairbounds.figures.settings import read
from pairbounds.infrastructure import ownership
from pairbounds.sweeps.studies import study_names

TITLE = "pairbounds: what was asked, measured and found"
LEAD = (
    "Contrastive-learning theory says: if the positive pairs look like this, the downstream error is at most that. "
    "This report holds such statements against simulated worlds, trained encoders and real images."
)
QUESTION = """
Zhang, Wang and Wang (*On the Generalization of Multi-modal Contrastive Learning*, ICML 2023) explain why training with
captions, as CLIP does, beats training with augmentations, as SimCLR does: two images that share a caption are an
induced pair, and captions induce better pairs. Their statements are hypotheses here. Is the downstream error as small
as the theory says, how close does the bound come, and which pairs are better?

Let `P(x, l)` be the probability that image x is paired with caption l, `Ā` the same divided by the roots of its
marginals, `σ_1 >= σ_2 >= ..` the singular values of `Ā`, and `α_T` the probability that an induced pair joins two
classes. Of the encoder of width k with the least spectral contrastive loss, and of a linear probe on it, theorem 4 says
that the probe's error is at most `2 α_T / (1 - σ²_{k+1})`.
"""
FOUND = """
Every number is computed from a table. Where the tables of this report do not bear a sentence out, as after a first look
at few seeds, that is said in its place.
"""
RATIOS = """
Sharpest is the largest known ratio of what is measured to the bound: 1 is equality. It is sought on any graph, and
where it matters: on larger graphs without ties, by a bound that says something.
"""
GRAPHS = """
For each bound the graph on which it comes nearest to equality. Left nodes stand on the left, coloured by class; a pair
is the thicker the more weight it has.
"""


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
    paths = [tables / f"{name}.parquet" for name in names]
    gallery = [*map(_figure, shown), _phase_map(tables)]
    bounds = Section("bounds", "table", "Every bound", "", tables=[ledger(), statements()])
    write_page(
        out,
        title=TITLE,
        lead=LEAD,
        groups=[
            Group("question", "The question", lead=blocks(QUESTION)),
            Group("verdicts", "What was found", [_finding(one, tables) for one in in_order()], blocks(FOUND)),
            Group("gallery", "Gallery", gallery),
            Group("ledger", "Ledger of bounds", [bounds], blocks(RATIOS)),
            Group("sharpest", "Sharpest graphs", list(map(_sharpest, all_sharpest())), blocks(GRAPHS)),
            Group("not-run", "What was run, and what was not?", lead=blocks("\n\n".join(_not_run(paths, names)))),
        ],
        provenance=provenance(origin for path in paths if (origin := origin_of(path)) is not None),
    )


def _finding(finding: Finding, tables: Path) -> Section:
    """The answer to a question if the tables bear it out, and else what they do not bear out."""
    place, figures = f"finding-{finding.name}", {"figures": ", ".join(finding.figures)} if finding.figures else {}
    try:
        facts = finding.read(tables)
        untrue = finding.untrue(facts)
        refused = f"they do not say that {'; nor that '.join(untrue)}" if untrue else ""
    except ValueError as error:
        refused = str(error)
    if refused:
        return Section(place, "finding", finding.question, f"No verdict by these tables: {refused}.", facts=figures)
    answer, text, _ = sentences(finding, facts)
    return Section(place, "finding", finding.question, inline(answer), text=blocks(text), facts=figures)


def _figure(plate: Plate) -> Section:
    return Section(
        f"figure-{plate.name}",
        "figure",
        plate.title,
        "",
        question=" ".join(plate.questions),
        pictures=[Picture(data_uri(plate.picture), f"Figure: {plate.title}.", plate.caption)],
        facts={"drawn by": plate.command, "from": ", ".join(plate.tables)},
    )


def _phase_map(tables: Path) -> Section:
    table = read(tables / f"{PHASE_DIAGRAM.tables[0]}.parquet")
    return Section("phase-map", "figure", "Phase map", "", pictures=[phase_map(table)])


def _sharpest(one: Sharpest) -> Section:
    drawn = [Picture(one.picture, one.claim.name)] if one.picture else []
    sentence = Markup("{} {}").format(one.theorem, inline(one.sentence))
    return Section(anchor(one.claim), "bound", one.claim.name, "", question=sentence, pictures=drawn)


def _not_run(tables: list[Path], names: list[str]) -> Iterator[str]:
    """The end of the page of findings without its heading, and the studies that no figure shows."""
    yield closing(tables).partition("\n\n")[2]
    if unmeasured := sorted(set(study_names()) - set(studies_of(names))):
        yield f"No table of these studies is in this report: {', '.join(unmeasured)}."

"""The findings as a report has them: each in words if the tables bear it out, and else what they do not bear out."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pairbounds.figures.findings.finding import Finding, found


@dataclass(frozen=True)
class Verdict:
    """What the tables say to a question.

    Attributes
    ----------
    finding : where the question stands
    answer, text : in words, as Markdown; empty where the tables do not bear them out
    refused : why they are empty
    """

    finding: Finding
    answer: str = ""
    text: str = ""
    refused: str = ""

    @property
    def anchor(self) -> str:
        """Where it stands in a report."""
        return f"finding-{self.finding.name}"


def verdicts(tables: Path) -> Iterator[Verdict]:
    """Every finding, in the order of their page, from the tables of a folder.

    Raises
    ------
    FileNotFoundError
        A table is missing.
    """
    for finding in found().values():
        try:
            facts = finding.read(tables)
        except ValueError as error:
            yield Verdict(finding, refused=str(error))
            continue
        untrue = finding.untrue(facts)
        if untrue:  # as after a first look at few seeds
            yield Verdict(finding, refused=f"they do not say that {'; nor that '.join(untrue)}")
        else:
            yield Verdict(finding, finding.answered(facts), finding.told(facts))

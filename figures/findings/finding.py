"""What a finding is: a question, the numbers that answer it, and sentences that are true of them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import jinja2
import pandas as pd

import pairbounds.figures.findings
from pairbounds.figures.findings.wording import FILTERS, wrapped
from pairbounds.figures.prerequisites import study_of
from pairbounds.figures.renamed import read

Tables = Mapping[str, pd.DataFrame]
Facts = dict[str, Any]

CATEGORY, SUBCATEGORY = "category", "subcategory"  # the label sets of emoji that sentences name
ENVIRONMENT = jinja2.Environment(undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
ENVIRONMENT.filters |= FILTERS


def require_labels(names: Iterable[str]) -> None:
    """Ask that a table has the label sets of emoji; one that is missing is a `KeyError`."""
    for labels in (CATEGORY, SUBCATEGORY):
        if labels not in set(names):
            raise KeyError(labels)


def nothing(_: Tables) -> Facts:
    """The facts of a finding that no table holds."""
    return {}


def no_claims(_: Facts) -> dict[str, bool]:
    """The claims of a finding that no table can refute."""
    return {}


@dataclass(frozen=True)
class Finding:
    """One finding.

    Attributes
    ----------
    name : that of its module
    place : where it stands on the page; the smaller comes first
    question : its heading
    tables, figures : what it reads, and the figures that show it
    answer : one sentence, as a Jinja template over the facts
    text : further paragraphs, as a Jinja template
    facts : the numbers, from the tables
    claims : what the sentences say beside their numbers, and whether the facts bear it out
    picture, shows : a figure that lies in docs, and what is to be seen on it
    after_looking : what was decided when its data had been seen, which no interval allows for; the end of a sentence
    overturned : which measurement, of what size, would change our mind
    """

    name: str
    place: int
    question: str
    tables: tuple[str, ...]
    figures: tuple[str, ...]
    answer: str
    text: str
    facts: Callable[[Tables], Facts] = nothing
    claims: Callable[[Facts], Mapping[str, bool]] = no_claims
    picture: str = ""
    shows: str = ""
    after_looking: str = ""
    overturned: str = ""

    def read(self, folder: Path) -> Facts:
        """The facts, from the tables of a folder.

        Raises
        ------
        ValueError
            A table is not what the studies of this version write.
        """
        tables = {name: read(folder, name) for name in self.tables}
        try:
            return self.facts(tables)
        except KeyError as error:
            raise ValueError(f"finding {self.name}: the tables in {folder} lack {error}: compute them anew") from error

    def require(self, facts: Facts) -> None:
        """Refuse to say what is not true.

        Raises
        ------
        ValueError
            The first claim that the facts do not bear out.
        """
        for claim in self.untrue(facts):
            raise ValueError(f"finding {self.name}: the tables do not say that {claim}: write the finding anew")

    def untrue(self, facts: Facts) -> list[str]:
        """The claims that the facts do not bear out."""
        return [claim for claim, true in self.claims(facts).items() if not true]

    def answered(self, facts: Facts) -> str:
        """The answer, in Markdown."""
        return ENVIRONMENT.from_string(self.answer).render(facts)

    def told(self, facts: Facts) -> str:
        """The further paragraphs, in Markdown."""
        told = [ENVIRONMENT.from_string(self.text).render(facts)]
        told += [f"Decided after looking: {self.after_looking}"] if self.after_looking else []
        told += [f"What would change our mind: {self.overturned}"] if self.overturned else []
        return "\n\n".join(told)

    def render(self, facts: Facts) -> str:
        """The section of the page: question, answer, text, and where it comes from."""
        said = [f"**{self.answered(facts)}**", self.told(facts), self.sources()]
        if self.picture:
            said.append(f"![{self.shows}]({self.picture}.png)")
        return f"## {self.question}\n\n" + wrapped("\n\n".join(said)) + "\n"

    def sources(self) -> str:
        """The way from the finding to its figures, its tables and the studies that measured them; a line."""
        studies = filter(None, dict.fromkeys(study_of(table) for table in self.tables))
        places = [study.relative_to("pairbounds") for study in studies]  # in the repository, where a link leads to
        parts = {
            "Figure": [f"`{name}`" for name in self.figures],
            "Table": [f"`{name}`" for name in self.tables],
            "Measured by": [f"[{place}](../{place})" for place in places],
        }
        listed = [f"{_plural(what, names)}: {', '.join(names)}." for what, names in parts.items() if names]
        return " ".join(listed)


def _plural(what: str, names: list[str]) -> str:
    return f"{what}s" if len(names) > 1 and what != "Measured by" else what


def found() -> dict[str, Finding]:
    """Every finding by its name, which is that of its module, in their order on the page."""
    names = [module.name for module in iter_modules(pairbounds.figures.findings.__path__)]
    modules = [import_module(f"pairbounds.figures.findings.{name}") for name in names]
    findings = [module.FINDING for module in modules if hasattr(module, "FINDING")]
    return {finding.name: finding for finding in sorted(findings, key=lambda finding: (finding.place, finding.name))}

"""A finding: a question, the numbers that answer it, and the claims that its sentences make of them."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from pairbounds.figures.settings import read
from pairbounds.infrastructure.files import sidecar
from pairbounds.sweeps.studies import studies_of

Tables = Mapping[str, pd.DataFrame]
Facts = dict[str, Any]

CATEGORY, SUBCATEGORY = "category", "subcategory"  # the label sets of emoji that sentences name


def require_labels(names: Iterable[str]) -> None:
    """Ask that a table has the label sets of emoji; one that is missing is a `KeyError`."""
    for labels in (CATEGORY, SUBCATEGORY):
        if labels not in set(names):
            raise KeyError(labels)


def above_zero(contrast: tuple[float, float]) -> bool:
    """True if the interval of a mean and its half-width is above 0."""
    return contrast[0] > contrast[1]


class Of(NamedTuple):
    """Data that an answer is of; two numbers, as in "40 and 1", where it is of two kinds of data.

    Attributes
    ----------
    worlds : settings of random worlds, or data sets
    seeds : or draws, of each
    looks : comparisons that were made for the answer, such as intervals, bounds or checks
    """

    worlds: int | str
    seeds: int | str
    looks: int

    def line(self) -> str:
        """Line under the answer."""
        return f"Worlds or data sets: {self.worlds}. Seeds or draws of each: {self.seeds}. Looks: {self.looks:,}."


@dataclass(frozen=True)
class Finding:
    """A finding, named as its module; its sentences are a block of `docs/findings.md.jinja`.

    Attributes
    ----------
    question : its heading
    tables : what it reads; the figure of its module may read others
    facts : the numbers, from the tables, and under "of" the worlds, seeds and looks of the answer
    claims : what the sentences say beside their numbers, and whether the facts bear it out
    counted : facts that one point more or less decides on few seeds: `make smoke` does not compare them
    also : figures that show it beside the one of its module
    """

    question: str
    tables: tuple[str, ...]
    facts: Callable[[Tables], Facts]
    claims: Callable[[Facts], Mapping[str, bool]]
    counted: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of its module."""
        return self.facts.__module__.rpartition(".")[2]

    def read(self, folder: Path) -> Facts:
        """The facts, from the tables of a folder.

        `ValueError`: a table is not what the studies of this version write.
        """
        tables = {name: read(folder / f"{name}.parquet") for name in self.tables}
        try:
            return self.facts(tables)
        except KeyError as error:
            raise ValueError(f"finding {self.name}: the tables in {folder} lack {error}: compute them anew") from error

    def require(self, facts: Facts) -> None:
        """Refuse to say what is not true.

        `ValueError`: the first claim that the facts do not bear out.
        """
        for claim, true in self.claims(facts).items():
            if not true:
                raise ValueError(f"finding {self.name}: the tables do not say that {claim}: write the finding anew")

    def sources(self, folder: Path) -> str:
        """A line: the finding's figures, its tables in a folder, and the studies that measured them.

        A table whose study is gone is of a finished experiment: the line has the commit of its sidecar.
        """
        studies = studies_of(self.tables)
        modules = [study.measure.__module__.split(".") for study in studies]
        places = [f"{'/'.join(parts[1:])}.py" for parts in modules]
        figures, tables = ([f"`{name}`" for name in names] for names in ((self.name, *self.also), self.tables))
        finished = [name for name in self.tables if not any(name in study.tables for study in studies)]
        commits: dict[str, list[str]] = {}
        for name in finished:
            commits.setdefault(_commit(folder / f"{name}.parquet"), []).append(f"`{name}`")
        measured = [
            *(f"[{place}](../{place})" for place in places),
            *(f"code of commit `{commit}` ({', '.join(names)})" for commit, names in commits.items()),
        ]
        return f"{_counted('Figure', figures)} {_counted('Table', tables)} Measured by: {', '.join(measured)}."


def _commit(table: Path) -> str:
    """The commit whose code measured a table, and "-dirty" if files differed from it."""
    commit, *changed = str(json.loads(sidecar(table).read_bytes())["commit"]).split("-", 1)
    return "-".join([commit[:12], *changed])


def _counted(noun: str, names: list[str]) -> str:
    plural = "s" if len(names) > 1 else ""
    return f"{noun}{plural}: {', '.join(names)}."

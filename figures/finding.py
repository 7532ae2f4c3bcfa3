"""Findings: a question, the numbers that answer it, and claims that its sentences make."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from pairbounds.figures.settings import read
from pairbounds.figures.summaries import Estimate
from pairbounds.infrastructure.files import sidecar
from pairbounds.sweeps.studies import studies_of

Tables = Mapping[str, pd.DataFrame]
Facts = dict[str, Any]

CATEGORY, SUBCATEGORY = "category", "subcategory"  # label sets of emoji


def require_labels(names: Iterable[str]) -> None:
    """Raise `KeyError` unless a table has both label sets of emoji."""
    for labels in (CATEGORY, SUBCATEGORY):
        if labels not in set(names):
            raise KeyError(labels)


def above_zero(estimate: Estimate) -> bool:
    """True if the interval is above 0."""
    mean, half = estimate
    return mean > half


class Of(NamedTuple):
    """Amount of data behind an answer; two numbers, such as "40 and 1", for two kinds of data.

    Attributes
    ----------
    worlds : number of settings of random worlds, or of data sets
    seeds : number of seeds or draws of each
    looks : number of comparisons for the answer, such as intervals, bounds or checks
    """

    worlds: int | str
    seeds: int | str
    looks: int

    def line(self) -> str:
        """Line below the answer."""
        return f"Worlds or data sets: {self.worlds}. Seeds or draws of each: {self.seeds}. Looks: {self.looks:,}."


@dataclass(frozen=True)
class Finding:
    """A finding, named as its module; its sentences are a block of `docs/findings.md.jinja`.

    Attributes
    ----------
    question : heading of the finding
    tables : tables of the finding; the figure of its module may read others
    facts : computes the numbers from the tables, with worlds, seeds and looks under "of"
    claims : maps each claim of the sentences to whether the facts support it
    counted : facts that a single point can change if there are few seeds; `make smoke` does not compare them
    also : other figures that show the finding
    """

    question: str
    tables: tuple[str, ...]
    facts: Callable[[Tables], Facts]
    claims: Callable[[Facts], Mapping[str, bool]]
    counted: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the module."""
        return self.facts.__module__.rpartition(".")[2]

    def read(self, folder: Path) -> Facts:
        """Facts from the tables of a folder.

        `ValueError`: a table was not written by the studies of this version.
        """
        tables = {name: read(folder / f"{name}.parquet") for name in self.tables}
        try:
            return self.facts(tables)
        except KeyError as error:
            raise ValueError(f"finding {self.name}: the tables in {folder} lack {error}: compute them again") from error

    def require(self, facts: Facts) -> None:
        """Check that the facts support all claims.

        `ValueError`: names the first claim that they do not support.
        """
        for claim, true in self.claims(facts).items():
            if not true:
                raise ValueError(f"finding {self.name}: the tables do not support the claim that {claim}: rewrite it")

    def sources(self, folder: Path) -> str:
        """Line with the finding's figures, its tables in a folder, and the studies that measured them.

        For a table of a finished experiment without a study, the line has the commit from the sidecar.
        """
        studies = studies_of(self.tables)
        modules = dict.fromkeys(study.measure.__module__ for study in studies)
        places = [f"{'/'.join(module.split('.')[1:])}.py" for module in modules]
        figures, tables = ([f"`{name}`" for name in names] for names in ((self.name, *self.also), self.tables))
        finished = [name for name in self.tables if not any(name in study.tables for study in studies)]
        commits: dict[str, list[str]] = {}
        for name in finished:
            commits.setdefault(_commit(folder / f"{name}.parquet"), []).append(f"`{name}`")
        measured = [
            *(f"[{path}](../{path})" for path in places),
            *(f"code of commit `{commit}` ({', '.join(names)})" for commit, names in commits.items()),
        ]
        return f"{_counted('Figure', figures)} {_counted('Table', tables)} Measured by: {', '.join(measured)}."


def _commit(table: Path) -> str:
    """Commit of the code that measured a table, with "-dirty" if files differed from it."""
    commit, *changed = str(json.loads(sidecar(table).read_bytes())["commit"]).split("-", 1)
    return "-".join([commit[:12], *changed])


def _counted(noun: str, names: list[str]) -> str:
    plural = "s" if len(names) > 1 else ""
    return f"{noun}{plural}: {', '.join(names)}."

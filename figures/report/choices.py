"""A table of `pairbounds choose --out`: the answer in words, and the candidates with their intervals."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from pairbounds.figures.report.contents import Section, Table
from pairbounds.figures.report.origin import Origin
from pairbounds.theory.questions.choice_table import readable

COLUMNS = {"candidate", "difference", "from", "to", "verdict", "needed"}  # of every such table


def is_choice(columns: Iterable[str]) -> bool:
    """Test that these are the columns of a table of `choose`."""
    return set(columns) >= COLUMNS


def section(path: Path, frame: pd.DataFrame, origin: Origin | None) -> Section:
    """The section of such a table, whose words are in its sidecar."""
    words = [] if origin is None else [*map(str, origin.configuration.get("words", []))]
    rows = readable(frame.assign(verdict=frame["verdict"].fillna("")))
    return Section(
        "choice",
        f"Choice in {path.name}",
        words[-1] if words else "",
        tables=[Table("Candidates, best first, with 95% intervals", rows)],
        notes=words[:-1],
        origins=[origin] if origin else [],
    )

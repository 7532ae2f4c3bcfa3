"""Machine-checked statements: their text, from `theory/formal/Statements.v`, whose proofs `make formal` checks."""

import re
from functools import cache
from pathlib import Path

import pairbounds.theory

FOLDER = Path(next(iter(pairbounds.theory.__path__))) / "formal"


def coq_statement(formal: str) -> str:
    """The proposition, in Coq, that a theorem "file.v:name" proves; its name is also that of the theorem.

    Raises
    ------
    ValueError
        `Statements.v` has no proposition of this name.
    """
    name = formal.rpartition(":")[2]
    found = re.search(rf"^Definition {re.escape(name)} :=.*?\.$", _statements(), re.DOTALL | re.MULTILINE)
    if found is None:
        raise ValueError(f"formal={formal!r}: {FOLDER / 'Statements.v'} has no proposition {name!r}")
    return found[0]


@cache
def _statements() -> str:
    return (FOLDER / "Statements.v").read_text(encoding="utf-8")

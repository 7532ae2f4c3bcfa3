"""Machine-checked statements: their text and axioms, from `theory/formal`, whose proofs `make formal` checks."""

import re
from functools import cache
from pathlib import Path

import pairbounds.theory
from pairbounds.theory.bounds.registry import Bound
from pairbounds.theory.bounds.statements import Statement

FOLDER = Path(next(iter(pairbounds.theory.__path__))) / "formal"
AXIOMS = ("propositional_extensionality", "functional_extensionality_dep", "constructive_indefinite_description")


@cache
def _proved() -> dict[str, str]:
    """Coq theorems "file.v:name" in `theory/formal` by the names of their rows."""
    theorem = re.compile(r"^Theorem (\w+) .*?: (?:Log)?Statements\.\1 R\.$", re.MULTILINE)
    files = sorted(path.name for path in FOLDER.glob("theorem*.v"))
    return {name.replace("_", "-"): f"{file}:{name}" for file in files for name in theorem.findall(_text(file))}


def machine_checked(row: Bound | Statement) -> str | None:
    """Coq theorem that proves a row of the ledger, "file.v:name" in `theory/formal`; `None` without one."""
    return None if isinstance(row, Bound) and row.foreign else _proved().get(row.name)


def coq_statement(formal: str) -> str:
    """Coq proposition of a theorem "file.v:name", which has the same name; empty if there is none."""
    name = formal.rpartition(":")[2]
    return _stated(name, "Statements.v") or _stated(name, "LogStatements.v")


def axioms(formal: str) -> tuple[str, ...]:
    """Axioms that a theorem "file.v:name" may use: those of MathComp Analysis, if it has logarithms."""
    file, _, name = formal.partition(".v:")
    free = _stated(name, "Statements.v") or "LogStatements" not in _text(f"{file}.v")
    return () if free else AXIOMS


def foundation(formal: str) -> str:
    """Axioms in words, to follow "proves in Coq"."""
    named = axioms(formal)
    if not named:
        return "without an axiom"
    return f"from the axioms of MathComp Analysis, {', '.join(named[:-1])} and {named[-1]}"


def _stated(name: str, file: str) -> str:
    match = re.search(rf"^Definition {re.escape(name)} :=.*?\.$", _text(file), re.DOTALL | re.MULTILINE)
    return match[0] if match else ""


@cache
def _text(file: str) -> str:
    return (FOLDER / file).read_text(encoding="utf-8")

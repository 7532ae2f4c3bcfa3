"""Explanation of a bound from its docstring and its theorem's: `pairbounds ledger NAME`."""

import inspect
import sys
from types import ModuleType

from pairbounds.theory.bounds.registry import NEEDED, Bound, Subject
from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.bounds.theorems import THEOREMS
from pairbounds.theory.ledger.formal import coq_statement, foundation, machine_checked
from pairbounds.theory.ledger.reasons import STATUS_MEANS, beaten_by, kept, sharpness

RELATIONS = {"<=": "an upper bound on", ">=": "a lower bound on", "=": "the value of"}
SUBJECTS: dict[Subject, str] = {
    "optimum": "the optimal embedding of width k, so it needs pairs and labels only",
    "encoder": "every embedding of width k; without features it is evaluated at the optimum",
    "penalised optimum": "the optimal embedding of width k under a penalty",
    "penalised encoder": "every embedding of width k, trained under a penalty",
    "critic": "every critic `s(x, l) = f(x)ᵀ g(l)`",
}


def explanation(claim: Bound) -> list[str]:
    """Paragraphs of the explanation: statement, hypotheses, the theorem's docstring, tests."""
    title, text = "A bound of your own", ""
    if claim.theorem is not None:
        title, text = title_and_text(sys.modules[claim.evaluate.__module__])
    subject = f"it is about {SUBJECTS[claim.subject]}"
    if claim.subject in NEEDED:
        subject += f", and `check_bounds` evaluates it if {NEEDED[claim.subject]}= is given"
    paragraphs = [
        f"{claim.name}: {RELATIONS[claim.relation]} {claim.quantity}. {title}.",
        f"Statement: {claim.statement}",
        f"Status: {claim.status}, {STATUS_MEANS[claim.status]}.",
        f"Hypotheses: {subject}. {' '.join(claim.remarks.split())}".rstrip(),
        *_paragraphs(text),
    ]
    if claim.corollary_of is not None:
        paragraphs.append(f"Corollary: at the same cost {beaten_by(claim)} is never above it.")
    paragraphs += _proof_in_coq(claim)
    if claim.theorem is not None:
        paragraphs += [f"Kept: {kept(claim)}.", f"Sharpest known: {sharpness(claim)}."]
        theorem = claim.evaluate.__module__.rpartition(".")[2].partition("_")[0]
        paragraphs.append(f"Tested in: tests/bounds/test_every_bound.py, with tests/bounds/checks/{theorem}.py.")
    return paragraphs


def explanation_of_statement(statement: Statement) -> list[str]:
    """Paragraphs of the explanation of a statement without a row in `check_bounds`."""
    module = next(theorem for theorem in THEOREMS if statement in getattr(theorem, "STATEMENTS", ()))
    title, text = title_and_text(module)
    return [
        f"{statement.name}: a statement without a row in `check_bounds`. {title}.",
        f"Statement: {statement.statement}",
        *_paragraphs(text),
        *_proof_in_coq(statement),
        f"Kept: {kept(statement)}.",
        f"Computed by: {statement.place}.",
        f"Tested in: {statement.tested_in}.",
    ]


def _paragraphs(text: str) -> list[str]:
    return [" ".join(paragraph.split()) for paragraph in text.split("\n\n") if paragraph]


def _proof_in_coq(row: Bound | Statement) -> list[str]:
    """Coq statement of a machine-checked row; empty for other rows."""
    if (formal := machine_checked(row)) is None:
        return []
    head = f"Machine-checked: theory/formal/{formal} proves in Coq, {foundation(formal)}:"
    return [head, *coq_statement(formal).splitlines()]


def title_and_text(module: ModuleType) -> tuple[str, str]:
    """Title of a theorem's module, and the text below it."""
    title, _, text = inspect.cleandoc(module.__doc__ or "").partition("\n")
    return title.rstrip("."), text.strip()

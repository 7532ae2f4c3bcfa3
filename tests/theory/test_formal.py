"""The Coq files of `theory/formal`, read without Coq: machine-checked statements are in them and assume nothing."""

import re

import pytest

from pairbounds import BOUNDS
from pairbounds.theory.bounds.theorems import STATEMENTS, THEOREMS
from pairbounds.theory.ledger.explanation import explanation
from pairbounds.theory.ledger.formal import AXIOMS, axioms, coq_statement, foundation, machine_checked
from tests.reliability import formal_uses
from tests.reliability.formal import CLOSED, digest, objections, sources, unexpected

CHECKED = {name: statement for name, statement in {**BOUNDS, **STATEMENTS}.items() if machine_checked(statement)}


@pytest.mark.parametrize("name", CHECKED)
def test_machine_checked_statements_have_their_theorem_in_the_file_of_their_module(name):
    claim = CHECKED[name]
    formal = machine_checked(claim)
    file, _, theorem = formal.partition(".v:")
    lists = {module.__name__: getattr(module, "STATEMENTS", ()) for module in THEOREMS}
    name_of_module = next((module for module in lists if claim in lists[module]), None)
    module = claim.evaluate.__module__ if name in BOUNDS else name_of_module
    assert name in STATEMENTS or claim.status == "exact"
    assert file in module
    assert theorem == name.replace("-", "_")
    parameters = "(R : realType) : LogStatements" if axioms(formal) else "(R : rcfType) : Statements"
    assert f"\nTheorem {theorem} {parameters}.{theorem} R.\nProof." in sources()[file]
    assert coq_statement(formal).startswith(f"Definition {theorem} :=")


def test_every_proposition_of_the_statements_is_proved():
    files = ("Statements", "LogStatements")
    stated = {
        (file, name) for file in files for name in re.findall(r"^Definition (\w+) := forall", sources()[file], re.M)
    }
    proved = {
        proof for text in sources().values() for proof in re.findall(r": (\w*Statements)\.(\w+) R\.$", text, re.M)
    }
    assert stated == proved
    assert {machine_checked(proof).partition(":")[2] for proof in CHECKED.values()} <= {name for _, name in stated}


def test_the_statements_without_logarithms_and_their_proofs_need_no_analysis():
    for file, text in sources().items():
        if file == "Statements" or ": Statements." in text:
            assert not re.search(r"^From mathcomp .*\breals\b|LogStatements", text, re.M), file


def test_a_theorem_rests_on_nothing_but_the_axioms_that_its_row_names():
    free, logarithms = "theorem04_linear_probe.v:probe_mse", "theorem10_infonce.v:infonce_entropy"
    axioms_text = "Axioms:\n" + "\n".join(f"boolp.{axiom} :\n  forall A : Type, A" for axiom in AXIOMS)
    for name in (free, logarithms):
        assert unexpected(name, CLOSED) == []
        assert unexpected(name, "Axioms:\nfalse : False") == ["false"]
        assert unexpected(name, "") == ["nothing"]
    assert unexpected(logarithms, axioms_text) == []
    assert unexpected(free, axioms_text) == [f"boolp.{axiom}" for axiom in AXIOMS]
    assert unexpected(logarithms, axioms_text.replace("boolp", "Other")) == [f"Other.{axiom}" for axiom in AXIOMS]
    assert (axioms(free), foundation(free)) == ((), "without an axiom")
    assert all(axiom in foundation(logarithms) for axiom in axioms(logarithms))


@pytest.mark.parametrize("file", sources())
def test_the_formal_files_assume_nothing(file):
    assert objections(sources()[file]) == []


@pytest.mark.parametrize(
    ("text", "objection"),
    [
        ("Lemma a : 0 = 1. Admitted.", "Admitted"),
        ("Lemma a : 0 = 1. Proof. (* no (* not *) *) admit. Qed.", "admit"),
        ("Section S. Variable a : nat. End S.\nHypothesis b : 0 = 1.", "Hypothesis outside a section"),
        ("Module M. Variable a : False. End M.", "Variable outside a section"),
        ("#[bypass_check(guard)] Fixpoint f (n : nat) : nat := f n.", "bypass_check"),
        ("Local Axiom a : 0 = 1.", "Axiom"),
    ],
)
def test_an_assumption_is_detected(text, objection):
    assert objection in objections(text)


def test_the_explanation_shows_the_machine_checked_statement():
    for name, claim in CHECKED.items():
        formal = machine_checked(claim)
        if name in BOUNDS:
            text = explanation(claim)
            assert f"Machine-checked: theory/formal/{formal} proves in Coq, {foundation(formal)}:" in text
            assert set(coq_statement(formal).splitlines()) <= {*text}
    assert "  mse P y f B <= alphaT P y / (1 - value l k)." in explanation(BOUNDS["probe-mse"])
    assert not any(line.startswith("Machine-checked") for line in explanation(BOUNDS["image-error-haochen"]))


def test_the_stored_uses_are_of_these_proofs_and_small():
    text = formal_uses.PATH.read_text(encoding="utf-8")
    assert text.partition("\n")[0] == f"{formal_uses.DIGEST}{digest(sources())}", "run `make formal`"
    assert len(text) < 200_000


def test_uses_lead_from_proof_to_proof_through_definitions(tmp_path):
    node = 'N: {} "{}" [body=yes, kind=cnst, prop={}, path="{}", ];\n'
    graph = "".join(
        node.format(*row)
        for row in ((1, "a", "yes", "A"), (2, "d", "no", "A"), (3, "b", "yes", "A"), (4, "c", "yes", "B"))
    )
    uses = formal_uses.proofs(
        graph + "E: 1 2 [weight=1, ];\nE: 2 4 [weight=1, ];\nE: 1 3 [weight=2, ];\nE: 3 4 [weight=1, ];\n"
    )
    assert uses == {("A", "a"): {("A", "b"), ("B", "c")}, ("A", "b"): {("B", "c")}, ("B", "c"): set()}
    formal_uses.keep(uses, "digest", tmp_path / "uses.csv")
    assert (tmp_path / "uses.csv").read_text() == (
        f"{formal_uses.DIGEST}digest\nfile,constant,uses\nA,a,b B.c\nA,b,B.c\nB,c,\n"
    )

"""Verdicts as theorems of Coq: the file is about the graph, and a file that was tampered with does not compile."""

import json
import os
import re
import shutil
from fractions import Fraction

import numpy as np
import pytest

from pairbounds import PairGraph, prove
from pairbounds.__main__ import app
from pairbounds.theory.ledger.formal import FOLDER
from pairbounds.theory.proofs import coq_check, places, prove_in_coq
from pairbounds.theory.proofs.decimals import written
from pairbounds.theory.proofs.verify import Refusal
from tests.families import family_graph
from tests.reliability.formal import sources
from tests.theory.proofs.verifier import saved, verifier

TINY = PairGraph([[8, 1, 0], [6, 2, 0], [0, 1, 9], [0, 0, 7]], [0, 0, 1, 1])


def numbers(text, name):
    """The integers of a definition of rows."""
    rows = re.findall(rf"^Definition {name}_\d+ : seq Z := integers \[:: (.*)\]\.$", text, re.M)
    return [[int(number.strip("()"), 16) for number in row.split("; ")] for row in rows]


@pytest.mark.parametrize("family", ["dense_random", "latent_captions", "nearly_disconnected", "twins"])
def test_the_file_is_about_the_graph(family):
    graph = family_graph(family, 0, 8)
    proved = prove_in_coq(graph, 3)
    weights = np.array(numbers(proved.text, "weights"), dtype=object)
    joint = graph.joint.toarray()
    total, exact = Fraction(int(weights.sum())), sum(map(Fraction, joint.ravel().tolist()))
    assert all(Fraction(w) / total == Fraction(p) / exact for w, p in zip(weights.ravel(), joint.ravel(), strict=True))
    assert f"SHA-256 of its sizes, weights and labels: {prove(graph, 3).graph}.\n" in proved.text
    _, classes = np.unique(graph.left_labels, return_inverse=True)
    assert f"[:: {'; '.join(f'{c}%nat' for c in classes)}] {max(classes)}%nat." in proved.text


@pytest.mark.parametrize(("size", "k"), [(6, 1), (6, 2), (8, 2)])
@pytest.mark.parametrize("penalty", [None, 0.6])
def test_the_verifier_proves_the_vote_of_the_coq_file(size, k, penalty, tmp_path):
    graph = family_graph("wide", 0, size)
    proof, parsed = prove_in_coq(graph, k, penalty=penalty), verifier.read(saved(graph, tmp_path))
    (vote,) = (claim for claim in proof.claims if claim.filter)
    (said_of,) = re.findall(
        rf"^Theorem theorem_1\d_votes : error_at_most counts {k} \d \d (\d+) (\d+)\.$", proof.text, re.M
    )
    assert Fraction(*map(int, said_of)) == vote.value == proof.value("probe_error") < 1
    record = json.loads(json.dumps(proof.record()))
    assert len(verifier.check(parsed, record)) == len(proof.claims)
    record["claims"][-1]["value"] = written(vote.value - Fraction(1, 10**9))
    with pytest.raises(verifier.Refusal):
        verifier.check(parsed, record)


def test_a_graph_too_large_for_coq_is_rejected_before_the_work(tmp_path, call):
    path = saved(family_graph("dense_random", 1, 120), tmp_path)
    code, out, error = call(app, "check", path, "--k", 2, "--proof", tmp_path / "proof.v")
    assert code == 2
    assert "nodes are too many for Coq: " in error
    assert out == ""


def test_the_command_writes_a_coq_file_by_its_suffix(tmp_path, call):
    path, proof = saved(TINY, tmp_path), tmp_path / "proof.v"
    code, out, _ = call(app, "check", path, "--k", 2, "--proof", proof)
    assert code == 0
    assert f"to check it: pairbounds check {path} --proof {proof} --verify\n" in out
    assert proof.read_text() == prove_in_coq(TINY, 2).text


def replaced(old, new):
    """Tampering that replaces the first match of a pattern."""
    return lambda text: re.sub(old, new, text, count=1, flags=re.M)


def raised(name, row, line_number, increase):
    """Tampering that makes one integer of a row larger."""

    def tampered(text):
        result = numbers(text, name)[row]
        result[line_number] += increase
        listed = "; ".join(f"({hex(number)})" for number in result)
        return replaced(rf"^(Definition {name}_{row} : seq Z := integers).*$", rf"\1 [:: {listed}].")(text)

    return tampered


TAMPERED = {
    "a label": replaced(r"\[:: 0%nat; 0%nat; 1%nat", "[:: 0%nat; 1%nat; 1%nat"),
    "a smaller width": lambda text: re.sub(r"\((4|3), 2\)", r"(\1, 1)", text).replace("Place 2%nat", "Place 1%nat"),
    "a lower place": replaced(r"(Place 2%nat) \d+", r"\1 1"),
    "V": raised("basis", 0, 0, 2**55),
    "a polynomial": replaced(r"^  \[:: \d", "  [:: "),
    "the bound": replaced(r"(mse_at_most counts 2 0 1) \d+", r"\1 1"),
    "with a penalty everywhere": lambda text: text.replace(" 0 1", " 1 2"),
    "the bound of a vote": lambda text: re.sub(
        r"^((?:  \d+)(?: \d+){5} |.*error_at_most counts 2 0 1 )\d+", r"\g<1>1", text, flags=re.M
    ),
}
# Whatever these say, Coq compiles most of them: they are told by their bytes, and Coq never sees them.
FORGED = {
    "bytes of no text": lambda text: text + "\udcff",
    "numbers of any length": replaced(r"(mse_at_most counts 2 0 1) \d+", rf"\1 {'9' * 10**6}"),
    "a width of no graph": lambda text: text.replace("Place 2%nat", "Place 99%nat").replace("counts 2 ", "counts 99 "),
    "a quotient by nothing": lambda text: re.sub(r"(\d\]) 10{5,} (?=\d)", r"\1 0 ", text),
    "a theorem of no number": lambda text: text.replace("heorem 4.", "heorem 5.").replace("theorem_4", "theorem_5"),
    "a place from below that nothing shows": replaced(r"^(  \d+ \d+) \d+ \d+", r"\1 1 1"),
    "V of large integers": raised("basis", 0, 0, 2**63),
}


@pytest.fixture
def coqc_seen(tmp_path, monkeypatch):
    """Files that a `coqc` is given, which finds no fault and no axiom."""
    program, folder = tmp_path / "bin" / "coqc", tmp_path / "seen"
    program.parent.mkdir()
    folder.mkdir()
    program.write_text(
        f'#!/bin/sh\nfor file; do :; done\ncp "$file" {folder}\n'
        f"""sed -n 's/^Print Assumptions theorem_.*/Closed under the global context/p' "$file"\n"""
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    return folder


@pytest.mark.parametrize("penalty", [None, 0.6])
def test_coq_gets_a_regenerated_file_with_the_same_bytes(penalty, tmp_path, call, coqc_seen):
    path, proof = saved(TINY, tmp_path), tmp_path / "proof.v"
    prove_in_coq(TINY, 2, penalty=penalty).save(proof)
    code, out, err = call(app, "check", path, "--proof", proof, "--verify")
    assert (code, err) == (0, "")
    subject = f"width 2, {'penalty 0.6' if penalty else 'no penalty'}"
    assert re.match(
        rf"PROVED probe_mse <= 0\.\d+ \(theorem {18 if penalty else 4}, {subject}\)\nPROVED probe_error <= ", out
    )
    assert {file.name for file in coqc_seen.iterdir()} >= {"proof.v", "OneGraph.v", "Statements.v"}
    assert (coqc_seen / "proof.v").read_bytes() == proof.read_bytes()
    assert all((coqc_seen / f"{name}.v").read_text() == sources()[name] for name in ("OneGraph", "Statements"))


@pytest.mark.parametrize("way", TAMPERED | FORGED)
def test_a_tampered_file_is_rejected_before_coq_runs(way, tmp_path, call, coqc_seen):
    path, proof, text = saved(TINY, tmp_path), tmp_path / "proof.v", prove_in_coq(TINY, 2).text
    tampered = (TAMPERED | FORGED)[way](text)
    assert tampered != text
    proof.write_bytes(tampered.encode(errors="surrogateescape"))
    code, out, err = call(app, "check", path, "--proof", proof, "--verify")
    assert (code, out, [*coqc_seen.iterdir()]) == (1, "", [])
    assert err.startswith("NOT PROVED: ")
    assert err.count("\n") == 1


def test_a_file_with_any_changed_byte_is_rejected(tmp_path, monkeypatch):
    """A byte more, a byte less, or another byte: 60 of each."""
    text, proof, rng = prove_in_coq(TINY, 2).text, tmp_path / "proof.v", np.random.default_rng(0)
    monkeypatch.setenv("PATH", str(tmp_path))
    for index in rng.integers(len(text), size=60):
        other = "." if text[index] == " " else " "
        for inserted, end in (("", index + 1), (" ", index), (other, index + 1)):
            proof.write_text(text[:index] + inserted + text[end:])
            with pytest.raises(Refusal):
                coq_check.verify_coq(TINY, proof, FOLDER)


def test_without_coq_verify_says_what_it_checked(tmp_path, call, monkeypatch):
    path, proof = saved(TINY, tmp_path), tmp_path / "proof.v"
    prove_in_coq(TINY, 2).save(proof)
    monkeypatch.setenv("PATH", str(tmp_path))
    code, out, _ = call(app, "check", path, "--proof", proof, "--verify")
    assert code == 0
    assert out.count("CHECKED probe_") == 5
    assert "PROVED" not in out
    assert "not checked by Coq, for there is no coqc here" in out


def test_a_certificate_with_other_last_digits_has_the_same_verdict(tmp_path, call, monkeypatch):
    """As if from a processor with other eigenvectors: the file is rebuilt from its own integers."""
    path, proof = saved(TINY, tmp_path), tmp_path / "proof.v"
    with monkeypatch.context() as patch:
        patch.setattr(places, "_integers", lambda basis: np.rint(basis * 2.0**places.BITS + 99).astype(int).tolist())
        prove_in_coq(TINY, 2).save(proof)
    assert proof.read_text() != prove_in_coq(TINY, 2).text
    monkeypatch.setenv("PATH", str(tmp_path))
    code, out, _ = call(app, "check", path, "--proof", proof, "--verify")
    assert (code, out.count("CHECKED probe_")) == (0, 5)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """Folder of the compiled theory, as far as a verdict needs it."""
    if shutil.which("coqc") is None:
        pytest.skip("there is no coqc: `make formal` says how to get it")
    folder = tmp_path_factory.mktemp("formal")
    for name in coq_check.files_needed(FOLDER, prove_in_coq(TINY, 2).text, {}):
        shutil.copy(FOLDER / f"{name}.v", folder)
        assert coq_check.run_coqc(folder, f"{name}.v")[0] == ""
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("penalty", [None, 0.6])
def test_coq_checks_the_file(penalty, compiled):
    (compiled / "proof.v").write_text(prove_in_coq(TINY, 2, penalty=penalty).text)
    failure, output = coq_check.run_coqc(compiled, "proof.v")
    assert failure == ""
    assert set(output.splitlines()) == {"Closed under the global context"}


@pytest.mark.slow
@pytest.mark.parametrize("way", TAMPERED)
def test_a_tampered_file_does_not_compile(way, compiled):
    (compiled / "proof.v").write_text(TAMPERED[way](prove_in_coq(TINY, 2).text))
    assert "Error" in coq_check.run_coqc(compiled, "proof.v")[0]

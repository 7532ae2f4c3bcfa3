"""Verdicts as theorems of Coq: the file is about the graph, and a file that was tampered with does not compile."""

import json
import re
import shutil
import subprocess
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from pairbounds import PairGraph, prove
from pairbounds.__main__ import app
from pairbounds.theory.ledger.formal import FOLDER
from pairbounds.theory.proofs import coq, prove_in_coq
from pairbounds.theory.proofs.decimals import written
from pairbounds.theory.proofs.places import left_places
from tests.families import GRAPHS
from tests.reliability.formal import in_order, sources
from tests.theory.proofs.verifier import saved, verifier

TINY = PairGraph([[8, 1, 0], [6, 2, 0], [0, 1, 9], [0, 0, 7]], [0, 0, 1, 1])


def numbers(text, name):
    """The integers of a definition of rows."""
    rows = re.findall(rf"^Definition {name}_\d+ : seq Z := integers \[:: (.*)\]\.$", text, re.M)
    return [[int(each.strip("()"), 16) for each in row.split("; ")] for row in rows]


@pytest.mark.parametrize("family", ["dense_random", "latent_captions", "nearly_disconnected", "twins"])
def test_the_file_is_about_the_graph(family):
    graph = GRAPHS[family](np.random.default_rng(0), 8)
    proved = prove_in_coq(graph, 3)
    weights = np.array(numbers(proved.text, "weights"), dtype=object)
    joint = graph.joint.toarray()
    total, exact = Fraction(int(weights.sum())), sum(map(Fraction, joint.ravel().tolist()))
    assert all(Fraction(w) / total == Fraction(p) / exact for w, p in zip(weights.ravel(), joint.ravel(), strict=True))
    assert f"SHA-256 of its sizes, weights and labels: {prove(graph, 3).graph}.\n" in proved.text
    _, classes = np.unique(graph.left_labels, return_inverse=True)
    assert f"[:: {'; '.join(f'{c}%nat' for c in classes)}] {max(classes)}%nat." in proved.text


def test_the_example_of_the_theory_is_such_a_file():
    example, text = sources()["Verdict"], prove_in_coq(TINY, 2).text
    assert numbers(example, "weights") == numbers(text, "weights")
    assert re.findall("^Theorem.*", example, re.M) == re.findall("^Theorem.*", text, re.M)


@pytest.mark.parametrize("graph", [TINY, GRAPHS["dense_random"](np.random.default_rng(4), 20)])
def test_its_values_are_those_of_the_other_proof(graph):
    for penalty in (None, 0.6):
        theirs, ours = prove(graph, 2, penalty=penalty, hops=8), prove_in_coq(graph, 2, penalty=penalty)
        for quantity in ("probe_mse", "probe_error"):
            values = {it.theorem: it.value for it in theirs.claims if it.quantity == quantity and it.theorem != 16}
            found = {it.theorem: it.value for it in ours.proof.claims if it.quantity == quantity and it.theorem != 16}
            assert found.keys() == values.keys()
            assert all(0 <= found[theorem] - values[theorem] < 1e-9 for theorem in found)
        (penalised,) = {"penalised_minimiser" in ours.text}
        assert penalised == (penalty is not None)


@pytest.mark.parametrize(("size", "k"), [(6, 1), (6, 2), (8, 2)])
@pytest.mark.parametrize("penalty", [None, 0.6])
def test_what_a_vote_proves_there_the_verifier_proves_too(size, k, penalty, tmp_path):
    graph = GRAPHS["wide"](np.random.default_rng(0), size)
    ours, read = prove_in_coq(graph, k, penalty=penalty), verifier.Graph(saved(graph, tmp_path))
    (vote,) = (claim for claim in ours.proof.claims if claim.filter)
    (said_of,) = re.findall(r"^  \(error .* f B <= iR (\d+) / iR (\d+)\)%R\.$", ours.text, re.M)
    assert Fraction(*map(int, said_of)) == vote.value == ours.value("probe_error") < 1
    record = json.loads(json.dumps(ours.proof.record()))
    assert len(verifier.check(read, record)) == len(ours.proof.claims)
    record["claims"][-1]["value"] = written(vote.value - Fraction(1, 10**9))
    with pytest.raises(verifier.Refusal):
        verifier.check(read, record)


@pytest.mark.parametrize("penalty", [None, 0.6])
def test_a_vote_that_adds_nothing_is_left_out(penalty):
    ours = prove_in_coq(GRAPHS["one_class"](np.random.default_rng(0), 6), 1, penalty=penalty)
    assert not any(claim.filter for claim in ours.proof.claims)
    assert "vote_ok" not in ours.text
    number = 18 if penalty else 16
    assert re.search(
        rf"^\(\* Theorem {number}, votes: left out, for \S+e-\d\d is not below 1, or not below ", ours.text, re.M
    )


def test_where_the_place_from_below_is_too_high_it_is_not_used(monkeypatch):
    def raised_places(*of):
        found = left_places(*of)
        return replace(found, at_least=found.at_least + Fraction(1, 8))

    before = prove_in_coq(TINY, 2)
    monkeypatch.setattr(coq, "left_places", raised_places)
    after = prove_in_coq(TINY, 2)
    assert "lower_ok" in before.text
    assert "lower_ok" not in after.text
    assert before.value("probe_error") < after.value("probe_error")


def test_a_graph_that_is_too_large_is_refused_before_the_work(tmp_path, call):
    path = saved(GRAPHS["dense_random"](np.random.default_rng(1), 120), tmp_path)
    code, out, error = call(app, "check", path, "--k", 2, "--proof", tmp_path / "proof.v")
    assert code == 2
    assert "nodes are too many for Coq: " in error
    assert out == ""


def test_the_command_writes_it_by_its_suffix(tmp_path, call):
    path, proof = saved(TINY, tmp_path), tmp_path / "proof.v"
    code, out, _ = call(app, "check", path, "--k", 2, "--proof", proof)
    assert code == 0
    assert f"to check it: its head has the commands, with {FOLDER}" in out
    assert proof.read_text() == prove_in_coq(TINY, 2).text
    assert call(app, "check", path, "--k", 2, "--proof", proof)[0] == 0  # its own file is replaced
    proof.write_text("(* mine *)")
    assert call(app, "check", path, "--k", 2, "--proof", proof)[0] == 2


def replaced(old, new):
    """Tampering that replaces the first match of a pattern."""
    return lambda text: re.sub(old, new, text, count=1, flags=re.M)


def raised(name, row, place, by):
    """Tampering that makes one integer of a row larger."""

    def tampered(text):
        found = numbers(text, name)[row]
        found[place] += by
        listed = "; ".join(f"({hex(number)})" for number in found)
        return replaced(rf"^(Definition {name}_{row} : seq Z := integers).*$", rf"\1 [:: {listed}].")(text)

    return tampered


TAMPERED = {
    "a weight": raised("weights", 0, 0, 2**50),
    "another weight": raised("weights", 3, 2, 1),
    "a weight from nothing": raised("weights", 0, 2, 2**50),
    "a negative weight": raised("weights", 1, 2, -1),
    "rows exchanged": replaced(r"\[:: weights_0; weights_1", "[:: weights_1; weights_0"),
    "a row twice": replaced(r"weights_2; weights_3", "weights_2; weights_2"),
    "a row dropped": replaced(r"; weights_3\]", "]"),
    "a column dropped": replaced(r"^(Definition weights_0.*); 0x0\]", r"\1]"),
    "a label": replaced(r"\[:: 0%nat; 0%nat; 1%nat", "[:: 0%nat; 1%nat; 1%nat"),
    "labels of one class": replaced(r"\[:: 0%nat; 0%nat; 1%nat; 1%nat\]", "[:: 0%nat; 0%nat; 0%nat; 0%nat]"),
    "a label dropped": replaced(r"; 1%nat\]", "]"),
    "a class more": replaced(r"\] 1%nat", "] 2%nat"),
    "a class less": replaced(r"\] 1%nat", "] 0%nat"),
    "left nodes": replaced(r"Problem 4%nat", "Problem 5%nat"),
    "right nodes": replaced(r"Problem 4%nat 3%nat", "Problem 4%nat 2%nat"),
    "a smaller width": replaced(r"Place 2%nat", "Place 1%nat"),
    "a smaller width everywhere": lambda text: re.sub(r"\((4|3), 2\)", r"(\1, 1)", text).replace(
        "Place 2%nat", "Place 1%nat"
    ),
    "a lower place": replaced(r"(Place 2%nat) \d+", r"\1 1"),
    "a place of 1": replaced(r"(Place 2%nat) \d+ (\d+)", r"\1 \2 \2"),
    "no unit": replaced(r"(Place 2%nat \d+ \d+) \d+", r"\1 0"),
    "a root": raised("roots", 0, 1, 2**58),
    "V": raised("basis", 0, 0, 2**55),
    "V without its unit": replaced(r"(basis_3\]) \d+", r"\1 0"),
    "L": raised("factor", 1, 0, 2**50),
    "L against the sign": replaced(r"(factor_3\]) (\d+)", r"\1 (-\2)"),
    "L without its unit": replaced(r"(factor_3\]) \d+", r"\1 0"),
    "nothing left over": replaced(r"^    \d+\)$", "    0)"),
    "another one": replaced(r"^  (\d+) (\[:: \d)", r"  \g<1>0 \2"),
    "a moment": replaced(r"^(  \d+ \[:: \d+; \d+)", r"\g<1>1"),
    "a moment dropped": replaced(r"; \d+\]\)?\.$", "]."),
    "a polynomial": replaced(r"mass_ok counts certificate \[:: \d", "mass_ok counts certificate [:: "),
    "its denominator": replaced(r"(mass_ok counts certificate .*\]) (\d+)", r"\1 \g<2>0"),
    "the bound": replaced(r"iR (\d+) /", r"iR 1 /"),
    "the factor of the error": replaced(r"<= 2 \* value", "<= value"),
    "a strict bound": replaced(r"f B <= value", "f B < value"),
    "any embedding": replaced(r"minimiser \(pairs R checked\) f g -> ", ""),
    "any probe": replaced(r"least_squares \(pairs R checked\) \(@label_of counts\) f B ->\n", "True ->\n"),
    "a vote": replaced(r"(vote_ok .*?\] \[:: .*); [^;]*\]$", r"\1]"),
    "the polynomial of a vote": replaced(r"(vote_ok counts certificate \[:: [^\]]*); [^;\]]*\]", r"\1]"),
    "the place from below": replaced(r"(lower_ok .*\)) \d+ (\d+)", r"\1 \2 \2"),
    "the price of a vote": replaced(r"^(  \d+ \d+ \d+ \d+) \d+", r"\1 0"),
    "the bound of a vote": lambda text: re.sub(
        r"^((?:  \d+)(?: \d+){5} |  \(error .*f B <= iR )\d+", r"\g<1>1", text, flags=re.M
    ),
    "another loss": replaced(r"  minimiser \(pairs R checked\) f g", "  penalised_minimiser (pairs R checked) 1%R f g"),
}


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """Folder of the compiled theory, as far as a verdict needs it."""
    if shutil.which("coqc") is None:
        pytest.skip("there is no coqc: `make formal` says how to get it")
    folder, texts, needed = tmp_path_factory.mktemp("formal"), sources(), ["Ballots", "Lower"]
    for name in needed:
        needed += [each for each in texts if re.search(rf"^From Pairbounds Require.*\b{each}\b", texts[name], re.M)]
    for name in (each for each in in_order(texts) if each in needed):
        shutil.copy(FOLDER / f"{name}.v", folder)
        assert coqc(folder, folder / f"{name}.v") == ""
    return folder


def coqc(folder, path):
    """Complaints of Coq about a file; "" where it compiles."""
    command = ["coqc", "-q", "-w", "-all", "-Q", str(folder), "Pairbounds", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stderr if done.returncode else ""


@pytest.mark.slow
@pytest.mark.parametrize("penalty", [None, 0.6])
def test_coq_checks_the_file(penalty, tmp_path, compiled):
    prove_in_coq(TINY, 2, penalty=penalty).save(tmp_path / "proof.v")
    assert coqc(compiled, tmp_path / "proof.v") == ""


@pytest.mark.slow
@pytest.mark.parametrize("way", TAMPERED)
def test_a_file_that_was_tampered_with_does_not_compile(way, tmp_path, compiled):
    text = prove_in_coq(TINY, 2).text
    tampered = TAMPERED[way](text)
    assert tampered != text
    (tmp_path / "proof.v").write_text(tampered)
    assert "Error" in coqc(compiled, tmp_path / "proof.v")

"""Proofs: each is checked by the verifier, is right, and is as good as the bounds of the ledger."""

import ast
import json
import shlex
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from pairbounds import PairGraph, probe, prove, spectrum
from pairbounds.__main__ import app
from pairbounds.theory.bounds.measured import Encoder
from pairbounds.theory.quantities.multihop_consistency import label_measure, mass_up_to
from tests.families import ANY_RNG, GRAPHS, family_graph, row_of
from tests.theory.proofs.verifier import PROGRAM, record_of, saved, verdict_of, verifier

ORDER = 4


def proved(graph, record, folder):
    return verifier.check(verifier.read(saved(graph, folder)), record)


@pytest.mark.parametrize("family", GRAPHS)
def test_on_every_family_the_verifier_proves_what_is_written(family, tmp_path):
    graph = family_graph(family, 0, 12)
    k = max(1, min(graph.shape) // 2)
    for penalty in (None, 0.6):
        try:
            record = record_of(graph, k, penalty=penalty, order=ORDER)
        except ValueError as error:
            assert "σ_(k+1) is 1" in str(error)
            assert spectrum(graph, k + 1).singular_values[k] > 1 - 1e-12
        else:
            assert len(proved(graph, record, tmp_path)) == len(record["claims"])


@given(ANY_RNG)
def test_proved_values_are_true_and_no_worse_than_theorem_15(rng):
    n_left, n_right = rng.integers(2, 9, size=2)
    graph = PairGraph(rng.random((n_left, n_right)) ** 3, rng.integers(0, 3, n_left))
    k = int(rng.integers(1, min(n_left, n_right) + 1))
    proof = prove(graph, k, order=ORDER)
    optimum = probe(graph, Encoder.optimum(graph, spectrum(graph, min(k + 1, n_left, n_right)), k).left)
    assert optimum.mse <= proof.value("probe_mse") + 1e-9
    assert optimum.error <= proof.value("probe_error") + 1e-9
    ledger = mass_up_to(label_measure(graph, ORDER), float(proof.places.at_most))
    assert proof.value("probe_mse") <= ledger + 1e-6


def test_with_a_penalty_a_proof_is_about_the_minimisers_of_that_loss():
    graph = family_graph("dense_random", 1, 12)
    values = spectrum(graph, 9).singular_values
    mu = round(float(values[3] + values[4]) / 2, 6)
    wide, narrow = prove(graph, 9, penalty=mu), prove(graph, 2, penalty=mu)
    assert wide.places.at_most == Fraction(str(mu)) ** 2
    assert wide.places.at_least == 0
    # Too narrow for all that exceed μ, its minimiser spans the top 2.
    assert float(narrow.places.at_most) == pytest.approx(values[2] ** 2)
    optimum = Encoder.penalised_optimum(graph, spectrum(graph, 9), 9, mu)
    assert probe(graph, optimum.left).mse <= wide.value("probe_mse")
    assert {claim.theorem for claim in wide.claims} == {16, 18}


def test_a_proof_has_theorem_16_which_improves_on_twice_the_squared_error():
    graph = family_graph("latent_captions", 2, 40)
    proof = prove(graph, 6)
    values = {(claim.theorem, claim.quantity): claim.value for claim in proof.claims}
    assert values[16, "probe_error"] < values[15, "probe_error"] < values[4, "probe_error"]
    assert values[16, "probe_error"] >= row_of("probe-error", graph, 6)["measured"]


@pytest.mark.parametrize(
    ("graph", "options", "message"),
    [
        (PairGraph(np.eye(4), [0, 0, 1, 1]), {"k": 2}, r"σ_\(k\+1\) is 1 up to rounding at k = 2"),
        (PairGraph(np.ones((2, 2))), {"k": 1}, "no left labels"),
        (PairGraph(np.ones((2, 2)), [0, 1]), {"k": 1, "penalty": 1}, "penalty=1"),
        (PairGraph(np.ones((2, 2)), [0, 1]), {"k": 3}, "k=3"),
        (PairGraph(np.ones((2, 2)), [0, 1]), {"k": 1, "order": 33}, "order=33"),
        (PairGraph(np.ones((2, 2)), [0, 2**62]), {"k": 1}, "a left label is 2147483648 or more"),
        (PairGraph(np.eye(4) + 0.1, [0, 0, 1, 1]), {"k": 2}, "the smaller side has 4 distinct nodes"),
    ],
)
def test_prove_raises_with_a_reason(monkeypatch, graph, options, message):
    monkeypatch.setattr("pairbounds.theory.proofs.places.LIMIT_SIDE", 3 if "distinct" in message else 4)
    with pytest.raises(ValueError, match=message):
        prove(graph, **options)


def test_the_command_writes_a_proof_that_the_verifier_checks_without_pairbounds(tmp_path, call):
    graph = family_graph("dense_random", 3, 12)
    path, proof = saved(graph, tmp_path), tmp_path / "proof.json"
    code, out, _ = call(app, "check", path, "--k", 4, "--proof", proof)
    assert code == 0
    assert str(proof) in out
    assert "proved of every minimiser of width 4 of the spectral loss without a penalty: probe_mse <=" in out
    # -I: neither our folder nor what is installed beside Python's own library.
    _, *printed = shlex.split(out.splitlines()[-1].partition("to check it: ")[2])
    assert (printed[0], Path(printed[1]).samefile(PROGRAM), printed[2:]) == ("-I", True, [str(path), str(proof)])
    checked = [sys.executable, "-S", *printed]
    done = subprocess.run(checked, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("PROVED") == 5
    assert "(theorem 16, width 4, no penalty)" in done.stdout

    record = json.loads(proof.read_text())
    record["claims"][0]["value"] = "0.01"
    proof.write_text(json.dumps(record))
    done = subprocess.run(checked, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "NOT PROVED: probe_mse <= 0.01 is not shown by theorem 4\n"


def test_the_command_proves_with_a_penalty_and_keeps_foreign_files(tmp_path, call, refused):
    path, proof = saved(family_graph("dense_random", 3, 12), tmp_path), tmp_path / "proof.json"
    code, out, _ = call(app, "check", path, "--k", 4, "--penalty", 0.5, "--proof", proof)
    assert code == 0
    assert "proved of every minimiser of width 4 of the spectral loss with the penalty 0.5: probe_mse <=" in out
    assert {line.partition(", width ")[2] for line in verdict_of(path, proof)[0]} == {"4, penalty 0.5)"}
    assert call(app, "check", path, "--k", 4, "--proof", proof)[0] == 0  # a proof is replaced
    assert json.loads(proof.read_text())["penalty"] == "0"
    proof.write_text("{}")
    assert "was not written by pairbounds" in refused(app, "check", path, "--k", 4, "--proof", proof)
    assert "ends in .json" in refused(app, "check", path, "--k", 4, "--proof", "p.v")


def test_the_verifier_is_short_and_imports_the_standard_library_only():
    source = PROGRAM.read_text()
    assert len(source.splitlines()) <= 300
    imports = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names}
    assert names | {node.module for node in imports if isinstance(node, ast.ImportFrom)} <= sys.stdlib_module_names


@pytest.mark.slow
def test_the_emoji_at_width_100_are_proved(tmp_path):
    from pairbounds import emoji_graph

    graph, proof = emoji_graph("category"), tmp_path / "proof.json"
    path = saved(graph, tmp_path)
    prove(graph, 100).save(proof)
    limited = f"ulimit -v {6 * 2**20}; exec {sys.executable} -I -S {PROGRAM} {path} {proof}"
    done = subprocess.run(["bash", "-c", limited], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("PROVED") == 5

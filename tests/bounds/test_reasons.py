import importlib
import json
import re
from pathlib import Path

import numpy as np
import pytest

import pairbounds
from pairbounds import BOUNDS, PairGraph
from pairbounds.__main__ import app
from pairbounds.theory.attack import score
from pairbounds.theory.bounds.theorems import STATEMENTS, THEOREMS
from pairbounds.theory.ledger.reasons import BEST, beaten_by, sharpness


@pytest.mark.parametrize(
    ("name", "expected"),
    [("probe-error", "1.000 (2 x 1, k = 1)"), ("image-error-rate", "nothing to search")],
)
def test_the_sharpest_known_graph_is_named(name, expected):
    assert sharpness(BOUNDS[name]).startswith(expected)


def test_a_corollary_names_the_bound_that_it_is_never_below():
    assert beaten_by(BOUNDS["penalised-encoder-error"]) == "twice `penalised-encoder-mse`"


@pytest.mark.parametrize("name", [*BOUNDS, *STATEMENTS])
def test_every_row_declares_one_of_three_reasons_to_keep_it(name):
    row = BOUNDS[name] if name in BOUNDS else STATEMENTS[name]
    assert re.fullmatch("published(: .+)?|less information: .+|sharper(: .+)?", row.kept or ""), name


@pytest.mark.parametrize("name", [name for name, claim in BOUNDS.items() if claim.kept.startswith("sharper")])
def test_a_sharper_row_is_alone_the_best_somewhere(name):
    """The counts are recorded by `python -m tests.bounds.best`."""
    recorded = {row["what"]: row for row in json.loads(BEST.read_text(encoding="utf-8"))["rows"]}
    assert recorded[name]["best"] > 0


def test_the_ledger_prints_the_reason_of_every_row(call, monkeypatch):
    monkeypatch.setattr("pairbounds.infrastructure.commandline.PIPED_WIDTH", 1000)
    listed = " ".join(call(app, "ledger")[1].split())
    for row in (*BOUNDS.values(), *STATEMENTS.values()):
        assert f"{row.kept} │ {row.statement}" in listed


@pytest.mark.parametrize("name", ["vote", "separation"])
def test_the_explanation_of_a_row_has_its_reason(call, name):
    row = BOUNDS[name] if name in BOUNDS else STATEMENTS[name]
    code, out, _ = call(app, "ledger", name)
    assert code == 0
    assert f"Kept: {row.kept}" in out
    assert f"Statement: {row.statement}" in out


def test_statements_without_a_row_name_their_code_and_their_tests():
    root = Path(pairbounds.__file__).parents[1]
    assert len(STATEMENTS) == sum(len(getattr(theorem, "STATEMENTS", ())) for theorem in THEOREMS)
    assert STATEMENTS.keys().isdisjoint(BOUNDS)
    for entry in STATEMENTS.values():
        module, _, function = entry.place.rpartition(".")
        assert getattr(importlib.import_module(module), function) is entry.computed_by
        assert function in (root / entry.tested_in).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["probe-mse", "near-optimal-error"])
def test_attack_on_the_command_line(call, tmp_path, name):
    """A saved graph has, with its width and its features, the ratio that the command prints."""
    code, out, _ = call(app, "attack", name, "--evaluations", 50, "--out", tmp_path / "g.npz")
    assert code == 0
    with np.load(tmp_path / "g.npz") as beside:
        features = (beside["f"], beside["g"]) if "f" in beside else None
        ratio = score(BOUNDS[name], PairGraph.load(tmp_path / "g.npz"), int(beside["k"]), features).ratio
    assert f"{name}: not refuted; largest ratio {ratio:.6f} (" in out


def test_attack_on_a_false_claim_of_a_file_exits_1(call, tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "from pairbounds import bound\n"
        "@bound('mine', quantity='probe_mse', status='conjecture')\n"
        "def mine(graph, spectrum, k):\n    return 0.1\n"
    )
    code, out, _ = call(app, "attack", "mine", "--plugin", path, "--evaluations", 100)
    assert code == 1
    assert "mine: REFUTED" in out
    assert "[[1]" in out

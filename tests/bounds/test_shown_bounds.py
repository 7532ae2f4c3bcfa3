"""Printed and written bounds are rounded outward: upper bounds up, lower bounds down."""

import json
import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pairbounds import PairGraph, bound, check_bounds, check_encoder
from pairbounds.__main__ import app
from tests.families import family_graph

GRAPH = PairGraph([[3, 1, 0], [1, 2, 0], [1, 1, 4], [0, 1, 2]], [0, 0, 1, 1], [0, 0, 1])
MEASURED = {k: float(check_bounds(GRAPH, k, bounds=["probe-mse"])["measured"].iloc[0]) for k in (1, 2)}
NEAR = [MEASURED[2] + step for step in (-2e-4, -1e-5, -1e-16, 0, 1e-16, 1e-5, 2e-4)]
NUMBERS = st.floats(-1e6, 1e6, allow_subnormal=False) | st.floats(0, 1, allow_subnormal=False) | st.sampled_from(NEAR)
RELATIONS = {f"{word}-{i}": sign for i in range(6) for word, sign in (("up", "<="), ("low", ">="), ("same", "="))}
VALUES = dict.fromkeys(RELATIONS, 0.0)
ASKED = ("--bounds", ",".join(VALUES), "--force")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a graph, and bounds on its squared error that have whatever value a test gives them."""
    monkeypatch.chdir(tmp_path)
    GRAPH.save("graph.npz")
    for name, relation in RELATIONS.items():
        options = {"quantity": "probe_mse", "status": "conjecture", "relation": relation}
        bound(name, **options)(lambda *_, name=name: VALUES[name])
    return tmp_path


def rows(text, end="│"):
    """Name and further cells of each bound in a printed table."""
    lines = [[cell.strip() for cell in line.replace(r"\\", "").split(end)] for line in text.splitlines()]
    rows = [(name, *line[line.index(name) + 1 :]) for line in lines for name in line if name in RELATIONS]
    assert rows
    return rows


def require_outward(printed, value, relation, step):
    """Require that a shown bound is not inside of its value, and at most one step outside."""
    assert 0 <= (Fraction(printed) - Fraction(value)) * {"<=": 1, ">=": -1}[relation] < Fraction(step)


def require_honest(name, measured, printed, violated, step="1/10000"):
    """Require that printed numbers contradict a violated claim, and are the outward-rounded value of any other."""
    left, right, relation = Fraction(measured), Fraction(printed), RELATIONS[name]
    assert violated == {"<=": left > right, ">=": left < right, "=": left != right}[relation]
    if not violated and relation != "=":
        require_outward(printed, VALUES[name], relation, step)


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(NUMBERS, min_size=len(VALUES), max_size=len(VALUES)))
def test_tables_on_the_terminal_in_latex_json_and_csv_round_outward(call, folder, values):
    VALUES.update(zip(VALUES, values, strict=True))
    code, out, _ = call(app, "check", "graph.npz", "--k", 2, *ASKED, "--out", "table.tex")
    for name, _, measured, _, printed, _, verdict, _ in rows(out):
        require_honest(name, measured, printed, verdict == "VIOLATED")
    assert code == ("VIOLATED" in out)
    for name, _, measured, _, printed, _, verdict in rows((folder / "table.tex").read_text(), "&"):
        if RELATIONS[name] != "=":
            require_honest(name, measured, printed, verdict == "violated", (abs(VALUES[name]) or 1) / 100)
    answer = json.loads(call(app, "check", "graph.npz", "--k", 2, *ASKED, "--json", "--out", "table.csv")[1])
    assert {row["bound"]: row["value"] for row in answer["bounds"]} == VALUES  # every digit
    assert all(f",{value!r}," in (folder / "table.csv").read_text() for value in VALUES.values())
    for name, _, printed, k, measured, *_ in rows(call(app, "check", "graph.npz", "--k", "1:2", *ASKED)[1]):
        require_honest(name, measured, printed, VALUES[name] < MEASURED[int(k)] - 1e-9)


@pytest.mark.parametrize("seed", range(2))
def test_sentences_and_the_line_of_a_proof_round_outward(call, tmp_path, monkeypatch, seed):
    """Percentages by theorem, the diagnosis of an encoder, and the exact value that the file of a proof proves."""
    monkeypatch.chdir(tmp_path)
    graph = family_graph("latent_captions", seed, 14)
    graph.save("graph.npz")
    out = " ".join(call(app, "check", "graph.npz", "--k", 3, "--proof", "proof.json")[1].split())
    names = {"4": "probe-error", "35": "known-values-error", "16": "local-multihop-error"}
    values = check_bounds(graph, 3).set_index("bound")["value"]
    for printed, theorem in re.findall(r"([\d.]+)% \(theorem (\d+)\)", out):
        require_outward(Fraction(printed) / 100, float(values[names[theorem]]), "<=", "1/1000")
    claims = json.loads((tmp_path / "proof.json").read_text())["claims"]
    for name in ("probe_mse", "probe_error"):
        exact = min(Fraction(claim["value"]) for claim in claims if claim["quantity"] == name)
        require_outward(re.search(rf"{name} <= ([\d.]+)[,;]", out)[1], exact, "<=", "1/10000")
    check = check_encoder(graph, np.random.default_rng(seed).standard_normal((graph.n_left, 2)))
    printed = re.search(r"squared error by ([\d.]+)[ ,].*0-1 error by ([\d.]+)\. Of", str(check)).groups()
    for text, value in zip(printed, (check.bound, float(check.best["error_bound"])), strict=True):
        require_outward(text, value, "<=", value / 100)


def test_answers_round_the_bounds_in_their_tables(call, folder):
    for command, sides in (
        (("pairs", "graph.npz", "--k", 1, "--sample", 16, "--penalty", 0.9), {"mse_19": "<=", "mse_28": "<="}),
        (("batch", "graph.npz", "--sizes", "2,3,5,7"), {"shown_low": ">=", "shown_high": "<="}),
    ):
        printed = call(app, *command, "--out", "answer.tex", "--force")[1].replace("│", "&")
        answer = json.loads(call(app, *command, "--json")[1])["rows"]
        for text in (printed, (folder / "answer.tex").read_text()):
            lines = [line.strip(" \\&").split("&") for line in text.splitlines() if re.match(r"(& *)?[\d,]+ +&", line)]
            for row, cells in zip(answer, lines, strict=True):
                for name, side in sides.items():
                    cell = cells[list(row).index(name)].replace(",", "").strip()
                    require_outward(cell, row[name], side, max(1 if row[name] > 999 else 0, row[name] / 100))

import json
import re

import numpy as np
import pandas as pd
import pytest

from pairbounds import PairGraph, spectrum
from pairbounds.__main__ import app
from pairbounds.infrastructure.files import sidecar
from pairbounds.infrastructure.tables import read_table
from tests.families import family_graph


@pytest.fixture
def graph_file(tmp_path):
    path = tmp_path / "graph.npz"
    family_graph("latent_captions").save(path)
    return path


def test_check_says_what_it_measured_and_if_the_optimum_is_not_unique(call, tmp_path):
    PairGraph(np.eye(4), [0, 0, 1, 1]).save(tmp_path / "graph.npz")
    code, out, _ = call(app, "check", tmp_path / "graph.npz", "--k", 2)
    assert code == 0
    assert "k = 2, measured on the closed-form optimum" in out
    assert "measured on one optimum among many" in out
    assert "probe_mse over all optima: 0.0000 to 1.0000" in out
    assert "over all optima" not in call(app, "check", tmp_path / "graph.npz", "--k", 4)[1]


def test_a_penalty_adds_its_bounds_and_says_what_it_keeps(call, graph_file, tmp_path):
    out = tmp_path / "table.csv"
    values = spectrum(PairGraph.load(graph_file), 8).singular_values
    code, printed, _ = call(app, "check", graph_file, "--k", 8, "--penalty", 0.9, "--out", out)
    assert code == 0
    n_kept = np.count_nonzero(values > 0.9)
    assert 1 < n_kept < 8
    assert f"with the penalty 0.9, which keeps {n_kept} of them" in " ".join(printed.split())
    assert {"penalised-mse", "probe-mse"} <= {*read_table(out)["bound"]}
    assert json.loads(sidecar(out).read_text())["configuration"]["penalty"] == 0.9


def test_a_certified_value_is_named_with_its_method(call, graph_file):
    code, out, _ = call(app, "check", graph_file, "--k", 3, "--certified")
    assert code == 0
    assert re.search(r"σ_\(k\+1\) = ([0-9.]+), certified at most ([0-9.]+) \(\w+, [0-9.]+ sure\)", out)


def test_no_command_shows_the_help(call):
    code, out, err = call(app)
    assert (code, "ledger" in out, err) == (2, True, "")


def test_bounds_that_do_not_apply_are_named_below_the_table(call, tmp_path):
    graph = family_graph("dense_random", 0, 9)
    type(graph)(graph.joint, graph.left_labels).save(tmp_path / "half.npz")
    code, out, _ = call(app, "check", tmp_path / "half.npz", "--k", 2, "--out", tmp_path / "t.csv")
    assert code == 0
    assert "VIOLATED" not in out
    assert "zero-shot" in out.split("not applicable: the graph has no right labels")[0].splitlines()[-1]
    assert pd.isna(read_table(tmp_path / "t.csv").set_index("bound").loc["induced-labelling-error", "value"])

"""Convenient arguments: paths and bounds as text, settings as dicts, seeds and workers as numbers, and `None`."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import matplotlib.pyplot as plt
import networkx as nx
import numpy as np
import pandas as pd
import pytest

import pairbounds as pb
from pairbounds.sweeps import SweepConfiguration
from pairbounds.sweeps.studies import STUDIES

PACKAGE = Path(pb.__file__).parent
ROOMS = ("theory", "real_data", "simulations", "sweeps")  # the library, without the commands
OPTION = re.compile(r"(?<![\w-])--[a-z]")  # of a command line

GRAPH = pb.LatentWorld(n_classes=3, n_styles=2).caption_graph(noise=0.1, detail=0.3)
WIDTHS, ONE_WIDTH = pb.check_bounds(GRAPH, [2, 3]), pb.check_bounds(GRAPH, 2)


@dataclass(frozen=True)
class Shifted:
    noise: float = 0.0


def measure(settings, seed):
    return pd.DataFrame({"value": [settings.noise + seed]})


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    images = np.arange(36) // 3
    table = pd.DataFrame({"image": images, "caption": images % 2 + 2 * (np.arange(36) % 3), "label": images % 2})
    table.to_csv("pairs.csv", index=False)
    table.rename(columns={"label": "kind"}).to_csv("kinds.csv", index=False)
    GRAPH.save("graph.npz")
    (tmp_path / "sweep.toml").write_text('study = "shifted"\nseeds = 2\n')
    pb.study("shifted", settings=Shifted)(measure)
    yield
    del STUDIES["shifted"]
    plt.close("all")


WORKING = {
    "a graph's path": (lambda: pb.read_graph("graph.npz").graph.joint.nnz, GRAPH.joint.nnz),
    "an audit": (lambda: pb.audit("kinds.csv", "pairs.csv", "out", {"k": 2}).summary["n_classes"], 2),
    "a study by a dict": (lambda: pb.run_study("shifted", {"noise": 0.5}, [0, 1])["shifted"]["value"].sum(), 2.0),
    "a study in a process": (lambda: pb.run_study("shifted", None, 2, 1)["shifted"]["value"].sum(), 1.0),
    "a sweep's path": (lambda: SweepConfiguration.read("sweep.toml").seeds, 2),
    "a sweep by a dict": (lambda: pb.run_sweep({"study": "shifted", "seeds": 1}, "out", 1).rows, {"shifted": 1}),
    "one bound": (lambda: [*pb.check_bounds(GRAPH, 2, bounds="probe-error")["bound"]], ["probe-error"]),
    "a registered bound": (lambda: len(pb.check_bounds(GRAPH, 2, bounds=[pb.BOUNDS["probe-mse"], "probe-error"])), 2),
    "a search by a seed": (lambda: pb.find_counterexample("probe-error", rng=0, evaluations=20).refuted, False),
    "one bound drawn": (lambda: pb.plot_bounds(WIDTHS, "probe-error").get_ylabel(), "probe error, or a bound on it"),
}


@pytest.mark.parametrize("name", WORKING)
def test_convenient_argument_types_work(name):
    call, expected = WORKING[name]
    assert call() == expected


@pytest.mark.parametrize("table", [ONE_WIDTH, WIDTHS[WIDTHS["k"] == 2]], ids=["without k", "with k"])
def test_bounds_at_one_width_are_drawn_as_markers(table):
    lines = {line.get_label(): line for line in pb.plot_bounds(table).lines}
    for name, label in {"probe-mse": "theorem 4 (probe-mse)", "multihop-mse": "theorem 15 (multihop-mse)"}.items():
        assert lines[label].get_ydata() == table.set_index("bound").loc[name, "value"]
        assert lines[label].get_marker() not in ("", "None", None)


@pytest.mark.parametrize(
    ("call", "cure"),
    [
        (lambda: pb.check_bounds(GRAPH, 2, bounds=[4]), "pairbounds.BOUNDS"),
        (lambda: pb.find_counterexample(0, evaluations=9), "pairbounds.BOUNDS"),
        (lambda: pb.PairGraph(nx.complete_bipartite_graph(2, 2)), "from_networkx"),
        (lambda: pb.PairGraph("graph.npz"), "read_graph"),
        (lambda: pb.PairGraph(pd.DataFrame({"image": ["a"], "caption": ["b"]})), "from_pairs"),
        (lambda: pb.check_bounds(pb.read_graph("graph.npz"), 2), r"read_graph\(\.\.\.\)\.graph"),
        (lambda: pb.audit("pairs.csv", out="out", settings=2), r"AuditSettings\(\.\.\.\), or a dict"),
        (lambda: pb.run_study("shifted", {"nois": 1.0}, [0]), "is it 'noise'"),
        (lambda: pb.run_study("shifted", 0.5, [0]), r"Shifted\(\.\.\.\), or a dict"),
        (lambda: pb.run_study("shifted", None, 0), "at least 1"),
    ],
)
def test_a_wrong_argument_raises_with_the_right_call(call, cure):
    with pytest.raises((ValueError, TypeError, AttributeError), match=cure):
        call()


@pytest.mark.parametrize("room", ROOMS)
def test_messages_of_the_library_name_arguments_and_not_options(room):
    """`with_options` translates an argument in backticks for the command line."""
    for path in sorted((PACKAGE / room).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
                assert not OPTION.search(node.value), f"{path}, line {node.lineno}: {node.value}"

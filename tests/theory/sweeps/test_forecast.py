"""What is said of a sweep before it is measured, while it is, and after."""

import json
import os

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from pairbounds import PairGraph, spectrum
from pairbounds.__main__ import app
from pairbounds.infrastructure.progress import tqdm

TINY = 'study = "tests.theory.sweeps.tiny"\nseeds = {seeds}\n[settings]\nunlucky = {unlucky}\n[[grid]]\nx = [0, 1, 2]\n'
PHASE = """\
study = "phase"
seeds = 2
[settings]
steps = 5
[[grid]]
noise = [0.0, 0.3]
[[grid]]
strength = [0.5, 4.0]
"""


@pytest.fixture
def sweep(tmp_path):
    """Write a sweep of the tiny study; its file and its folder."""

    def _sweep(seeds=2, unlucky=-1):
        file = tmp_path / "sweep.toml"
        file.write_text(TINY.format(seeds=seeds, unlucky=unlucky))
        return file, tmp_path / "out"

    return _sweep


def test_a_dry_run_counts_and_writes_nothing(call, sweep):
    file, out = sweep()
    code, said, _ = call(app, "sweep", file, "--out", out, "--dry-run")
    assert code == 0
    assert said.endswith("6 cells, 0 of them kept, 6 to measure: how long is known once two cells are kept\n")
    assert not out.exists()


def test_a_dry_run_says_how_long_by_how_the_kept_cells_came(call, sweep):
    file, out = sweep()
    assert call(app, "sweep", file, "--out", out)[0] == 0
    assert call(app, "sweep", file, "--out", out, "--dry-run")[1].endswith("6 of them kept, 0 to measure\n")
    for number, path in enumerate(sorted((out / "cells").glob("*.parquet"))):
        os.utime(path, (0, 1_000 + 60 * number))  # one a minute
    before = {path: path.stat().st_mtime for path in out.rglob("*")}
    file, _ = sweep(seeds=5)
    code, said, _ = call(app, "sweep", file, "--out", out, "--dry-run")
    assert code == 0
    assert said.endswith("15 cells, 6 of them kept, 9 to measure: about 9 minutes, as fast as the kept ones came\n")
    assert {path: path.stat().st_mtime for path in out.rglob("*")} == before


def test_failed_cells_show_the_first_error_at_once_and_their_number(call, sweep):
    file, out = sweep(unlucky=1)
    code, said, err = call(app, "sweep", file, "--out", out)
    assert code == 1
    assert "2 of 6 cells failed" in said
    at_once, *_, at_the_end = err.splitlines()
    assert at_once.startswith("first failure: ArithmeticError: 1 is unlucky (tiny.py, line ")
    assert "1 is unlucky" in at_the_end
    assert "in the cell with x=1" in at_the_end


def test_a_sweep_says_by_which_command_it_is_drawn(call, tmp_path):
    (tmp_path / "phase.toml").write_text(PHASE)
    code, _, err = call(app, "sweep", tmp_path / "phase.toml", "--out", tmp_path / "out")
    assert code == 0
    command = err.splitlines()[-1]
    assert command == f"pairbounds draw phase --table {tmp_path / 'out' / 'table.parquet'}"
    arguments = command.split()[1:]
    assert call(app, *arguments, "--out", tmp_path / "pictures")[0] == 0
    assert (tmp_path / "pictures" / "phase.png").is_file()


def test_a_study_says_what_else_its_figures_read(call, tmp_path):
    path = tmp_path / "mine.parquet"
    settings = ["--seeds", "1", "--preset", "small", "--set", "classes=[2, 2]"]
    assert call(app, "study", "bound_holds", *settings, "--out", path)[0] == 0
    told = call(app, "study", "bound_holds", *settings, "--out", path)[2].splitlines()
    assert told[:2] == [f"pairbounds draw {name} --table {path}" for name in ("bound_holds", "tightness_map")]
    others = "--tables build/tables  # where emoji_bounds, emoji_multihop must be"
    assert told[2] == f"pairbounds draw ladder --table {path} {others}"
    assert len(pd.read_parquet(path))


def test_a_study_can_be_asked_about_before_it_is_measured(call, tmp_path):
    arguments = [
        "study",
        "bound_holds",
        "--preset",
        "small",
        "--set",
        "classes=[2, 2]",
        "--out",
        tmp_path / "mine.parquet",
    ]
    code, said, _ = call(app, *arguments, "--dry-run")
    assert code == 0
    assert "  classes              [2, 2]               given\n" in said
    assert f"2 seeds, into {tmp_path / 'mine.parquet'}\nhow long is not known" in said
    assert list(tmp_path.iterdir()) == []
    assert call(app, *arguments, "--seeds", "1")[0] == 0
    sidecar = tmp_path / "mine.parquet.json"
    record = json.loads(sidecar.read_text())
    assert record["took"]["seconds"] > 0
    sidecar.write_text(json.dumps(record | {"took": {"seconds": 21.0, "jobs": 3}}))
    code, said, _ = call(app, *arguments, "--dry-run")
    assert code == 0
    assert said.splitlines()[-1].startswith("about 42 seconds, by the table that is there: 1 seeds in about 21 sec")


def test_what_no_figure_draws_is_said_too(call, sweep):
    file, out = sweep()
    assert "no figure here draws it: pairbounds.figures.plots.plot_phase" in call(app, "sweep", file, "--out", out)[2]


def test_studies_name_their_figures(call):
    code, out, _ = call(app, "study")
    assert (code, "figures" in out, "tightness_map" in out) == (0, True, True)


def test_a_long_spectrum_counts_its_products(capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setattr("pairbounds.infrastructure.progress.PATIENCE", 0.0)
    joint = sp.random_array((900, 800), density=0.01, rng=np.random.default_rng(0), format="csr")
    graph = PairGraph(joint, drop_isolated=True)
    for method, what in (("sparse", "product"), ("blocks", "block of products")):
        spectrum(graph, 6, method=method)
        told = capsys.readouterr().err
        assert "spectrum: " in told
        assert what in told


def test_progress_is_for_terminals(capsys, monkeypatch):
    assert list(tqdm(range(3), desc="counting")) == [0, 1, 2]
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert list(tqdm(range(3), desc="counting")) == [0, 1, 2]
    assert "counting: 100%" in capsys.readouterr().err
    monkeypatch.setenv("TQDM_DISABLE", "1")
    assert list(tqdm(range(3), desc="counting")) == [0, 1, 2]
    assert capsys.readouterr().err == ""

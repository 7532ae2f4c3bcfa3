"""Sweeps whose processes are killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import dask
import pytest
from distributed import LocalCluster

from pairbounds.__main__ import app
from tests.rooms import ROOT
from tests.theory.sweeps.test_sweeps import measured, swept, toml

TINY = Path(__file__).with_name("tiny.py")


def cell_files(out) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in (out / "cells").glob("[!.]*")}


def test_kill_9_loses_no_more_than_the_cells_in_flight(call, tmp_path):
    out, traces = tmp_path / "out", tmp_path / "traces"
    traces.mkdir()
    grid = [{"x": list(range(10))}]
    fixed = f'{{pause = 0.06, traces = "{traces}"}}'
    file = toml(tmp_path / "tiny.toml", settings=fixed, grid=f"[{{x = {grid[0]['x']}}}]")
    command = [sys.executable, "-m", "pairbounds", "sweep", file, "--plugin", TINY, "--out", out, "--jobs", "2"]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, start_new_session=True)
    while len(list((out / "cells").glob("[!.]*"))) < 5:
        assert process.poll() is None
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)  # with its workers
    process.wait()
    finished = cell_files(out)
    assert len(measured(traces)) <= len(finished) + 2 + 2  # two in flight, two on their way to disk
    assert not (out / "table.parquet").exists()

    assert call(app, "sweep", file, "--out", out)[0] == 0
    assert cell_files(out).items() >= finished.items()
    swept(tmp_path / "uninterrupted", seeds=2, grid=grid)
    assert (out / "table.parquet").read_bytes() == (tmp_path / "uninterrupted/table.parquet").read_bytes()


def test_a_cell_that_kills_its_process_is_one_error_line_and_finished_cells_are_kept(call, tmp_path):
    (tmp_path / "traces").mkdir()  # it kills once
    fixed = f'{{fatal = 5, traces = "{tmp_path / "traces"}"}}'
    file = toml(tmp_path / "tiny.toml", settings=fixed, grid="[{x = [0, 1, 2, 3, 4, 5]}]")
    code, _, err = call(app, "sweep", file, "--out", tmp_path / "out", "--jobs", 2)
    assert (code, "a worker process was killed" in err.splitlines()[-1]) == (2, True), err
    finished = cell_files(tmp_path / "out")
    assert call(app, "sweep", file, "--out", tmp_path / "out")[0] == 0
    assert cell_files(tmp_path / "out").items() >= finished.items()


@pytest.fixture
def cluster():
    patient = {f"distributed.comm.timeouts.{what}": "180s" for what in ("connect", "tcp")}  # on a busy machine
    with (
        dask.config.set(patient),
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs="CRITICAL") as cluster,
    ):
        yield cluster


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # distributed leaves sockets to the collector
def test_two_dask_workers_finish_though_one_is_killed(call, tmp_path, cluster):
    traces = tmp_path / "traces"
    traces.mkdir()
    fixed = f'{{fatal = 3, unlucky = 5, traces = "{traces}"}}'
    file = toml(tmp_path / "tiny.toml", settings=fixed, grid="[{x = [0, 1, 2, 3, 4, 5, 6, 7]}]")
    code, output, _ = call(app, "sweep", file, "--out", tmp_path / "out", "--dask", cluster.scheduler_address)
    assert (code, output) == (1, f"{tmp_path}/out/table.parquet: 24 rows, 2 of 16 cells failed\n")
    assert (traces / "killed").exists()
    swept(tmp_path / "alone", grid=[{"x": [0, 1, 2, 3, 4, 5, 6, 7]}], unlucky=5)
    assert (tmp_path / "out/table.parquet").read_bytes() == (tmp_path / "alone/table.parquet").read_bytes()

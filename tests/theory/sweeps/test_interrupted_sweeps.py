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
from pairbounds.sweeps import Cores
from tests.theory.sweeps.test_sweeps import measured, sweep, toml

ROOT = Path(__file__).parents[3]
TINY = Path(__file__).with_name("tiny.py")


def cell_files(out) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in (out / "cells").iterdir()}


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
    sweep(tmp_path / "uninterrupted", seeds=2, grid=grid)
    assert (out / "table.parquet").read_bytes() == (tmp_path / "uninterrupted/table.parquet").read_bytes()


def test_a_cell_that_kills_its_process_is_recorded_and_the_rest_finish(tmp_path):
    """The same cells, and the same table, as where it fails in an ordinary way and there is one process only."""
    grid = [{"x": list(range(6))}]
    killed = sweep(tmp_path / "killed", grid=grid, fatal=2, seeds=1, workers=Cores(2))
    failed = sweep(tmp_path / "failed", grid=grid, unlucky=2, seeds=1)
    assert [failure["settings"]["x"] for failure in killed.failures] == [2]
    assert killed.failures[0]["where"] == "a worker process"
    assert "SIGKILL" in killed.failures[0]["error"]
    assert killed.rows == failed.rows
    assert (tmp_path / "killed/table.parquet").read_bytes() == (tmp_path / "failed/table.parquet").read_bytes()


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
    code, said, _ = call(app, "sweep", file, "--out", tmp_path / "out", "--dask", cluster.scheduler_address)
    assert (code, said) == (1, f"{tmp_path}/out/table.parquet: 24 rows, 2 of 16 cells failed\n")
    assert (traces / "killed").exists()
    sweep(tmp_path / "alone", grid=[{"x": [0, 1, 2, 3, 4, 5, 6, 7]}], unlucky=5)
    assert (tmp_path / "out/table.parquet").read_bytes() == (tmp_path / "alone/table.parquet").read_bytes()

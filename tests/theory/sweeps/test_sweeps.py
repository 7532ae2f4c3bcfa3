"""Sweeps: the meaning of a configuration, the cells that are kept, and failures."""

import json
import sys
from dataclasses import dataclass

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairbounds.__main__ import app
from pairbounds.infrastructure import workers
from pairbounds.infrastructure.files import sidecar
from pairbounds.sweeps import Study, SweepConfiguration, place, run_study, run_sweep, sweep
from pairbounds.sweeps.studies import STUDIES
from pairbounds.sweeps.sweep import Cell

GRID = [{"x": [4, 0, 3], "name": ["a", "b"]}, {"y": [1, 0.5]}]


def swept(out, *, workers=1, seeds=2, grid=GRID, **fixed):
    return run_sweep(SweepConfiguration("tiny", seeds, grid, fixed), out, workers)


def tiny(**settings):
    return STUDIES["tiny"].settings(**settings)


def replaced(monkeypatch, measure, **options):
    """The tiny study, with another measurement."""
    monkeypatch.setitem(STUDIES, "tiny", Study("", STUDIES["tiny"].settings, measure, name="tiny", **options))


def measured(traces) -> list[str]:
    """The x and seed of each measurement that was begun."""
    return sorted("-".join(path.name.split("-")[:2]) for path in traces.glob("*-*"))


def contents(out) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}


@pytest.fixture
def traces(tmp_path):
    (tmp_path / "traces").mkdir()
    return tmp_path / "traces"


def backwards(cells, workers, outcomes=sweep._outcomes):
    """The last cell finishes first."""
    yield from reversed(list(outcomes(cells, workers)))


def test_the_table_equals_nested_loops_in_any_order_and_its_sidecar_has_the_configuration(tmp_path, monkeypatch):
    points = [{"x": x, "name": name} for x in (4, 0, 3) for name in ("a", "b")] + [{"y": 1.0}, {"y": 0.5}]
    blocks = []
    for point in points:
        for seed in (0, 1):
            rows = STUDIES["tiny"].measure(tiny(unlucky=9, **point), seed)
            varied = {"x": 0, "name": "plain", "y": float("nan"), **point, "seed": seed}
            blocks.append(pd.DataFrame(varied, rows.index).join(rows))
    result = swept(tmp_path / "forwards", unlucky=9)
    table = pd.read_parquet(tmp_path / "forwards/table.parquet")
    pd.testing.assert_frame_equal(table, pd.concat(blocks, ignore_index=True), check_exact=True)
    assert (result.cells, result.rows, result.failures) == (16, {"tiny": len(table)}, [])
    monkeypatch.setattr(sweep, "_outcomes", backwards)
    swept(tmp_path / "backwards", unlucky=9)
    assert contents(tmp_path / "forwards") == contents(tmp_path / "backwards")
    record = json.loads(sidecar(tmp_path / "forwards/table.parquet").read_text())["configuration"]
    fixed = {"traces": "", "unlucky": 9, "fatal": -1, "pause": 0.0}
    expected = {"study": "tiny", "grid": GRID, "settings": fixed, "seeds": 2, "cells": 16, "failed": 0}
    assert record.items() >= expected.items()


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A finished sweep, and the folder of its traces."""
    out, traces = (tmp_path_factory.mktemp(name) for name in ("out", "traces"))
    swept(out, traces=str(traces))
    return out, traces


@given(st.sets(st.integers(0, 15)))
def test_only_missing_cells_are_measured_and_the_table_is_the_same(finished, lost):
    out, traces = finished
    before, files = (out / "table.parquet").read_bytes(), sorted((out / "cells").iterdir())
    for path in [*traces.iterdir(), *(files[number] for number in lost)]:
        path.unlink()
    swept(out, traces=str(traces))
    assert (out / "table.parquet").read_bytes() == before
    assert len(measured(traces)) == len(lost)
    assert sorted((out / "cells").iterdir()) == files


def test_a_changed_configuration_uses_no_cell_of_another(tmp_path):
    """In the folder of earlier configurations each gives the files of a new folder, with and without failures."""
    changes = [
        {"grid": [{"x": [0, 1]}]},
        {"name": "other", "grid": [{"x": [1, 0]}]},
        {"seeds": 3},
        {"unlucky": 0},
        {"unlucky": 0, "grid": [{"x": [0, 3]}]},
        {"unlucky": 0, "grid": [{"x": [0]}]},
        {"grid": [{"x": [0]}]},
    ]
    kinds = set()
    for number, change in enumerate(changes):
        swept(tmp_path / "shared", **change)
        swept(tmp_path / str(number), **change)
        assert contents(tmp_path / "shared") == contents(tmp_path / str(number))
        kinds.add(tuple(sorted(contents(tmp_path / "shared"))))
    complete = ("table.parquet", "table.parquet.json")
    assert kinds == {complete, ("failures.json",), ("failures.json", *complete)}


@dataclass(frozen=True)
class Placed:
    x: int = 0
    y: float | None = None
    folder: str = place("here")


@given(st.builds(Placed, st.integers(0, 3), st.sampled_from([None, 0.0, 1.0]), st.sampled_from(["here", "there"])))
def test_cells_have_equal_keys_if_they_differ_only_in_their_place(first):
    for second in (Placed(1, 0.0, "there"), Placed(first.x), first):
        for seed, inputs in ((0, "{}"), (1, "{}"), (0, '{"file": "changed"}')):
            cells = Cell(STUDIES["tiny"], first, 0), Cell(STUDIES["tiny"], second, seed, inputs)
            is_same = (first.x, first.y, 0, "{}") == (second.x, second.y, seed, inputs)
            assert (cells[0].key == cells[1].key) == is_same


def test_a_worker_with_other_source_reports_it():
    number, outcome = sweep._attempt(3, "tiny", "another version", {}, 0, ())
    assert (number, "another version of 'tiny' than the sweep: install the same" in outcome) == (3, True)


def test_a_failed_cell_is_recorded_and_measured_again(tmp_path, traces):
    options = {"grid": [{"x": [0, 1]}], "seeds": 1, "traces": str(traces), "unlucky": 1}
    first = swept(tmp_path, **options)
    (failure,) = json.loads((tmp_path / "failures.json").read_text())
    assert [failure] == first.failures
    assert (failure["settings"]["x"], failure["seed"]) == (1, 0)
    assert "tiny.py, line " in failure["error"]
    assert failure["error"].endswith("failed: ArithmeticError: 1 is unlucky")
    assert set(pd.read_parquet(tmp_path / "table.parquet")["x"]) == {0}
    assert json.loads(sidecar(tmp_path / "table.parquet").read_text())["configuration"]["failed"] == 1
    assert swept(tmp_path, **options) == first
    assert measured(traces) == ["0-0", "1-0", "1-0"]


def test_a_column_named_as_a_setting_occurs_once(tmp_path, monkeypatch):
    replaced(monkeypatch, lambda settings, seed: pd.DataFrame({"x": [settings.x], "seed": [seed]}))
    assert swept(tmp_path, grid=[{"x": [0, 2]}]).failures == []
    assert pd.read_parquet(tmp_path / "table.parquet").to_numpy().tolist() == [[0, 0], [0, 1], [2, 0], [2, 1]]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (None, "measure returned tiny (NoneType): return a DataFrame for each of tiny"),
        ({"other": pd.DataFrame({"value": [1]})}, "measure returned other (DataFrame): return a DataFrame for each of"),
        (pd.DataFrame({"value": []}), "measure returned a table tiny without rows"),
        (pd.DataFrame({"x": [1], "fine": [3]}), "column 'x' differs from the setting of this name: rename the column"),
    ],
)
def test_a_study_that_returns_no_table_is_named_with_its_line(monkeypatch, tmp_path, rows, message):
    def returning(settings, seed):
        return rows

    replaced(monkeypatch, returning)
    (failure,) = swept(tmp_path, grid=[], seeds=1).failures
    assert f"study 'tiny' ({__file__}, line {returning.__code__.co_firstlineno}) failed: " in failure["error"]
    assert message in failure["error"]


def two_tables(settings, seed):
    short = pd.DataFrame({"value": [10 * settings.x + seed]})
    return {"short": short, "long": pd.concat([short, -short], ignore_index=True)}


def test_a_study_of_two_tables_writes_both_and_a_cell_that_lacks_one_is_measured_again(tmp_path, monkeypatch):
    replaced(monkeypatch, two_tables, tables=("short", "long"))
    assert swept(tmp_path, grid=[{"x": [1, 2]}]).rows == {"short": 4, "long": 8}
    assert pd.read_parquet(tmp_path / "short.parquet")["value"].tolist() == [10, 11, 20, 21]
    assert pd.read_parquet(tmp_path / "long.parquet")["value"].tolist() == [10, -10, 11, -11, 20, -20, 21, -21]
    before = contents(tmp_path)
    next((tmp_path / "cells").glob("*.long.*")).unlink()
    swept(tmp_path, grid=[{"x": [1, 2]}])
    assert contents(tmp_path) == before
    assert len(list((tmp_path / "cells").iterdir())) == 8


def toml(path, **changes):
    keys = {"study": '"tiny"', "seeds": "2", "settings": "{unlucky = 9}", "grid": "[{x = [0, 3]}]"} | changes
    path.write_text("\n".join(f"{key} = {value}" for key, value in keys.items() if value))
    return path


def test_the_command_reports_cells_and_exits_with_1_if_any_failed(call, tmp_path):
    file, out = toml(tmp_path / "tiny.toml"), tmp_path / "out"
    code, output, err = call(app, "sweep", file, "--out", out, "--seeds", 3)
    assert (code, output) == (0, f"{out}/table.parquet: 6 rows, 0 of 6 cells failed\n")
    assert "no figure here draws it" in err
    file = toml(tmp_path / "tiny.toml", settings="{unlucky = 3}")
    code, output, err = call(app, "sweep", file, "--out", out)
    assert (code, output) == (1, f"{out}/table.parquet: 2 rows, 2 of 4 cells failed\n")
    at_once, *_, at_the_end = err.splitlines()
    assert at_once.startswith("first failure: study 'tiny' (")
    assert at_once.endswith("failed: ArithmeticError: 3 is unlucky")
    assert "in the cell with x=3" in at_the_end


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"study": '"nothing"'}, "study 'nothing' is none of bound_holds"),
        ({"study": None}, "key 'study' is missing"),
        ({"seeds": "true"}, "seeds=True is not a positive integer"),
        ({"grid": f"[{{x = {list(range(9000))}, y = {list(range(9000))}}}]"}, "more than 1,000,000 cells"),
        ({"colour": "1"}, "key 'colour' is none of study, seeds, grid, settings"),
        ({"settings": '{y = "1"}'}, "setting y='1' is not of type float | None"),
        ({"settings": "{x = 1}"}, "'x' is both in [settings] and in a [[grid]]"),
        ({"grid": "[{x = 1}]"}, "grid: x=1 is not a nonempty list of values"),
        ({"grid": "[{y = [nan]}]"}, "setting y=nan is not a finite number"),
        ({"grid": "[{x = [-1]}]"}, "x=-1 is negative"),
        ({"grid": "[" * 100_000}, "recursion"),
    ],
)
def test_a_bad_configuration_is_one_error_line(refused, tmp_path, changes, message):
    file = toml(tmp_path / "tiny.toml", **changes)
    err = refused(app, "sweep", file, "--out", tmp_path / "out")
    assert err.startswith(f"error: sweep {file}: ")
    assert message in err
    assert not (tmp_path / "out").exists()


def test_bad_workers_are_one_error_line(call, tmp_path, monkeypatch):
    line = ["sweep", toml(tmp_path / "tiny.toml"), "--out", tmp_path / "out"]
    monkeypatch.setattr(workers, "CONNECTING", 0.2)
    for options, message in (
        (["--jobs", 0], "jobs=0: give a number"),
        (["--dask", "tcp://127.0.0.1:1"], "127.0.0.1:1"),
    ):
        code, _, err = call(app, *line, *options)
        assert (code, message in err.splitlines()[-1]) == (2, True)
    monkeypatch.setitem(sys.modules, "distributed", None)
    code, _, err = call(app, *line, "--dask", "tcp://h:1")
    assert (code, err) == (2, "error: Dask is not installed: pip install '.[dask]' in a checkout of pairbounds\n")


def test_equal_points_are_measured_once():
    configuration = SweepConfiguration("tiny", 1, [{"y": [1, 1.0, 2]}, {"y": [2.0], "x": [0, 5]}])
    assert [(point.y, point.x) for point in configuration.points()] == [(1.0, 0), (2.0, 0), (2.0, 5)]


def test_a_study_in_this_process_has_the_same_rows_and_errors():
    settings = tiny(x=2, unlucky=3)
    serial, parallel = run_study("tiny", settings, range(2)), run_study("tiny", settings, range(2), 1)
    pd.testing.assert_frame_equal(serial["tiny"], parallel["tiny"], check_exact=True)
    for jobs, prefix in ((None, ""), (1, "study tiny, seed 0: ")):
        with pytest.raises(RuntimeError, match=rf"^{prefix}study 'tiny' \(.*\) failed: ArithmeticError: 3 is unlucky"):
            run_study("tiny", tiny(x=3, unlucky=3), range(2), jobs)


def test_a_dry_run_writes_nothing_and_counts_finished_cells(call, tmp_path):
    file, out = toml(tmp_path / "tiny.toml", grid="[{x = [0, 1, 2]}]"), tmp_path / "out"
    command = ("sweep", file, "--out", out)
    assert call(app, *command, "--dry-run")[:2] == (0, "sweep of tiny: 6 cells, 0 of them kept, 6 to measure\n")
    assert not out.exists()
    assert call(app, *command)[0] == 0
    before = {path: path.stat().st_mtime for path in out.rglob("*")}
    assert "15 cells, 6 of them kept, 9 to measure" in call(app, *command, "--seeds", 5, "--dry-run")[1]
    assert {path: path.stat().st_mtime for path in out.rglob("*")} == before


def test_a_dry_run_of_a_study_needs_no_folder(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, _ = call(app, "study", "multihop", "--dry-run", "--seeds", 2)
    assert (code, "2 seeds, into multihop.parquet" in out, list(tmp_path.iterdir())) == (0, True, [])


def test_a_study_prints_the_commands_that_draw_its_table(call, tmp_path):
    path = tmp_path / "mine.parquet"
    drawing = call(app, "study", "bound_holds", "--set", "classes=[2, 2]", "--seeds", 1, "--out", path)[2].splitlines()
    assert drawing == [f"pairbounds draw {name} --table {path}" for name in ("bound_holds", "tightness_map")]
    assert json.loads(sidecar(path).read_text())["took"]["seconds"] > 0

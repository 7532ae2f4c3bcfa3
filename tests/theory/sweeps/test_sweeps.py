"""Sweeps in one process: what a configuration means, what is kept of it, and what is never mixed."""

import json
import random
import sys
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairbounds.__main__ import app
from pairbounds.infrastructure import clusters
from pairbounds.infrastructure.files import sidecar
from pairbounds.sweeps import Cores, Study, SweepConfiguration, place, run_study, run_sweep, study_names
from pairbounds.sweeps.cells import Cell
from pairbounds.sweeps.studies import STUDIES

GRID = [{"x": [4, 0, 3], "name": ["a", "b"]}, {"y": [1, 0.5]}]


def sweep(out, *, workers=None, seeds=2, grid=GRID, retry_failed=False, **fixed):
    configuration = SweepConfiguration("tiny", seeds, grid, fixed)
    return run_sweep(configuration, out, workers or Cores(), retry_failed=retry_failed)


def tiny(**settings):
    return STUDIES["tiny"].settings(**settings)


def replaced(monkeypatch, measure, **options):
    """The tiny study, with another measurement."""
    changed = Study("", STUDIES["tiny"].settings, measure, registered="tiny", **options)
    monkeypatch.setitem(STUDIES, "tiny", changed)


def measured(traces) -> list[str]:
    """The x and seed of each measurement that was begun."""
    return sorted("-".join(path.name.split("-")[:2]) for path in traces.glob("*-*"))


def contents(out) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}


class Backwards:
    """Workers of which the last to begin is the first to finish."""

    def run(self, work, items):
        yield from reversed(list(Cores().run(work, items)))


def test_the_table_is_what_nested_loops_would_measure_and_its_sidecar_has_the_configuration(tmp_path):
    """In whichever order its cells finish."""
    points = [{"x": x, "name": name} for x in (4, 0, 3) for name in ("a", "b")] + [{"y": 1.0}, {"y": 0.5}]
    blocks = []
    for point in points:
        for seed in (0, 1):
            rows = STUDIES["tiny"].measure(tiny(unlucky=9, **point), seed)
            varied = {"x": 0, "name": "plain", "y": float("nan"), **point, "seed": seed}
            blocks.append(pd.DataFrame(varied, rows.index).join(rows))
    result = sweep(tmp_path / "forwards", unlucky=9)
    table = pd.read_parquet(tmp_path / "forwards/table.parquet")
    pd.testing.assert_frame_equal(table, pd.concat(blocks, ignore_index=True), check_exact=True)
    assert (result.cells, result.rows, result.failures) == (16, {"tiny": len(table)}, [])
    sweep(tmp_path / "backwards", unlucky=9, workers=Backwards())
    assert contents(tmp_path / "forwards") == contents(tmp_path / "backwards")
    record = json.loads(sidecar(tmp_path / "forwards/table.parquet").read_text())["configuration"]
    assert (record["study"], record["version"]) == ("tiny", STUDIES["tiny"].version)
    assert (record["grid"], record["settings"]) == (GRID, {"traces": "", "unlucky": 9, "fatal": -1, "pause": 0.0})
    assert (record["seeds"], record["cells"], record["failed"]) == (2, 16, 0)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A finished sweep, and the folder of its traces."""
    out, traces = (tmp_path_factory.mktemp(name) for name in ("out", "traces"))
    sweep(out, traces=str(traces))
    return out, traces


@given(st.dictionaries(st.integers(0, 15), st.sampled_from(["lost", "cut", "changed"])), st.integers(0, 2**32 - 1))
def test_only_what_is_missing_is_measured_and_the_table_is_the_same(finished, harm, seed):
    """Cells are lost, or cut short by a crash, or have a byte changed."""
    (out, traces), rng = finished, random.Random(seed)
    before, files = (out / "table.parquet").read_bytes(), sorted((out / "cells").iterdir())
    for trace in traces.iterdir():
        trace.unlink()
    for number, kind in harm.items():
        content = bytearray(files[number].read_bytes())
        at = rng.randrange(len(content))
        content[at] ^= rng.randrange(1, 256)
        files[number].unlink()
        if kind != "lost":
            files[number].write_bytes(content if kind == "changed" else content[:at])
    sweep(out, traces=str(traces))
    assert (out / "table.parquet").read_bytes() == before
    assert len(measured(traces)) == len(harm)
    assert sorted((out / "cells").iterdir()) == files


# Nothing is mixed.


def test_a_changed_configuration_uses_no_cell_that_is_not_its_own(tmp_path):
    """Each in the folder of all those before it gives what it gives alone, with and without failures."""
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
        sweep(tmp_path / "shared", **change)
        sweep(tmp_path / str(number), **change)
        assert contents(tmp_path / "shared") == contents(tmp_path / str(number))
        kinds.add(tuple(sorted(contents(tmp_path / "shared"))))
    whole = ("table.parquet", "table.parquet.json")
    assert kinds == {whole, ("failures.json",), ("failures.json", *whole)}


def test_a_worker_with_other_source_refuses():
    assert Cell("tiny", STUDIES["tiny"].version, tiny(), 0).measure()
    with pytest.raises(ValueError, match=r"other source code of 'tiny' than the sweep"):
        Cell("tiny", "another version", tiny(), 0).measure()


@dataclass(frozen=True)
class Placed:
    x: int = 0
    y: float | None = None
    folder: str = place("here")


@given(st.builds(Placed, st.integers(0, 3), st.sampled_from([None, 0.0, 1.0]), st.sampled_from(["here", "there"])))
def test_cells_have_one_key_just_when_they_are_equal_but_for_where_they_are_measured(first):
    for second in (Placed(1, 0.0, "there"), Placed(first.x), first):
        for seed in (0, 1):
            cells = Cell("tiny", "v", first, 0), Cell("tiny", "v", second, seed)
            same = (first.x, first.y, 0) == (second.x, second.y, seed)
            assert (cells[0].key == cells[1].key) == same


def test_other_contents_of_a_named_file_are_another_cell(tmp_path, monkeypatch):
    traces, file = tmp_path / "traces", tmp_path / "input.txt"
    traces.mkdir()
    replaced(monkeypatch, STUDIES["tiny"].measure, inputs=lambda settings: {"key": file.read_text()})
    for content in ("one", "one", "two"):
        file.write_text(content)
        sweep(tmp_path / "out", grid=[], seeds=1, traces=str(traces))
    assert measured(traces) == ["0-0", "0-0"]


# Failures.


def test_a_failed_cell_is_recorded_and_the_rest_finish_until_a_retry_is_asked_for(tmp_path):
    traces = tmp_path / "traces"
    traces.mkdir()
    options = {"grid": [{"x": [0, 1]}], "seeds": 1, "traces": str(traces), "unlucky": 1}
    first = sweep(tmp_path, **options)
    (failure,) = json.loads((tmp_path / "failures.json").read_text())
    assert [failure] == first.failures
    assert (failure["settings"]["x"], failure["seed"]) == (1, 0)
    assert failure["error"] == "ArithmeticError: 1 is unlucky"
    assert failure["where"].startswith("tiny.py, line ")
    assert set(pd.read_parquet(tmp_path / "table.parquet")["x"]) == {0}
    assert json.loads(sidecar(tmp_path / "table.parquet").read_text())["configuration"]["failed"] == 1
    assert sweep(tmp_path, **options) == first
    assert measured(traces) == ["0-0", "1-0"]
    assert sweep(tmp_path, retry_failed=True, **options) == first
    assert measured(traces) == ["0-0", "1-0", "1-0"]
    for path in (tmp_path / "cells").glob("*.json"):  # cut short by a crash
        path.write_text(path.read_text()[:40])
    assert sweep(tmp_path, **options) == first
    assert len(measured(traces)) == 4


def clash(settings, seed):
    return pd.DataFrame({"x": [settings.x + 1], "fine": [3]})


def agree(settings, seed):
    return pd.DataFrame({"x": [settings.x], "y": [settings.y], "seed": [seed]})


def test_a_column_named_as_a_setting_has_its_value_and_is_there_once(tmp_path, monkeypatch):
    replaced(monkeypatch, clash)
    (failure, *_) = sweep(tmp_path, grid=[{"x": [0]}]).failures
    assert "column 'x' of 'tiny' is named as a setting" in failure["error"]
    replaced(monkeypatch, agree)
    assert sweep(tmp_path, grid=[{"x": [0, 2]}], retry_failed=True).failures == []
    table = pd.read_parquet(tmp_path / "table.parquet")
    assert table.columns.tolist() == ["x", "y", "seed"]
    assert table[["x", "seed"]].to_numpy().tolist() == [[0, 0], [0, 1], [2, 0], [2, 1]]


def two_tables(settings, seed):
    short = pd.DataFrame({"value": [10 * settings.x + seed]})
    return {"short": short, "long": pd.concat([short, -short], ignore_index=True)}


def test_a_study_of_two_tables_writes_both_and_a_cell_that_lacks_one_is_measured_again(tmp_path, monkeypatch):
    replaced(monkeypatch, two_tables, tables=("short", "long"))
    assert sweep(tmp_path, grid=[{"x": [1, 2]}]).rows == {"short": 4, "long": 8}
    assert pd.read_parquet(tmp_path / "short.parquet")["value"].tolist() == [10, 11, 20, 21]
    assert pd.read_parquet(tmp_path / "long.parquet")["value"].tolist() == [10, -10, 11, -11, 20, -20, 21, -21]
    before = contents(tmp_path)
    next((tmp_path / "cells").glob("*.long.*")).unlink()
    sweep(tmp_path, grid=[{"x": [1, 2]}])
    assert contents(tmp_path) == before
    assert len(list((tmp_path / "cells").iterdir())) == 8


# The command.


def toml(path, **changes):
    keys = {"study": '"tiny"', "seeds": "2", "settings": "{unlucky = 9}", "grid": "[{x = [0, 3]}]"} | changes
    path.write_text("\n".join(f"{key} = {value}" for key, value in keys.items() if value))
    return path


def test_the_command_says_what_it_did_and_exits_with_1_when_cells_failed(call, tmp_path):
    file, out = toml(tmp_path / "tiny.toml"), tmp_path / "out"
    assert call(app, "sweep", file, "--out", out)[:2] == (0, f"{out}/table.parquet: 4 rows, 0 of 4 cells failed\n")
    code, said, err = call(app, "sweep", file, "--out", out, "--seeds", 3)
    assert (code, said) == (0, f"{out}/table.parquet: 6 rows, 0 of 6 cells failed\n")
    assert "no figure here draws it" in err
    file = toml(tmp_path / "tiny.toml", settings="{unlucky = 3}")
    code, said, err = call(app, "sweep", file, "--out", out)
    assert (code, said) == (1, f"{out}/table.parquet: 2 rows, 2 of 4 cells failed\n")
    at_once, *_, at_the_end = err.splitlines()
    assert at_once.startswith("first failure: ArithmeticError: 3 is unlucky (tiny.py, line ")
    assert "in the cell with x=3" in at_the_end


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"study": '"nothing"'}, "study 'nothing' is none of architecture"),
        ({"study": None}, "key 'study' is missing"),
        ({"seeds": "true"}, "seeds=True is not an integer of at least 1"),
        ({"grid": f"[{{x = {list(range(9000))}, y = {list(range(9000))}}}]"}, "more than 1,000,000 cells"),
        ({"colour": "1"}, "key 'colour' is none of study, seeds, grid, settings"),
        ({"settings": "{z = 1}"}, "setting 'z' is none of x, y, name"),
        ({"settings": '{y = "1"}'}, "setting y='1' is not of type float | None"),
        ({"settings": "{x = 1}"}, "'x' is both fixed in [settings] and varied in a [[grid]]"),
        ({"grid": "{x = [1]}"}, "is not a list of tables: write [[grid]]"),
        ({"grid": "[{x = 1}]"}, "grid: x=1 is not a list of at least one value"),
        ({"grid": "[{y = [nan]}]"}, "setting y=nan is not a finite number"),
        ({"grid": "[{x = [true]}]"}, "setting x=True is not of type int"),
        ({"grid": "[{x = [-1]}]"}, "x=-1 is negative"),
        ({"grid": "[" * 100_000}, "recursion"),
    ],
)
def test_a_bad_configuration_is_one_line_and_exit_2(call, tmp_path, changes, message):
    file = toml(tmp_path / "tiny.toml", **changes)
    code, _, err = call(app, "sweep", file, "--out", tmp_path / "out")
    assert (code, err.count("\n")) == (2, 1)
    assert err.startswith(f"error: sweep {file}: ")
    assert message in err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--jobs", 0], "jobs=0: give how many"),
        (["--dask", "tcp://127.0.0.1:1"], "tcp://127.0.0.1:1"),
    ],
)
def test_bad_options_are_one_line_and_exit_2(call, tmp_path, monkeypatch, options, message):
    monkeypatch.setattr(clusters, "CONNECTING", 0.2)
    code, _, err = call(app, "sweep", toml(tmp_path / "tiny.toml"), "--out", tmp_path / "out", *options)
    assert code == 2
    assert message in err.splitlines()[-1]


def test_without_dask_the_error_says_how_to_get_it(call, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    code, _, err = call(app, "sweep", toml(tmp_path / "t.toml"), "--out", tmp_path / "out", "--dask", "tcp://h:1")
    assert (code, err) == (2, "error: Dask is not installed: pip install '.[dask]' in a checkout of pairbounds\n")


def test_equal_points_are_measured_once_and_studies_are_listed_with_their_presets_and_figures(call):
    configuration = SweepConfiguration("tiny", 1, [{"y": [1, 1.0, 2]}, {"y": [2.0], "x": [0, 5]}])
    assert [(cell.settings.y, cell.settings.x) for cell in configuration.cells()] == [(1.0, 0), (2.0, 0), (2.0, 5)]
    assert configuration.axes == ["y", "x"]
    code, out, _ = call(app, "study")
    assert code == 0
    said = "".join(out.split())  # lines are broken anywhere
    assert all(name in said for name in (*study_names(), "paper", "tightness_map"))


def test_a_study_that_is_measured_here_has_the_same_rows_and_its_own_errors():
    settings = tiny(x=2, unlucky=3)
    here, spread = run_study("tiny", settings, range(2)), run_study("tiny", settings, range(2), Cores())
    pd.testing.assert_frame_equal(here["tiny"], spread["tiny"], check_exact=True)
    unlucky = tiny(x=3, unlucky=3)
    with pytest.raises(ArithmeticError, match="3 is unlucky"):
        run_study("tiny", unlucky, range(2))
    with pytest.raises(RuntimeError, match="seed 0: ArithmeticError: 3 is unlucky"):
        run_study("tiny", unlucky, range(2), Cores())


# Before it is measured.


def test_a_dry_run_writes_nothing_and_says_what_is_kept(call, tmp_path):
    file, out = toml(tmp_path / "tiny.toml", grid="[{x = [0, 1, 2]}]"), tmp_path / "out"
    command = ("sweep", file, "--out", out)
    assert call(app, *command, "--dry-run")[:2] == (0, "sweep of tiny: 6 cells, 0 of them kept, 6 to measure\n")
    assert not out.exists()
    assert call(app, *command)[0] == 0
    before = {path: path.stat().st_mtime for path in out.rglob("*")}
    assert "15 cells, 6 of them kept, 9 to measure" in call(app, *command, "--seeds", 5, "--dry-run")[1]
    assert {path: path.stat().st_mtime for path in out.rglob("*")} == before


def test_a_study_can_be_asked_about_before_it_is_measured(call, tmp_path):
    words = ["study", "bound_holds", "--preset", "small", "--set", "classes=[2, 2]", "--out", tmp_path / "mine.parquet"]
    code, said, _ = call(app, *words, "--dry-run")
    assert code == 0
    assert "  classes              [2, 2]               given\n" in said
    assert said.endswith(f"2 seeds, into {tmp_path / 'mine.parquet'}\n")
    assert list(tmp_path.iterdir()) == []
    drawing = call(app, *words, "--seeds", "1")[2].splitlines()
    assert drawing == [f"pairbounds draw {name} --table {words[-1]}" for name in ("bound_holds", "tightness_map")]
    assert json.loads(Path(f"{words[-1]}.json").read_text())["took"]["seconds"] > 0

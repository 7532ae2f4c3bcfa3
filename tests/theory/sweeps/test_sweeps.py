"""Sweeps in one process: what a configuration means, what is kept of it, and what is never mixed."""

import importlib
import json
import random
import sys
from dataclasses import dataclass

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairbounds.__main__ import app
from pairbounds.infrastructure import clusters
from pairbounds.infrastructure.foreign import ForeignResultError
from pairbounds.infrastructure.tables import sidecar
from pairbounds.sweeps import Cores, SweepConfiguration, run_study, run_sweep, study_names, where
from pairbounds.sweeps.cells import Cell, _is_throughout
from pairbounds.sweeps.execution import CellError
from pairbounds.sweeps.store import Store
from tests.theory.sweeps import tiny

TINY = "tests.theory.sweeps.tiny"
GRID = [{"x": [4, 0, 3], "name": ["a", "b"]}, {"y": [1, 0.5]}]


def sweep(out, *, workers=None, seeds=2, grid=GRID, retry_failed=False, **fixed):
    configuration = SweepConfiguration(TINY, seeds, grid, fixed)
    return run_sweep(configuration, out, workers or Cores(), retry_failed=retry_failed)


def measured(traces) -> list[str]:
    """The x and seed of each measurement that was begun."""
    return sorted("-".join(path.name.split("-")[:2]) for path in traces.glob("*-*"))


def cell_files(out) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in (out / "cells").iterdir()}


def contents(out) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}


class Backwards:
    """Workers of which the last to begin is the first to finish."""

    def run(self, work, items):
        yield from reversed(list(Cores().run(work, items)))


def test_the_table_is_what_nested_loops_would_measure(tmp_path):
    blocks = []
    for x in (4, 0, 3):
        for name in ("a", "b"):
            for seed in (0, 1):
                rows = tiny.measure(tiny.Settings(x=x, name=name, unlucky=9), seed)
                blocks.append(
                    pd.DataFrame({"x": x, "name": name, "y": float("nan"), "seed": seed}, rows.index).join(rows)
                )
    for y in (1.0, 0.5):
        for seed in (0, 1):
            rows = tiny.measure(tiny.Settings(y=y, unlucky=9), seed)
            blocks.append(pd.DataFrame({"x": 0, "name": "plain", "y": y, "seed": seed}, rows.index).join(rows))
    result = sweep(tmp_path, unlucky=9)
    table = pd.read_parquet(tmp_path / "table.parquet")
    pd.testing.assert_frame_equal(table, pd.concat(blocks, ignore_index=True), check_exact=True)
    assert (result.cells, result.rows, result.failures) == (16, {"tiny": len(table)}, [])


def test_the_sidecar_tells_the_whole_configuration(tmp_path):
    sweep(tmp_path, unlucky=9)
    record = json.loads(sidecar(tmp_path / "table.parquet").read_text())["configuration"]
    assert record["study"] == TINY
    assert record["version"] == tiny.STUDY.version
    assert record["grid"] == GRID
    assert record["settings"] == {"traces": "", "unlucky": 9, "fatal": -1, "pause": 0.0}
    assert (record["seeds"], record["cells"], record["failed"]) == (2, 16, 0)


# The same whatever happens.


def test_the_table_does_not_depend_on_the_order_in_which_cells_finish(tmp_path):
    for name, workers in (("forwards", Cores()), ("backwards", Backwards())):
        sweep(tmp_path / name, workers=workers)
    assert (tmp_path / "forwards/table.parquet").read_bytes() == (tmp_path / "backwards/table.parquet").read_bytes()


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
    for place, kind in harm.items():
        content = bytearray(files[place].read_bytes())
        at = rng.randrange(len(content))
        content[at] ^= rng.randrange(1, 256)
        files[place].unlink()
        if kind != "lost":
            files[place].write_bytes(content if kind == "changed" else content[:at])
    sweep(out, traces=str(traces))
    assert (out / "table.parquet").read_bytes() == before
    assert len(measured(traces)) == len(harm)
    assert sorted((out / "cells").iterdir()) == files


def test_a_finished_sweep_measures_nothing(tmp_path):
    sweep(tmp_path)
    before = cell_files(tmp_path)
    sweep(tmp_path)
    assert cell_files(tmp_path) == before


# Nothing is mixed.


def test_a_changed_configuration_uses_no_cell_that_is_not_its_own(tmp_path):
    """Each in the folder of all those before it gives what it gives alone."""
    changes = [
        {},
        {"name": "other", "grid": [{"x": [0, 1]}]},
        {"grid": [{"x": [0, 1]}]},
        {"grid": [{"x": [1, 0]}]},
        {"seeds": 3},
        {"seeds": 1},
        {"unlucky": 0},
        {"y": 2.0, "grid": [{"x": [0, 1]}]},
        {"unlucky": 0, "grid": [{"x": [0, 3]}]},
        {"unlucky": 0, "grid": [{"x": [3]}]},
        {"unlucky": 0, "grid": [{"x": [0]}]},
    ]
    for number, change in enumerate(changes):
        sweep(tmp_path / "shared", **change)
        sweep(tmp_path / str(number), **change)
        kept, alone = (tmp_path / "shared", tmp_path / str(number))
        assert contents(kept) == contents(alone)


def test_more_seeds_measure_only_those(tmp_path):
    traces = tmp_path / "traces"
    traces.mkdir()
    for seeds in (1, 3):
        sweep(tmp_path, seeds=seeds, grid=[{"x": [0, 1]}], traces=str(traces))
    assert measured(traces) == ["0-0", "0-1", "0-2", "1-0", "1-1", "1-2"]


def test_an_interrupted_change_leaves_the_table_of_what_was_before_whole(tmp_path):
    class Interrupted:
        def run(self, work, items):
            yield from list(Cores().run(work, items))[:2]
            raise KeyboardInterrupt

    sweep(tmp_path)
    before = contents(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        sweep(tmp_path, pause=1e-9, workers=Interrupted())
    assert contents(tmp_path) == before


def test_no_table_and_no_failures_of_what_was_before_stay_beside_a_new_result(tmp_path):
    sweep(tmp_path, unlucky=0, grid=[{"x": [0, 1]}])
    assert contents(tmp_path).keys() == {"table.parquet", "table.parquet.json", "failures.json"}
    sweep(tmp_path, unlucky=0, grid=[{"x": [0]}])
    assert contents(tmp_path).keys() == {"failures.json"}
    sweep(tmp_path, grid=[{"x": [0]}])
    assert contents(tmp_path).keys() == {"table.parquet", "table.parquet.json"}


def test_a_changed_source_is_measured_anew(tmp_path, monkeypatch):
    source = tmp_path / "moving" / "study.py"
    source.parent.mkdir()
    text = "\n".join(
        [
            "from dataclasses import dataclass",
            "import pandas as pd",
            "from pairbounds.sweeps import Study",
            "@dataclass(frozen=True)",
            "class Settings:",
            "    x: int = 0",
            "def measure(settings, seed):",
            "    return pd.DataFrame({'value': [10 * settings.x]})",
            "STUDY = Study('', Settings, measure)",
        ]
    )
    source.write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    values = []
    for factor in ("10 *", "100 *"):
        source.write_text(text.replace("10 *", factor))
        module = importlib.import_module("moving.study")
        importlib.reload(module)
        run_sweep(SweepConfiguration("moving.study", 1, [{"x": [1, 2]}]), tmp_path / "out", Cores())
        values.append(pd.read_parquet(tmp_path / "out" / "table.parquet")["value"].tolist())
    assert values == [[10, 20], [100, 200]]


def test_a_worker_with_other_source_refuses():
    assert Cell(TINY, tiny.STUDY.version, tiny.Settings(), 0).measure()
    with pytest.raises(ValueError, match=r"other source code of 'tests.theory.sweeps.tiny' than the sweep"):
        Cell(TINY, "another version", tiny.Settings(), 0).measure()


@given(first=st.builds(tiny.Settings, st.integers(0, 3), st.sampled_from([None, 0.0, 1.0]), st.sampled_from("ab")))
def test_cells_have_one_key_just_when_they_are_equal(first):
    for second in (tiny.Settings(1, 0.0, "a"), tiny.Settings(x=first.x), first):
        for seed in (0, 1):
            cells = Cell(TINY, "v", first, 0), Cell(TINY, "v", second, seed)
            assert (cells[0].key == cells[1].key) == (cells[0] == cells[1])


# Failures.


def test_a_failed_cell_is_recorded_and_the_rest_finish(tmp_path):
    result = sweep(tmp_path, unlucky=3)
    assert (result.cells, len(result.failures)) == (16, 4)
    failures = json.loads((tmp_path / "failures.json").read_text())
    assert failures == result.failures
    assert [(failure["settings"]["name"], failure["seed"]) for failure in failures] == [
        ("a", 0),
        ("a", 1),
        ("b", 0),
        ("b", 1),
    ]
    assert {failure["error"] for failure in failures} == {"ArithmeticError: 3 is unlucky"}
    assert failures[0]["where"].startswith("tiny.py, line ")
    assert set(pd.read_parquet(tmp_path / "table.parquet")["x"]) == {0, 4}
    assert json.loads(sidecar(tmp_path / "table.parquet").read_text())["configuration"]["failed"] == 4


def test_a_failure_is_a_result_until_a_retry_is_asked_for(tmp_path):
    traces = tmp_path / "traces"
    traces.mkdir()
    options = {"grid": [{"x": [0, 1]}], "seeds": 1, "traces": str(traces)}
    first = sweep(tmp_path, unlucky=1, **options)
    assert sweep(tmp_path, unlucky=1, **options) == first
    assert measured(traces) == ["0-0", "1-0"]
    assert sweep(tmp_path, unlucky=1, retry_failed=True, **options) == first
    assert measured(traces) == ["0-0", "1-0", "1-0"]


def test_a_retry_that_succeeds_clears_the_failure(tmp_path):
    """A cell that failed for a reason outside it, as for want of memory."""
    sweep(tmp_path, grid=[{"x": [0, 1]}])
    before = (tmp_path / "table.parquet").read_bytes()
    cell = SweepConfiguration(TINY, 2, [{"x": [0, 1]}]).cells()[0]
    for path in (tmp_path / "cells").glob(f"{cell.key}*"):
        path.unlink()
    Store(tmp_path / "cells").keep(cell, CellError("MemoryError", "somewhere"))
    assert len(sweep(tmp_path, grid=[{"x": [0, 1]}]).failures) == 1
    assert sweep(tmp_path, grid=[{"x": [0, 1]}], retry_failed=True).failures == []
    assert (tmp_path / "table.parquet").read_bytes() == before
    assert not (tmp_path / "failures.json").exists()
    assert list((tmp_path / "cells").glob("*.json")) == []


def test_a_failure_cut_short_by_a_crash_is_measured_again(tmp_path):
    sweep(tmp_path, unlucky=0)
    for path in (tmp_path / "cells").glob("*.json"):
        path.write_text(path.read_text()[:40])
    assert len(sweep(tmp_path, unlucky=0).failures) == 8


def test_where_every_cell_fails_there_is_no_table(tmp_path):
    assert sweep(tmp_path, grid=[{"x": [5]}], unlucky=5).rows == {}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cells", "failures.json"]


def test_columns_named_as_settings_are_a_failure(tmp_path, monkeypatch):
    monkeypatch.setattr(tiny, "STUDY", tiny.Study("", tiny.Settings, columns_that_clash))
    (failure, *_) = sweep(tmp_path, grid=[{"x": [0]}]).failures
    assert failure["error"] == (
        "ValueError: column 'x' of 'tests.theory.sweeps.tiny' is named as a setting, and is not its value"
    )


def test_a_column_that_is_named_as_a_setting_of_several_values():
    column = pd.Series([0.1, 0.2, 0.3])
    assert not _is_throughout((0.1, 0.2), column)
    assert _is_throughout((0.1, 0.2), pd.Series([(0.1, 0.2)] * 3))


def columns_that_clash(settings, seed):
    return pd.DataFrame({"x": [settings.x + 1], "fine": [3]})


def test_a_column_that_has_the_value_of_a_setting_is_there_once(tmp_path, monkeypatch):
    monkeypatch.setattr(tiny, "STUDY", tiny.Study("", tiny.Settings, columns_that_agree))
    assert sweep(tmp_path, grid=[{"x": [0, 2]}]).failures == []
    table = pd.read_parquet(tmp_path / "table.parquet")
    assert table.columns.tolist() == ["x", "y", "seed"]
    assert table["x"].tolist() == [0, 0, 2, 2]
    assert table["seed"].tolist() == [0, 1, 0, 1]


def columns_that_agree(settings, seed):
    return pd.DataFrame({"x": [settings.x], "y": [settings.y], "seed": [seed]})


def test_without_a_grid_the_fixed_settings_are_the_only_point(tmp_path):
    assert sweep(tmp_path, grid=[], x=2, seeds=3).cells == 3
    assert pd.read_parquet(tmp_path / "table.parquet")["seed"].tolist() == [0] * 3 + [1] * 3 + [2] * 3


# Several tables.


def two_tables(settings, seed):
    short = pd.DataFrame({"value": [10 * settings.x + seed]})
    return {"short": short, "long": pd.concat([short, -short], ignore_index=True)}


@pytest.fixture
def two(monkeypatch):
    monkeypatch.setattr(tiny, "STUDY", tiny.Study("", tiny.Settings, two_tables, tables=("short", "long")))


def test_a_study_of_two_tables_writes_both(tmp_path, two):
    result = sweep(tmp_path, grid=[{"x": [1, 2]}])
    assert result.rows == {"short": 4, "long": 8}
    assert pd.read_parquet(tmp_path / "short.parquet")["value"].tolist() == [10, 11, 20, 21]
    assert pd.read_parquet(tmp_path / "long.parquet")["value"].tolist() == [10, -10, 11, -11, 20, -20, 21, -21]
    assert not (tmp_path / "table.parquet").exists()


def test_a_cell_that_lacks_one_of_its_tables_is_measured_again(tmp_path, two):
    sweep(tmp_path, grid=[{"x": [1, 2]}])
    before = contents(tmp_path)
    next((tmp_path / "cells").glob("*.long.*")).unlink()
    sweep(tmp_path, grid=[{"x": [1, 2]}])
    assert contents(tmp_path) == before
    assert len(list((tmp_path / "cells").iterdir())) == 8


def test_tables_that_the_study_does_not_name_end_the_sweep(tmp_path, monkeypatch):
    monkeypatch.setattr(tiny, "STUDY", tiny.Study("", tiny.Settings, two_tables, tables=("short", "tall")))
    with pytest.raises(ForeignResultError, match="returned the tables short, long: it says short, tall"):
        sweep(tmp_path, grid=[])


# What does not decide a result, and what decides it besides.


@dataclass(frozen=True)
class Placed:
    x: int = 0
    folder: str = where("here")


def test_a_cell_is_the_same_wherever_it_is_measured():
    first, second = (Cell(TINY, "v", Placed(folder=folder), 0) for folder in ("here", "there"))
    assert first.key == second.key
    assert first.key != Cell(TINY, "v", Placed(x=1), 0).key
    assert "folder" not in first.record()["settings"]


def test_other_contents_of_a_named_file_are_another_cell(tmp_path, monkeypatch):
    traces, file = tmp_path / "traces", tmp_path / "input.txt"
    traces.mkdir()
    study = tiny.Study("", tiny.Settings, tiny.measure, inputs=lambda settings: {"key": file.read_text()})
    monkeypatch.setattr(tiny, "STUDY", study)
    for content in ("one", "one", "two"):
        file.write_text(content)
        sweep(tmp_path / "out", grid=[], seeds=1, traces=str(traces))
    assert measured(traces) == ["0-0", "0-0"]


# The command.


def write(path, text):
    path.write_text(text)
    return path


def toml(path, **changes):
    keys = {"study": f'"{TINY}"', "seeds": "2", "settings": "{unlucky = 9}", "grid": "[{x = [0, 3]}]"} | changes
    return write(path, "\n".join(f"{key} = {value}" for key, value in keys.items() if value))


def test_the_command_says_what_it_did(call, tmp_path):
    file, out = toml(tmp_path / "tiny.toml"), tmp_path / "out"
    assert call(app, "sweep", file, "--out", out)[:2] == (0, f"{out}/table.parquet: 4 rows, 0 of 4 cells failed\n")
    code, said, _ = call(app, "sweep", file, "--out", out, "--seeds", 3)
    assert (code, said) == (0, f"{out}/table.parquet: 6 rows, 0 of 6 cells failed\n")
    assert json.loads(sidecar(out / "table.parquet").read_text())["configuration"]["seeds"] == 3


def test_the_command_exits_with_1_when_cells_failed(call, tmp_path):
    file = toml(tmp_path / "tiny.toml", settings="{unlucky = 3}")
    for _ in range(2):
        code, said, _ = call(app, "sweep", file, "--out", tmp_path / "out")
        assert (code, said) == (1, f"{tmp_path}/out/table.parquet: 2 rows, 2 of 4 cells failed\n")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"study": '"nothing"'}, "study 'nothing' is none of architecture"),
        ({"study": '"tests.theory.nothing"'}, "study 'tests.theory.nothing' is none of architecture"),
        ({"study": '"tests.families"'}, "nor a module with a STUDY"),
        ({"study": "3"}, "study=3 is not the name of a study"),
        ({"study": None}, "key 'study' is missing"),
        ({"seeds": "0"}, "seeds=0 is not an integer of at least 1"),
        ({"seeds": "true"}, "seeds=True is not an integer of at least 1"),
        ({"seeds": None}, "key 'seeds' is missing"),
        ({"colour": "1"}, "key 'colour' is none of study, seeds, grid, settings"),
        ({"settings": "3"}, "settings=3 is not a table"),
        ({"settings": "{z = 1}"}, "setting 'z' is none of x, y, name"),
        ({"settings": "{name = 1}"}, "setting name=1 is not of type str"),
        ({"settings": '{y = "1"}'}, "setting y='1' is not of type float | None"),
        ({"settings": "{x = 1}"}, "'x' is both fixed in [settings] and varied in a [[grid]]"),
        ({"grid": "{x = [1]}"}, "is not a list of tables: write [[grid]]"),
        ({"grid": "[{}]"}, "a [[grid]] is empty"),
        ({"grid": "[{x = []}]"}, "grid: x=[] is not a list of at least one value"),
        ({"grid": "[{x = 1}]"}, "grid: x=1 is not a list of at least one value"),
        ({"grid": "[{z = [1]}]"}, "setting 'z' is none of x, y, name"),
        ({"grid": "[{x = [0, 1.5]}]"}, "setting x=1.5 is not of type int"),
        ({"grid": "[{y = [nan]}]"}, "setting y=nan is not a finite number"),
        ({"settings": "{y = -inf}"}, "setting y=-inf is not a finite number"),
        ({"grid": "[{x = [true]}]"}, "setting x=True is not of type int"),
        ({"grid": "[{x = [-1]}]"}, "x=-1 is negative"),
        ({"grid": "[{x = ["}, "Invalid value (at end of document)"),
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
        (["--jobs", 2, "--dask", "tcp://127.0.0.1:1"], "--jobs and --dask exclude each other"),
        (["--seeds", 0], "seeds=0 is not an integer of at least 1"),
        (["--dask", "nowhere"], "nowhere"),
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


def test_a_missing_file(call, tmp_path):
    code, _, err = call(app, "sweep", tmp_path / "none.toml", "--out", tmp_path / "out")
    assert (code, err.count("\n")) == (2, 1)
    assert "none.toml" in err


def test_equal_points_are_measured_once():
    configuration = SweepConfiguration(TINY, 1, [{"y": [1, 1.0, 2]}, {"y": [2.0], "x": [0, 5]}])
    assert [(cell.settings.y, cell.settings.x) for cell in configuration.cells()] == [(1.0, 0), (2.0, 0), (2.0, 5)]
    assert configuration.axes == ["y", "x"]


def test_studies_are_listed_with_their_presets(call):
    code, out, _ = call(app, "study")
    assert code == 0
    said = "".join(out.split())  # lines are broken anywhere
    assert all(name in said and "paper" in said for name in study_names())


def test_a_study_that_is_measured_here_has_the_same_rows_and_its_own_errors(monkeypatch):
    settings = tiny.Settings(x=2, unlucky=3)
    here, spread = run_study(TINY, settings, range(2)), run_study(TINY, settings, range(2), Cores())
    pd.testing.assert_frame_equal(here["tiny"], spread["tiny"], check_exact=True)
    unlucky = tiny.Settings(x=3, unlucky=3)
    with pytest.raises(ArithmeticError, match="3 is unlucky"):
        run_study(TINY, unlucky, range(2))
    with pytest.raises(RuntimeError, match="seed 0: ArithmeticError: 3 is unlucky"):
        run_study(TINY, unlucky, range(2), Cores())

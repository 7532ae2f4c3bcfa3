"""Studies that do what they may not, cells that are tried again, and configurations too large to look at."""

import json
import sys
import tracemalloc

import numpy as np
import pandas as pd
import pytest

from pairbounds import ForeignCodeError
from pairbounds.__main__ import app
from pairbounds.sweeps import Cores, SweepConfiguration, configuration, run_sweep
from pairbounds.sweeps.execution import CellError
from tests.limits import ENDLESS

MODULE = """\
import dataclasses, pathlib, sys
import pandas as pd
from pairbounds.sweeps import Study

@dataclasses.dataclass(frozen=True)
class Settings:
    x: int = 0
    def __post_init__(self):
        {settings}

def measure(settings, seed):
    {measure}
    return pd.DataFrame({{"value": [settings.x]}})

STUDY = Study("", Settings, {argument})
{last}
"""
DEFAULTS = {"settings": "pass", "measure": "pass", "argument": "measure", "last": ""}


@pytest.fixture
def study(tmp_path, monkeypatch, request):
    """Write the module of a study, and the configuration of a sweep over it."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def _write(**parts: str):
        path = tmp_path / "strange" / "study.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(MODULE.format(**DEFAULTS | parts))
        file = tmp_path / "sweep.toml"
        file.write_text('study = "strange.study"\nseeds = 1\n[[grid]]\nx = [1, 2]\n')
        return file, path

    yield _write
    for name in [name for name in sys.modules if name.startswith("strange")]:
        del sys.modules[name]


@pytest.mark.parametrize(
    ("parts", "line", "what"),
    [
        ({"last": "raise KeyError('x')"}, 16, "failed: KeyError: 'x'"),
        ({"last": "import nothing_of_the_kind"}, 16, "failed: ModuleNotFoundError"),
        ({"argument": "3"}, 15, "failed: ValueError: measure=3 of a study is not a function"),
        ({"argument": "measure, colour=4"}, 15, "failed: TypeError: "),
        ({"settings": "raise KeyError('x')"}, 9, "failed: KeyError: 'x'"),
        ({"settings": "sys.exit(0)"}, 9, "failed: SystemExit: 0"),
    ],
)
def test_a_study_that_cannot_be_run_is_one_line_and_exit_2(call, tmp_path, study, parts, line, what):
    file, path = study(**parts)
    code, out, err = call(app, "sweep", file, "--out", tmp_path / "out")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"error: study 'strange.study' ({path}, line {line}) {what}")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", ["'a name'", "int", "type('Some', (), {})"])
def test_settings_are_a_dataclass_with_defaults(call, tmp_path, study, kind):
    file, _ = study(argument=f"measure); STUDY = Study('', {kind}, measure")
    code, _, err = call(app, "sweep", file, "--out", tmp_path / "out")
    assert code == 2
    assert "of a study is not a dataclass" in err


def test_a_study_that_does_not_stop_loading_is_stopped(study, monkeypatch):
    file, _ = study(last="while True: pass")
    monkeypatch.setattr("pairbounds.sweeps.studies.SECONDS", ENDLESS)
    with pytest.raises(ForeignCodeError, match=r"line 16\) took longer than 1 s"):
        SweepConfiguration.read(file)


@pytest.mark.parametrize(
    ("measure", "error", "line"),
    [
        ("if settings.x == 1: raise KeyError('x')", "KeyError: 'x'", 12),
        ("if settings.x == 1: sys.exit(0)", "(PATH, line 12) failed: SystemExit: 0", 12),
        ("if settings.x == 1: raise KeyboardInterrupt", "(PATH, line 12) failed: KeyboardInterrupt", 12),
        ("while settings.x == 1: pass", "(PATH, line 12) took longer than 1 s", 12),
    ],
)
def test_a_cell_that_fails_in_any_way_is_one_of_the_failures(call, tmp_path, study, measure, error, line):
    file, path = study(measure=measure)
    limit = ["--time-limit", ENDLESS] if "while" in measure else []
    code, out, err = call(app, "sweep", file, "--out", tmp_path / "out", *limit)
    assert code == 1
    assert out.endswith("table.parquet: 1 rows, 1 of 2 cells failed\n")
    told = err.splitlines()[-1]
    assert told.startswith("first failure: ")
    assert told.endswith(f"{error.replace('PATH', str(path))} (study.py, line {line}), in the cell with x=1, seed=0")
    assert pd.read_parquet(tmp_path / "out/table.parquet")["value"].tolist() == [2]


@pytest.mark.parametrize(
    ("returned", "what"),
    [
        ("None", "no DataFrame, but NoneType"),
        ("[1]", "no DataFrame, but list"),
        ("{'value': [1]}", "no DataFrame, but list"),
        ("{'other': pd.DataFrame({'value': [1]})}", "the tables other: it says study"),
        ("pd.DataFrame({'value': []})", "a table study of 0 rows and 1 columns"),
        ("pd.DataFrame(index=[1])", "a table study of 1 rows and 0 columns"),
        ("pd.DataFrame({'values': [1]})", "the columns values: it says value"),
    ],
)
def test_a_study_that_returns_something_else_ends_the_sweep_at_once(call, tmp_path, study, returned, what):
    """What was measured before is kept, and the rest is not begun."""
    argument = 'measure, columns={"study": ["value"]}'
    file, path = study(measure=f"if settings.x == 2: return {returned}", argument=argument)
    file.write_text('study = "strange.study"\nseeds = 2\n[[grid]]\nx = [1, 2, 3]\n')
    code, out, err = call(app, "sweep", file, "--out", tmp_path / "out")
    told = f"error: study 'strange.study' ({path}, line 11) returned {what}"
    assert (code, out, err.splitlines()[-1]) == (2, "", told)
    assert len(list((tmp_path / "out/cells").iterdir())) == 2  # the two seeds of x=1


def test_the_time_limit_of_a_cell_is_kept_by_worker_processes(tmp_path):
    """The cell that ends has ended before: there it may take what it takes."""
    quick, both = (SweepConfiguration("tests.theory.sweeps.tiny", 1, [{"pause": p}]) for p in ([0.0], [0.0, 600.0]))
    run_sweep(quick, tmp_path, Cores(1))
    result = run_sweep(both, tmp_path, Cores(2), seconds=0.5)
    (failure,) = result.failures
    assert str(failure["error"]).endswith("took longer than 0.5 s")
    assert result.rows == {"tiny": 1}


@pytest.mark.parametrize(
    ("error", "again"),
    [("MemoryError", True), ("OSError(28, 'full')", True), ("ConnectionResetError", True), ("ValueError", False)],
)
def test_what_failed_for_want_of_memory_or_a_file_is_measured_again(call, tmp_path, study, error, again):
    flag = tmp_path / "flag"
    flag.touch()
    file, _ = study(measure=f"if settings.x == 1 and pathlib.Path({str(flag)!r}).exists(): raise {error}")
    arguments = ["sweep", file, "--out", tmp_path / "out"]
    assert call(app, *arguments)[0] == 1
    (record,) = json.loads((tmp_path / "out/failures.json").read_text())
    assert record["transient"] is again
    assert call(app, *arguments)[0] == 1  # it fails anew
    flag.unlink()
    assert call(app, *arguments)[0] == (0 if again else 1)
    assert call(app, *arguments, "--retry-failed")[0] == 0
    assert pd.read_parquet(tmp_path / "out/table.parquet")["value"].tolist() == [1, 2]


def test_numpys_own_want_of_memory_is_one():
    with pytest.raises(MemoryError) as caught:
        np.ones((1 << 40, 1 << 10))
    assert CellError.of(caught.value).transient


# Too many cells.


@pytest.mark.parametrize(
    ("seeds", "grid", "count"),
    [
        (1, f"[{{x = {list(range(3000))}, y = {list(range(3000))}, pause = {list(range(3000))}}}]", "27,000,000,000"),
        (10**12, "[{x = [1]}]", "1,000,000,000,000"),
        (10**400, "[{x = [1]}]", "1.0e+400"),
        (600_000, "[{x = [1]}, {x = [2]}]", "1,200,000"),
    ],
    ids=["product", "seeds", "many digits", "sum"],
)
def test_a_configuration_of_too_many_cells_is_refused_before_it_is_enumerated(call, tmp_path, seeds, grid, count):
    file = tmp_path / "large.toml"
    file.write_text(f'study = "tests.theory.sweeps.tiny"\nseeds = {seeds}\ngrid = {grid}\n')
    tracemalloc.start()
    code, _, err = call(app, "sweep", file, "--out", tmp_path / "out")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    message = f"seeds and grid spell {count} cells, and a sweep has at most {configuration.MOST_CELLS:,}"
    assert (code, err) == (2, f"error: sweep {file}: {message}\n")
    assert peak < 20_000_000  # bytes
    assert not (tmp_path / "out").exists()


def test_seeds_of_the_command_line_count_too(call, tmp_path):
    file = tmp_path / "small.toml"
    file.write_text('study = "tests.theory.sweeps.tiny"\nseeds = 1\ngrid = [{x = [1]}]\n')
    code, _, err = call(app, "sweep", file, "--out", tmp_path / "out", "--seeds", 1_000_001)
    assert (code, err.count("\n")) == (2, 1)
    assert "spell 1,000,001 cells" in err
    SweepConfiguration("tests.theory.sweeps.tiny", 1_000_000, [{"x": [1]}])  # as many as may be


def test_toml_nested_too_deeply_is_one_line(call, tmp_path):
    file = tmp_path / "deep.toml"
    file.write_text("grid = " + "[" * 100_000)
    code, _, err = call(app, "sweep", file, "--out", tmp_path / "out")
    assert (code, err.count("\n")) == (2, 1)
    assert err.startswith(f"error: sweep {file}: ")

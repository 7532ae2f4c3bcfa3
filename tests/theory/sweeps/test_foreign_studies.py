"""Studies that do what they may not, and cells that are tried again."""

import json

import pandas as pd
import pytest

from pairbounds.__main__ import app
from pairbounds.plugins import LOADED, require_loaded

MODULE = """\
import dataclasses, pathlib, sys
import pandas as pd
from pairbounds.sweeps import study

@dataclasses.dataclass(frozen=True)
class Settings:
    x: int = 0
    def __post_init__(self):
        {settings}

@study("strange", settings={kind}, columns={{"strange": ["value"]}})
def measure(settings, seed):
    {measure}
    return pd.DataFrame({{"value": [settings.x]}})
"""
DEFAULTS = {"settings": "pass", "measure": "pass", "kind": "Settings"}


@pytest.fixture
def sweep(call, tmp_path):
    """Write a study and a sweep over it, and run it; afterwards the plugins are those of before."""
    before = list(LOADED)

    def _sweep(*options: str, seeds: int = 1, grid: str = "[1, 2]", **parts: str):
        path, file = tmp_path / "strange.py", tmp_path / "sweep.toml"
        path.write_text(MODULE.format(**DEFAULTS | parts))
        file.write_text(f'study = "strange"\nseeds = {seeds}\n[[grid]]\nx = {grid}\n')
        return path, *call(app, "sweep", file, "--plugin", path, "--out", tmp_path / "out", *options)

    yield _sweep
    require_loaded(before)


@pytest.mark.parametrize(
    ("parts", "line", "said"),
    [
        ({"settings": "sys.exit(0)"}, 9, "failed: SystemExit: 0"),
        ({"kind": "int"}, 11, "failed: ValueError: settings=<class 'int'> of a study is not a dataclass"),
    ],
)
def test_a_study_whose_settings_fail_is_one_line_and_exit_2(sweep, tmp_path, parts, line, said):
    path, code, out, err = sweep(**parts)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert f"({path}, line {line}) {said}" in err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("returned", "what"),
    [
        ("[1]", "no DataFrame, but list"),
        ("{'other': pd.DataFrame({'value': [1]})}", "the tables other: it says strange"),
        ("pd.DataFrame({'values': [1]})", "the columns values: it says value"),
    ],
)
def test_a_study_that_returns_something_else_ends_the_sweep_at_once(sweep, tmp_path, returned, what):
    """What was measured before is kept, and the rest is not begun."""
    path, code, out, err = sweep(seeds=2, grid="[1, 2, 3]", measure=f"if settings.x == 2: return {returned}")
    told = f"error: study 'strange' ({path}, line 11) returned {what}"
    assert (code, out, err.splitlines()[-1]) == (2, "", told)
    assert len(list((tmp_path / "out/cells").iterdir())) == 2  # the two seeds of x=1


@pytest.mark.parametrize(
    ("error", "again"), [("MemoryError", True), ("OSError(28, 'full')", True), ("ValueError", False)]
)
def test_what_failed_for_want_of_memory_or_a_file_is_measured_again(sweep, tmp_path, error, again):
    flag = tmp_path / "flag"
    flag.touch()
    measure = f"if settings.x == 1 and pathlib.Path({str(flag)!r}).exists(): raise {error}"
    assert sweep(measure=measure)[1] == 1
    (record,) = json.loads((tmp_path / "out/failures.json").read_text())
    assert record["transient"] is again
    flag.unlink()
    assert sweep(measure=measure)[1] == (0 if again else 1)
    assert sweep("--retry-failed", measure=measure)[1] == 0
    assert pd.read_parquet(tmp_path / "out/table.parquet")["value"].tolist() == [1, 2]

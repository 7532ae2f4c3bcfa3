"""Losses, encoders and studies of a user by `--plugin`: in workers, keyed by content, without tracebacks."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from pairbounds import run_sweep
from pairbounds.__main__ import app
from pairbounds.plugins import LOADED, load_plugin
from pairbounds.sweeps import SweepConfiguration
from pairbounds.sweeps.sweep import cells_of
from tests.rooms import ROOT
from tests.unloaded import unload

EXAMPLES = ROOT / "examples"
SMALL = {"n_classes": 2, "n_styles": 1, "n_positions": 4, "k": 2, "steps": 2}

HEAD = """\
from __future__ import annotations
import sys
from dataclasses import dataclass
import pandas as pd
import torch
from pairbounds import encoder, loss
from pairbounds.sweeps import study

@dataclass(frozen=True)
class Settings:
    x: int = 1

"""
LINE = HEAD.count("\n") + 1  # of what follows it
WRITTEN = {
    "loss": '@loss("mine")\ndef mine(first, second, weight):\n    {}\n',
    "encoder": '@encoder("mine")\ndef mine(n_inputs, k):\n    {}\n',
    "study": '@study("mine", settings=Settings)\ndef mine(settings, seed):\n    {}\n',
}
TAKEN = {"loss": "spectral", "encoder": "mlp", "study": "training"}
GOOD = {
    "loss": "return weight @ (first - second).square().sum(1)",
    "encoder": "return torch.nn.Linear(n_inputs, k)",
    "study": "return pd.DataFrame({'y': [10 * settings.x + seed]})",
}


@pytest.fixture(autouse=True)
def _unloaded():
    """No plugin is loaded after a test."""
    yield
    unload()


@pytest.fixture
def plugin(tmp_path):
    """Write a plugin."""

    def _write(content: str) -> Path:
        (tmp_path / "bad.py").write_text(HEAD + content)
        return tmp_path / "bad.py"

    return _write


def command(entrance: str, what: str, folder: Path) -> list[object]:
    """Arguments that measure a user's study, or train with a user's loss or encoder."""
    chosen = {} if what == "study" else SMALL | {what: "mine"}
    name = "mine" if what == "study" else "training"
    if entrance == "study":
        options = [word for setting, value in chosen.items() for word in ("--set", f"{setting}={value}")]
        return ["study", name, *options, "--seeds", 1, "--out", folder / "out.parquet"]
    settings = ", ".join(f"{setting} = {value!r}" for setting, value in chosen.items())
    (folder / "sweep.toml").write_text(f'study = "{name}"\nseeds = 2\nsettings = {{{settings}}}\n')
    return ["sweep", folder / "sweep.toml", "--out", folder / "out"]


@pytest.mark.parametrize("what", WRITTEN)
def test_a_plugin_with_a_registered_name_is_one_line_and_exit_2(refused, plugin, tmp_path, what):
    """`test_foreign_code` tests other errors of a file."""
    path = plugin(WRITTEN[what].format("return None").replace("mine", TAKEN[what], 1))
    for entrance in ("study", "sweep"):
        err = refused(app, *command(entrance, what, tmp_path), "--plugin", path)
        assert err.startswith(f"error: plugin ({path}, line {LINE}) failed: ValueError: {what} {TAKEN[what]!r} is ")
    assert not (tmp_path / "out").exists()


def test_settings_of_a_study_are_a_frozen_dataclass(refused, plugin, tmp_path):
    path = plugin(WRITTEN["study"].replace("=Settings", "=int").format("return None"))
    assert "settings=<class 'int'> is not a frozen dataclass with a default for each field" in refused(
        app, "study", "--plugin", path
    )


def test_a_study_is_listed_and_explained(call, plugin):
    path = plugin(WRITTEN["study"].format(GOOD["study"]))
    assert "mine" in call(app, "study", "--plugin", path)[1]
    assert "study mine" in call(app, "study", "mine", "--plugin", path, "--help")[1]


@pytest.mark.parametrize(
    ("what", "body", "message"),
    [
        ("loss", "raise KeyError('x')", "KeyError: 'x'"),
        ("encoder", "sys.exit(0)", "SystemExit: 0"),
        ("study", "1 / 0", "ZeroDivisionError"),
    ],
)
def test_a_failing_plugin_function_is_reported_with_its_line(refused, plugin, tmp_path, what, body, message):
    """`test_sweeps` has the cells of a sweep that fail."""
    path = plugin(WRITTEN[what].format(body))
    err = refused(app, *command("study", what, tmp_path), "--plugin", path)
    for part in ("'mine'", message, f"bad.py, line {LINE + 2})"):
        assert part in err


def test_workers_run_the_plugin_and_measure_the_same(plugin, tmp_path):
    """As it was when it was loaded: they need no such file. `test_interrupted_sweeps` has workers of Dask."""
    path = plugin(WRITTEN["study"].format(GOOD["study"]) + WRITTEN["loss"].format(GOOD["loss"]))
    load_plugin(path)
    path.unlink()
    grids = [("mine", [{"x": [1, 2]}], {}), ("training", [{"loss": ["mine", "spectral"]}], SMALL)]
    for name, grid, fixed in grids:
        configuration = SweepConfiguration(name, 1, grid, fixed)
        for folder_name, where in (("here", 1), ("there", 2)):
            assert not run_sweep(configuration, tmp_path / name / folder_name, where).failures
        tables = [(tmp_path / name / folder_name / "table.parquet").read_bytes() for folder_name in ("here", "there")]
        assert tables[0] == tables[1]


def test_a_changed_plugin_is_measured_again_in_its_own_cells(call, plugin, tmp_path):
    values = []
    for factor in ("10", "100", "10"):
        path = plugin(WRITTEN["study"].format(GOOD["study"].replace("10", factor)))
        assert call(app, *command("sweep", "study", tmp_path), "--plugin", path)[0] == 0
        values.append(pd.read_parquet(tmp_path / "out/table.parquet")["y"].tolist())
        assert len(LOADED) == 1
    assert values == [[10, 11], [100, 101], [10, 11]]
    assert len(list((tmp_path / "out/cells").iterdir())) == 4


def test_a_plugin_changes_the_key_of_every_study(plugin):
    training, keys = SweepConfiguration("training", 1), []
    for content in ("", WRITTEN["loss"].format(GOOD["loss"]), WRITTEN["loss"].format(GOOD["loss"] + " / 2")):
        if content:
            load_plugin(plugin(content))
        keys.append(cells_of(training)[0].key)
    assert len(set(keys)) == 3


def test_a_table_never_overwrites_the_plugin(refused, plugin, tmp_path):
    path = plugin(WRITTEN["study"].format(GOOD["study"]))
    linked = tmp_path / "out.parquet"
    linked.symlink_to(path)
    assert "out.parquet is an input" in refused(app, *command("study", "study", tmp_path), "--plugin", path, "--force")


@pytest.mark.parametrize("name", ["my_loss", "my_encoder", "my_study"])
def test_commands_in_the_docstring_of_an_example_run(call, tmp_path, monkeypatch, name):
    """With fewer steps and seeds for a study that trains. The page on encoders runs the scripts by `python`."""
    text = (EXAMPLES / f"{name}.py").read_text()
    assert text.count("\n") < 60
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    commands = re.findall(r": +pairbounds (.*)", text.split('"""')[1].replace("\\\n", " "))
    assert len(commands) == (2 if name == "my_study" else 1)
    for command_line in commands:
        unload()
        options = ["--seeds", "1", "--set", "steps=3"] if command_line.startswith("study training") else []
        code, out, err = call(app, *command_line.split(), *options)
        assert (code, " rows" in out) == (0, True), err

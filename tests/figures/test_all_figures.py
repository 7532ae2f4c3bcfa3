"""`pairbounds figures`: tables are computed once, figures are drawn as their tables arrive, failures stay apart."""

from dataclasses import dataclass, make_dataclass
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import pytest
import typer

from pairbounds import study
from pairbounds.commands import all_figures
from pairbounds.figures.figure import Figure
from pairbounds.sweeps.studies import STUDIES

NAMES = ("tiny_first", "tiny_second")


@pytest.fixture
def runs(monkeypatch):
    """Studies that were measured, in order; `fails` names an error for a study."""
    measured, errors = [], {}

    def add(name):
        @dataclass(frozen=True)
        class Settings:
            factor: int = 1

        @study(name, settings=Settings, question="Is it measured?")
        def measure(settings, seed):
            measured.append(name)
            if name in errors:
                raise errors[name]
            return pd.DataFrame({"x": [settings.factor]})

        def draw(tables):
            picture, axes = plt.subplots()
            axes.plot(tables[name]["x"])
            return picture, "Drawn."

        draw.__module__ = f"tests.{name}"
        return Figure(name, (name,), draw)

    monkeypatch.setattr(all_figures, "FIGURES", {name: add(name) for name in NAMES})
    yield measured, errors
    for name in NAMES:
        del STUDIES[name]


def drawn(folder: Path, capsys, code=0) -> list[str]:
    """Lines of the command."""
    try:
        all_figures.figures([*NAMES], folder / "tables", folder / "out", jobs=1, formats="png")
    except typer.Exit as stop:
        assert stop.exit_code == code
    else:
        assert code == 0
    return capsys.readouterr().out.splitlines()


def test_each_figure_has_one_line_and_a_second_run_computes_nothing(tmp_path, runs, capsys):
    lines = drawn(tmp_path, capsys)
    assert [line.split("  ")[:2] for line in lines] == [["1 of 2", "tiny first"], ["2 of 2", "tiny second"]]
    assert lines[1].endswith(str(tmp_path / "out/tiny_second.png"))
    assert runs[0] == [*NAMES]
    drawn(tmp_path, capsys)
    assert runs[0] == [*NAMES]
    STUDIES["tiny_first"].settings = make_dataclass("Settings", [("factor", int, 2)], frozen=True)
    drawn(tmp_path, capsys)
    assert runs[0] == [*NAMES, "tiny_first"]
    assert pd.read_parquet(tmp_path / "tables/tiny_first.parquet")["x"].tolist() == [2]


def test_a_failed_study_leaves_the_others(tmp_path, runs, capsys):
    runs[1]["tiny_first"] = ArithmeticError("by chance")
    first, second = drawn(tmp_path, capsys, code=1)
    assert "failed: " in first
    assert "by chance" in first
    assert second.endswith("tiny_second.png")


def test_after_a_kill_finished_tables_are_kept(tmp_path, runs, capsys):
    runs[1]["tiny_second"] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        drawn(tmp_path, capsys)
    runs[1].clear()
    capsys.readouterr()
    assert len(drawn(tmp_path, capsys)) == 2
    assert runs[0] == [*NAMES, "tiny_second"]

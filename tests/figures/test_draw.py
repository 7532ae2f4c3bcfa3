"""The command that draws figures of a sweep's table, also at the size of a paper."""

import re

import matplotlib.image
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from pairbounds.__main__ import app
from pairbounds.commands.figures import FIGURES
from pairbounds.figures.style import style
from tests.figures.sweeps import phase_table


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "table.parquet"
    phase_table([0.0, 0.1, 0.3], [0.7, 1.5, 4.0]).to_parquet(path)
    return path


def test_a_sweep_on_a_users_grid_is_drawn_cell_by_cell(table):
    with style():
        picture, caption = FIGURES["phase"].draw({"phase": pd.read_parquet(table)})
    panel = picture.axes[0]
    plane, (low, high) = panel.collections[0].get_array(), panel.get_ylim()
    assert plane.shape == (3, 3)
    assert not np.ma.getmaskarray(plane).any()  # hatched where there is no value
    assert sum(low <= tick <= high for tick in panel.get_yticks()) >= 2
    assert "3 noises x 3 strengths" in caption
    plt.close(picture)


def test_a_picture_has_the_width_and_the_fonts_of_a_paper(call, table, tmp_path):
    out, options = tmp_path / "out", ["--table", table, "--width", "120mm", "--format", "pdf,svg,png"]
    code, printed, _ = call(app, "draw", "phase", *options, "--out", out)
    assert (code, printed.strip()) == (0, str(out / "phase.png"))
    assert sorted(path.name for path in out.iterdir()) == [f"phase.{end}" for end in ("pdf", "png", "svg", "txt")]
    assert matplotlib.image.imread(out / "phase.png").shape[1] == pytest.approx(200 * 120 / 25.4, abs=1)
    pdf = (out / "phase.pdf").read_bytes()
    assert float(re.search(rb"/MediaBox \[ 0 0 ([\d.]+)", pdf)[1]) == pytest.approx(72 * 120 / 25.4, abs=0.01)
    assert b"/CIDFontType2" in pdf  # outlines of TrueType, embedded
    assert b"/Type3" not in pdf


@pytest.mark.parametrize(
    ("figure", "options", "message"),
    [
        ("phase", ["--table", "mine.csv"], "'noise' is missing in "),
        ("phase", ["--table", "line.parquet"], "The table has 1 noises, 2 strengths and 2 seeds of both"),
        ("phase", ["--table", "twice.parquet"], "the table has several"),
        ("frontier", ["--table", "mine.csv"], "mine.csv is named as none of them"),
        (
            "phase",
            ["--table", "mine.csv", "--table", "table.parquet"],
            "table.parquet are both table phase: give only one",
        ),
        ("phase", ["--table", "table.parquet", "--format", "gif"], "format 'gif' is not supported: give png, pdf, svg"),
        ("phase", ["--table", "table.parquet", "--width", "20mm"], "the text leaves no room for the panels at 0.79 in"),
    ],
)
def test_a_figure_that_cannot_be_drawn_is_one_line_and_no_file(
    refused, table, tmp_path, monkeypatch, figure, options, message
):
    monkeypatch.chdir(table.parent)
    (tmp_path / "mine.csv").write_text("temperature,score\n0.1,1.0\n")
    phase_table([0.1], [1.0, 2.0]).to_parquet("line.parquet")
    phase_table([0.1, 0.2, 0.2], [1.0, 2.0]).to_parquet("twice.parquet")
    assert message in refused(app, "draw", figure, *options, "--out", tmp_path / "out")
    assert not list((tmp_path / "out").glob("*"))

"""The command that draws figures of a sweep's table, also at the size of a paper."""

import re
import shutil

import matplotlib.image
import pytest

from pairbounds.__main__ import app
from tests.rooms import ROOT

PUBLISHED = ROOT / "results" / "training"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "table.parquet"
    shutil.copy(PUBLISHED / "training.parquet", path)
    return path


def test_a_picture_has_the_width_and_the_fonts_of_a_paper(call, table, tmp_path):
    out, options = tmp_path / "out", ["--table", table, "--width", "120mm", "--format", "pdf,svg,png"]
    code, printed, _ = call(app, "draw", "training", *options, "--out", out)
    assert (code, printed.strip()) == (0, str(out / "training.png"))
    assert sorted(path.name for path in out.iterdir()) == [f"training.{end}" for end in ("pdf", "png", "svg", "txt")]
    assert matplotlib.image.imread(out / "training.png").shape[1] == pytest.approx(200 * 120 / 25.4, abs=1)
    pdf = (out / "training.pdf").read_bytes()
    assert float(re.search(rb"/MediaBox \[ 0 0 ([\d.]+)", pdf)[1]) == pytest.approx(72 * 120 / 25.4, abs=0.01)
    assert b"/CIDFontType2" in pdf  # outlines of TrueType, embedded
    assert b"/Type3" not in pdf


@pytest.mark.parametrize(
    ("figure", "options", "message"),
    [
        ("training", ["--table", "mine.csv"], "a column is missing in mine.csv"),
        ("frontier", ["--table", "mine.csv"], "mine.csv is named as none of them"),
        ("training", ["--table", "mine.csv", "--table", "table.parquet"], "are both table training: give only one"),
        (
            "training",
            ["--table", "table.parquet", "--format", "gif"],
            "format 'gif' is not supported: give png, pdf, svg",
        ),
        (
            "training",
            ["--table", "table.parquet", "--width", "20mm"],
            "leaves no room for the panels at 0.79 in",
        ),
    ],
)
def test_a_figure_that_cannot_be_drawn_is_one_line_and_no_file(
    refused, table, tmp_path, monkeypatch, figure, options, message
):
    monkeypatch.chdir(table.parent)
    (tmp_path / "mine.csv").write_text("temperature,score\n0.1,1.0\n")
    assert message in refused(app, "draw", figure, *options, "--out", tmp_path / "out")
    assert not list((tmp_path / "out").glob("*"))

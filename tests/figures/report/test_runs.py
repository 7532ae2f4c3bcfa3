"""The report of a user's runs: files are recognised by content, foreign files are named, text is escaped."""

import json
import shutil
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pairbounds import check_bounds
from pairbounds.__main__ import app
from pairbounds.commands.report import report
from pairbounds.figures.report import checks, studies
from pairbounds.figures.report.runs import Runs
from pairbounds.figures.style import SETTINGS
from pairbounds.infrastructure.files import sidecar
from pairbounds.infrastructure.tables import read_table, write_table
from tests.figures.report import made
from tests.figures.report.made import MARKUP, SCRIPT, TEMPLATE
from tests.figures.report.reading import require_sound
from tests.quick import draw_quickly

KINDS = ["audit", "check", "check", "check", "figure", "study", "sweep", "table"]


@pytest.fixture(scope="module", autouse=True)
def _quick_figures():
    with pytest.MonkeyPatch.context() as patch:
        draw_quickly(patch, SETTINGS)
        yield


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A folder with results of every kind, and foreign files."""
    folder = tmp_path_factory.mktemp("user") / "runs"
    folder.mkdir()
    sys.modules.pop("this", None)
    for make in (made.checks, made.studies, made.audited, made.strangers):
        make(folder)
    pd.read_parquet(folder / "widths.parquet").head(30).to_parquet(folder / "widths.parquet")
    return folder


@pytest.fixture(scope="module")
def reported(runs):
    """The report of that folder, and its messages on stderr."""
    out, errors = runs.with_name("report.html"), StringIO()
    with redirect_stderr(errors), redirect_stdout(StringIO()):
        report([runs], out, title=SCRIPT)
    return out.read_text(encoding="utf-8"), errors.getvalue()


def test_a_report_is_self_contained_and_escapes_all_text(reported):
    html, _ = reported
    page = require_sound(html)
    text = page.text()
    assert page.text("h1") == SCRIPT
    assert SCRIPT in page.text("tbody")
    assert MARKUP in text
    assert TEMPLATE in text
    assert "x" * 300 not in text
    assert "\\u202e" in text
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in html
    assert "changed since it was written" in text
    assert "this" not in sys.modules  # a study that a sidecar names


def test_violated_claims_come_first(reported):
    html, _ = reported
    page = require_sound(html)
    assert page.text("header").strip().partition("\n")[2].startswith("A claim is violated in 1 of them.")
    assert f"Violated: {SCRIPT}." in page.text("main")
    rows = [entry.get("class") for entry in page.all("tr")]
    assert [number for number, kind in enumerate(rows) if kind == "violated"] == [1]  # below the first heading
    assert [entry["class"] for entry in page.all("li") if "class" in entry] == ["alarm"]


def test_foreign_files_are_one_line_each(reported, runs):
    html, err = reported
    lines = err.splitlines()
    for name in ("notes.txt", "theirs.csv", "broken.parquet", "summary.json"):
        assert [line.startswith(f"not reported: {runs / name}:") for line in lines].count(True) == 1
        assert name in require_sound(html).text("main")
    assert len(lines) == 4


def test_kinds_of_files_do_not_depend_on_names(runs, tmp_path):
    other = tmp_path / "copied"
    shutil.copytree(runs, other)
    for number, table in enumerate(sorted([*other.glob("*.parquet"), *other.glob("*.csv")])):
        beside, renamed = sidecar(table), other / f"{number}{table.suffix}"
        table.rename(renamed)
        if beside.is_file():
            beside.rename(sidecar(renamed))
    (other / "audit" / "summary.json").rename(other / "audit" / "anything.json")
    (other / "swept").rename(other / "rates")
    assert sorted(section.kind for section in Runs([other]).sections) == KINDS


def test_a_table_of_checks_is_recognised_without_a_sidecar_and_in_text_form(tmp_path):
    table = check_bounds(made.graph(), [1, 2, 3])
    table.to_csv(tmp_path / "copy.csv", index=False)
    (section,) = Runs([tmp_path / "copy.csv"]).sections
    assert (section.kind, section.origins) == ("check", [])
    again = checks.typed(read_table(tmp_path / "copy.csv"))
    pd.testing.assert_frame_equal(checks.claims(again).frame, checks.claims(checks.typed(pd.DataFrame(table))).frame)


def test_means_over_seeds_are_those_of_the_rows(runs):
    table = studies.means(pd.read_parquet(runs / "swept" / "table.parquet"), ["noise"])
    assert list(table.frame) == ["noise", SCRIPT, "error", "± of error"]
    # Of three seeds a tenth apart: the 97.5% quantile of Student's t with 2 degrees, times 0.1 / √3.
    assert table.rows[1] == (0.1, MARKUP, pytest.approx(0.2), pytest.approx(4.302653 * 0.1 / 3**0.5))
    frame = pd.DataFrame({"seed": [0, 0, 1, 1], "step": [0, 1, 0, 1], "x": [0.5, 1.5, 1.5, 2.5]})
    assert [row[:2] for row in studies.means(frame, []).rows] == [(0, 1.0), (1, 2.0)]
    assert studies.means(frame.drop(columns="step"), []).caption == "The first rows"  # the seed does not tell its rows


def test_a_report_does_not_report_itself(call, runs, tmp_path):
    folder = tmp_path / "runs"
    shutil.copytree(runs / "swept", folder)
    pages = []
    for _ in range(2):
        assert call(app, "report", folder, "--out", folder / "report.html")[::2] == (0, "")
        pages.append((folder / "report.html").read_bytes())
    assert pages[0] == pages[1]


def test_links_out_of_the_folder_are_named_and_not_followed(call, runs, tmp_path):
    folder, secret = tmp_path / "runs", "nobody asked for this"
    shutil.copytree(runs / "audit", folder / "audit")
    for name in ("mine", "evil"):
        shutil.copy(folder / "audit" / "audit.png", folder / f"{name}.png")
    (folder / "mine.txt").write_text("My caption.")
    (tmp_path / "evil.txt").write_text(secret)
    write_table(pd.DataFrame({"a": [secret]}), tmp_path / "table.csv", {})
    shutil.move(folder / "audit" / "hub_captions.parquet", tmp_path)
    links = ("evil.txt", "table.csv", "table.csv.json", "audit/hub_captions.parquet")
    for link in links:
        (folder / link).symlink_to(tmp_path / link.rpartition("/")[2])
    (folder / "inside.png").symlink_to(folder / "mine.png")
    code, _, err = call(app, "report", folder, "--out", tmp_path / "report.html")
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    refused = {line.split(": ")[1] for line in err.splitlines() if "leads out of the folder" in line}
    assert (code, secret in html, "My caption." in html) == (0, False, True)
    assert refused == {str(folder / name) for name in (*links, "evil.png", "audit/summary.json")}


@pytest.mark.parametrize(
    ("run", "out", "message"),
    [
        ("nowhere", "report.html", "does not exist"),
        ("empty", "report.html", "no results of pairbounds"),
        ("empty", "page.txt", "must end in .html"),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_written(refused, tmp_path, run, out, message):
    (tmp_path / "empty").mkdir()
    assert message in refused(app, "report", tmp_path / run, "--out", tmp_path / out)
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]


CHECKED = check_bounds(made.graph(), 2)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(st.dictionaries(st.sampled_from(["study", "seeds", "seed", "grid", "graph", "k", "failed"]), JSON), JSON)
def test_a_sidecar_may_hold_anything(tmp_path, configuration, other):
    record = {
        "configuration": configuration,
        "content_key": other,
        "hardware": {"cpus": other},
        "versions": {"a": other},
    }
    for name, table in (("check", CHECKED), ("rows", pd.DataFrame({"seed": [0, 1], "x": [0.5, 1.0]}))):
        table.to_csv(tmp_path / f"{name}.csv", index=False)
        sidecar(tmp_path / f"{name}.csv").write_text(json.dumps(record))
    runs = Runs([tmp_path])
    assert len(runs.sections) + len(runs.refused) == 2

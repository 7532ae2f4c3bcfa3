"""The commands that try the project beside its tests: what they record and compare."""

import json
import subprocess
import time

import pandas as pd

from tests.reliability import same_cells, stale
from tests.reliability.page import CAMPAIGNS, reliability_page
from tests.reliability.record import counted, here_and_now, write
from tests.reliability.stale import ROWS

JUNIT = """<testsuites><testsuite>
<testcase name="test_one[0]"><properties><property name="what" value="kills | of a sweep"/>
<property name="count" value="1234"/></properties></testcase>
<testcase name="test_two_more[1]"><failure/></testcase><testcase name="test_two_more[2]"/>
<testcase name="test_no_more"><skipped/></testcase>
</testsuite></testsuites>"""


def test_tests_are_recorded_by_what_they_count_and_shown_on_the_page(tmp_path):
    (tmp_path / "report.xml").write_text(JUNIT)
    write("fuzz", "make fuzz", counted(tmp_path / "report.xml"), time.monotonic(), folder=tmp_path)
    page = reliability_page(tmp_path)
    assert "| kills \\| of a sweep | 1,234 | 0 |\n| two more | 2 | 1 |\n" in page
    assert f"`make fuzz` ran on {here_and_now()['date']}" in page
    assert page.count("Not measured.") == len(CAMPAIGNS) - 1


def test_a_row_that_is_tried_again_leaves_the_others_with_their_commit(tmp_path):
    rows = [{"what": f"Python 3.{minor}: numpy 1", "count": 3, "found": 0} for minor in (11, 13)]
    write("matrix", "make matrix", rows, time.monotonic(), folder=tmp_path)
    before = json.loads((tmp_path / "matrix.json").read_text())
    before["measured"] |= {"commit": "0" * 40, "date": "2026-01-01"}
    (tmp_path / "matrix.json").write_text(json.dumps(before))
    again = {"what": "Python 3.13: numpy 2", "count": 4, "found": 1}
    write("matrix", "make matrix", [again], time.monotonic(), beside=True, folder=tmp_path)
    first, second = json.loads((tmp_path / "matrix.json").read_text())["rows"]
    assert (first["what"], first["commit"], first["date"]) == (rows[0]["what"], "0" * 40, "2026-01-01")
    assert (second["what"], second["commit"]) == (again["what"], here_and_now()["commit"])


def test_cells_are_compared_up_to_some_digits_and_verdicts_where_they_are_applicable():
    before = pd.DataFrame({"x": [0.19051, 1e-15, 2.0, float("inf")], "holds": [True, True, False, False]})
    after = pd.DataFrame({"x": [0.19049, 3e-16, 2.1, 1.0], "holds": [True, None, None, True]})
    assert same_cells.differences(before[["x"]], after)["row"].tolist() == [0, 1, 2, 3]
    assert same_cells.differences(before[["x"]], after, digits=3)["row"].tolist() == [2, 3]
    found = same_cells.differences(before[["holds"]], after.assign(applicable=[True, False, True, True]))
    assert found["row"].tolist() == [2, 3]


def test_rows_of_the_matrix_that_are_old_absent_or_red_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(stale, "commits_since", lambda commit, root: int(commit) if commit.isdigit() else None)
    names = [ROWS[session][1] for session in stale.REQUIRED]
    ages = ("301", "0", "unknown")
    rows = [
        {"what": f"{name}: numpy 2", "count": 5, "found": int(age == "0"), "commit": age}
        for name, age in zip(names, ages, strict=True)
    ]
    write("matrix", "make matrix", rows, 0.0, folder=tmp_path)
    old, red, unknown = stale.stale(tmp_path / "matrix.json")
    assert "301 commits have touched source since then, 300 are allowed" in old
    assert red.endswith("1 of 5 tests failed. Measure it: make matrix ROW=newest")
    assert "is unknown here" in unknown
    assert len(stale.stale(tmp_path / "none.json")) == len(stale.REQUIRED)


def test_commits_that_touched_source_are_counted(tmp_path):
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@b.c", "-C", str(tmp_path))
    subprocess.run([*git, "init", "--quiet"], check=True)
    for name in ("theory", "docs", "figures"):
        (tmp_path / name).touch()
        subprocess.run([*git, "add", "."], check=True)
        subprocess.run([*git, "commit", "--quiet", "-m", name], check=True)
    commits = subprocess.run([*git, "rev-list", "HEAD"], capture_output=True, text=True, check=True).stdout.split()
    assert [stale.commits_since(commit, tmp_path) for commit in commits] == [0, 1, 1]
    assert stale.commits_since("0" * 40, tmp_path) is None


def test_the_page_has_a_row_for_each_machine_run_or_not(tmp_path):
    name = ROWS["newest"][1]
    write("matrix", "make matrix", [{"what": name, "count": 3, "found": 0}], 0.0, folder=tmp_path)
    page = reliability_page(tmp_path)
    assert f"| {name} | 3 | 0 |" in page
    assert page.count("| not run | |") == len(ROWS) - 1

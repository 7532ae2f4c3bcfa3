"""Commands that try the project beside its tests: what they record, and the interpreters of `.ci/run`."""

import json
import sys
import time

from tests.reliability.matrix import ROWS
from tests.reliability.page import CAMPAIGNS, reliability_page
from tests.reliability.pythons import candidates, extremes, started
from tests.reliability.record import counted, here_and_now, write

JUNIT = """<testsuites><testsuite>
<testcase name="test_one[0]"><properties><property name="what" value="kills | of a sweep"/>
<property name="count" value="1234"/></properties></testcase>
<testcase name="test_two_more[1]"><failure/></testcase><testcase name="test_two_more[2]"/>
<testcase name="test_no_more"><skipped/></testcase>
</testsuite></testsuites>"""


def test_tests_are_recorded_by_their_counts_and_shown_on_the_page(tmp_path):
    (tmp_path / "report.xml").write_text(JUNIT)
    write("fuzz", "make fuzz", counted(tmp_path / "report.xml"), time.monotonic(), folder=tmp_path)
    page = reliability_page(tmp_path)
    assert "| kills \\| of a sweep | 1,234 | 0 |\n| two more | 2 | 1 |\n" in page
    assert f"`make fuzz` ran on {here_and_now()['date']}" in page
    assert page.count("Not measured.") == len(CAMPAIGNS) - 1


def test_a_row_of_the_matrix_is_recorded_beside_the_others(tmp_path):
    (_, lowest), (_, newest), *other_rows = ROWS.values()
    rows = [{"what": f"{name}: numpy 1", "count": 3, "found": 0} for name in (lowest, newest)]
    write("matrix", "make matrix", rows, time.monotonic(), folder=tmp_path)
    before = json.loads((tmp_path / "matrix.json").read_text())
    before["measured"] |= {"commit": "301", "date": "2026-01-01"}
    (tmp_path / "matrix.json").write_text(json.dumps(before))
    again = {"what": f"{newest}: numpy 2", "count": 5, "found": 1}
    write("matrix", "make matrix", [again], time.monotonic(), beside=True, folder=tmp_path)
    page = reliability_page(tmp_path)
    assert f"| {lowest}: numpy 1 (on 2026-01-01, commit `301`) | 3 | 0 |\n| {newest}: numpy 2 | 5 | 1 |\n" in page
    assert page.count("| not run | |") == len(other_rows)


def program(folder, name, output, code=0):
    """Write a script that prints like a Python interpreter."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\necho '{output}'\nexit {code}\n")
    (folder / name).chmod(0o755)


def test_the_oldest_and_the_newest_working_python_are_chosen(tmp_path):
    program(tmp_path / "bin", "python3", "3 12 1 /a path/python3")
    program(tmp_path / "bin", "python3.11", "3 11 9 /first/python3.11")
    program(tmp_path / "other", "python3.11", "3 11 9 /second/python3.11")
    program(tmp_path / "other", "python3.10", "3 10 0 /too/old")
    program(tmp_path / "other", "python3.14", "pyenv: python3.14: command not found", code=127)
    program(tmp_path / "other", "python3-config", "3 99 0 /no/python")
    program(tmp_path / "pyenv" / "versions" / "3.13.0" / "bin", "python3.13", "3 13 0 /pyenv/python3.13")
    programs = list(candidates(f"{tmp_path / 'bin'}:{tmp_path / 'other'}:{tmp_path / 'none'}", tmp_path / "pyenv"))
    assert extremes(programs, (3, 11)) == [((3, 11, 9), "/first/python3.11"), ((3, 13, 0), "/pyenv/python3.13")]
    assert extremes(programs[:1], (3, 11)) == [((3, 12, 1), "/a path/python3")]
    assert extremes(programs, (3, 14)) == []
    assert started(sys.executable) == (sys.version_info[:3], sys.executable)

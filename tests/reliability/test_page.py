"""The reliability page says what was measured, all of it, and names what was not."""

import json
import re

from tests.reliability.page import CAMPAIGNS, ROOT, reliability_page
from tests.reliability.record import RECORDS, Record


def campaign(folder, name="faults", **changes):
    rows = [{"what": "kills | of a sweep", "count": 1234, "found": 0, "test": "tests/x.py::test_y"}]
    parts = {
        "title": "Faults",
        "command": "make faults",
        "rows": rows,
        "notes": ["A note."],
        "seed": 7,
        "minutes": 3.0,
    }
    Record(**(parts | changes)).write(name, folder)


def test_what_is_not_measured_is_named(tmp_path):
    page = reliability_page(tmp_path)
    for file, title, command in CAMPAIGNS:
        assert f"## {title}\n" in page
        assert f"Not measured yet: `results/reliability/{file}` is written by `{command}`." in page


def test_rows_notes_and_what_they_were_measured_on(tmp_path):
    campaign(tmp_path)
    page = reliability_page(tmp_path)
    measured = json.loads((tmp_path / "faults.json").read_text())["measured"]
    assert "| kills \\| of a sweep | 1,234 | 0 | `tests/x.py::test_y` |" in page
    assert "- A note.\n" in page
    assert f"`make faults` ran on {measured['date']} for 3 minutes from seed 7" in page
    assert f"numpy {measured['versions']['numpy']}" in page
    assert measured["commit"][:12] in page


def test_coverage_has_lines_and_branches(tmp_path):
    row = {"what": "theory", "count": 100, "found": 5, "test": "make coverage", "lines": 97.25, "branches": None}
    low = {"file": "theory/a.py", "covered": 90.0, "lines": "3-5, 9"}
    campaign(tmp_path, "coverage", rows=[row], seed=None, more={"uncovered": [low]})
    page = reliability_page(tmp_path)
    assert "| theory | 97.2 % |  | 100 | 5 | `make coverage` |" in page
    assert "- `theory/a.py`, 90.0 %, without lines 3-5, 9\n" in page


def test_shares_of_what_float64_cannot_judge(tmp_path):
    campaign(tmp_path, "fuzz", more={"shares": [{"bound": "nearest-mean", "32": 0.0312, "64": None}]})
    page = reliability_page(tmp_path)
    assert "| bound | up to 32 | up to 64 |\n|---|---:|---:|\n| `nearest-mean` | 3.12% |  |\n" in page


def test_the_tests_that_are_named_exist():
    rows = [row for path in RECORDS.glob("*.json") for row in json.loads(path.read_text(encoding="utf-8"))["rows"]]
    for test in {row["test"] for row in rows if "::" in row["test"]}:
        path, _, name = test.partition("::")
        definition = rf"^\s*def {re.escape(name.split('[')[0])}\("
        assert re.search(definition, (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE), test

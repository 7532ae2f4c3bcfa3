"""The commands that try the project beside its tests: what they count, and that their records are current."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from tests.reliability import same_cells
from tests.reliability.record import RECORDS
from tests.reliability.uncovered import REASONS

ROOT = Path(__file__).parents[1]


def test_the_reasons_are_of_the_files_that_were_measured_below_the_mark():
    low = json.loads((RECORDS / "coverage.json").read_text())["uncovered"]
    assert {one["file"]: one["reason"] for one in low if (ROOT / one["file"]).is_file()} == REASONS


def test_cells_are_compared_under_their_new_names_and_verdicts_where_there_are_any(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
    table = pd.DataFrame({"arm": ["a", "b"], "holds": [True, False], "note": ["", "few"], "x": [0.5, np.nan]})
    table.to_parquet(old / "arms_matched.parquet")
    after = table.rename(columns={"arm": "pairing"}).assign(applicable=[True, False], note=["", "few; and more"])
    after["holds"] = pd.array([True, None], dtype="boolean")
    after.to_parquet(new / "pairings_matched.parquet")
    before = pd.read_parquet(old / "arms_matched.parquet").rename(columns={"arm": "pairing"})
    assert same_cells.differences(before, pd.read_parquet(new / "pairings_matched.parquet")).empty
    for change in ({"x": [0.5, 1.0]}, {"holds": pd.array([False, None], dtype="boolean")}, {"note": ["", "many"]}):
        changed = same_cells.differences(before, after.assign(**change))
        assert changed["column"].tolist() == list(change)


def test_cells_are_compared_to_so_many_digits():
    before = pd.DataFrame({"x": [0.19051, 1e-15, 2.0, float("inf")], "name": list("abcd")})
    after = pd.DataFrame({"x": [0.19049, 3e-16, 2.1, 1.0], "name": list("abcd")})
    assert same_cells.differences(before, after)["row"].tolist() == [0, 1, 2, 3]
    assert same_cells.differences(before, after, digits=3)["row"].tolist() == [2, 3]


def test_the_command_exits_with_1_if_a_cell_differs(call, tmp_path):
    for name, value in (("old", 1), ("same", 1), ("other", 2)):
        (tmp_path / name).mkdir()
        pd.DataFrame({"x": [value]}).to_parquet(tmp_path / name / "phase.parquet")
    assert call(same_cells.app, tmp_path / "old", tmp_path / "same")[0] == 0
    code, out, _ = call(same_cells.app, tmp_path / "old", tmp_path / "other", "--differences")
    assert code == 1
    assert "phase" in out

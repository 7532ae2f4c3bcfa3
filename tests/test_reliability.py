"""The comparison of tables that were measured twice."""

import numpy as np
import pandas as pd

from tests.reliability import same_cells


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

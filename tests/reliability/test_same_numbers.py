"""Differences between two printings of one text, beyond the last digit of a number."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from pairbounds.infrastructure.tables import write_table
from tests.reliability.same_numbers import app, differences

PUBLISHED = Path("results/published")


@pytest.mark.parametrize(
    "before, after, differ",
    [
        ("it is 0.28 [0.12, 0.45]", "it is 0.29 [0.12, 0.44]", []),
        ("it is 0.28 [0.12, 0.45]", "it is 0.35 [0.15, 0.45]", [("0.28", "0.35"), ("0.12", "0.15")]),
        ("146,616 checks", "146,665 checks", [("146,616", "146,665")]),
        ("434 seeds", "433 seeds", [("434", "433")]),  # a count is exact
        ("on 23% of them", "on 24% of them", []),
        ("on 23% of them", "on 25% of them", [("23%", "25%")]),
        ("by -1.0e-05", "by -1.1e-05", []),
        ("by -1.0e-05", "by -1.2e-05", [("-1.0e-05", "-1.2e-05")]),
        ("it falls", "it grows", [("it falls", "it grows")]),
    ],
)
def test_a_number_differs_by_more_than_its_last_digit(before, after, differ):
    assert [(one.old, one.new) for one in differences(before, after)] == differ


def test_the_command_names_what_moved(call, tmp_path):
    """A seed fewer in one table: its finding says so, and findings of other tables say nothing."""
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
        shutil.copy(PUBLISHED / "penalised.parquet", folder)
    assert call(app, old, new)[0] == 0
    table = pd.read_parquet(PUBLISHED / "penalised.parquet")
    write_table(table[table["seed"] != table["seed"].max()], new / "penalised.parquet", {})
    code, out, err = call(app, old, new, "--record", tmp_path / "processors.json")
    assert code == 1
    assert "finding penalised" in out
    assert "finding rates" not in out
    assert "not compared" in err
    record = json.loads((tmp_path / "processors.json").read_text())
    findings, figures = record["rows"]
    assert 0 < findings["found"] <= findings["count"]
    differing = [note for note in record["notes"] if note.endswith(" there")]
    assert len(differing) == findings["found"] + figures["found"]
    assert "finding rates" in record["notes"][-1]


def test_a_finding_is_compared_though_a_folder_lacks_what_is_measured_elsewhere(call, tmp_path):
    """`phase` reads a table of results/ beside two of results/published."""
    learned = pd.read_parquet(PUBLISHED / "pairings_learned.parquet")
    for name, sign in (("old", 1), ("new", -1)):
        (tmp_path / name).mkdir()
        shutil.copy(PUBLISHED / "phase.parquet", tmp_path / name)
        moved = learned.assign(multihop_bound=sign * learned["multihop_bound"])
        write_table(moved, tmp_path / name / "pairings_learned.parquet", {})
    _, out, err = call(app, tmp_path / "old", tmp_path / "new")
    assert "finding phase" in out
    assert "finding phase" not in err

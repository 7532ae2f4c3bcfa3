import hashlib
import json

import pandas as pd
import pytest

from theory.tables import read_table, replacing, require_table_path, sidecar, write_table

FRAME = pd.DataFrame({"k": [1, 2], "value": [0.1, float("inf")], "note": ["", "ünicode"]})


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_round_trip(tmp_path, suffix):
    path = tmp_path / f"table.{suffix}"
    write_table(FRAME, path, {"seed": 3})
    pd.testing.assert_frame_equal(read_table(path).fillna(""), FRAME, check_dtype=False)


def test_the_sidecar_says_where_the_table_came_from(tmp_path):
    path = tmp_path / "table.parquet"
    write_table(FRAME, path, {"seed": 3, "grid": [1, 2]})
    record = json.loads(sidecar(path).read_text())
    assert record["configuration"] == {"seed": 3, "grid": [1, 2]}
    assert record["content_key"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert {"python", "numpy", "scipy", "torch"} <= record["versions"].keys()
    assert record["hardware"]["cpus"] >= 1


def test_a_failed_write_leaves_table_and_sidecar_as_they_were(tmp_path):
    path = tmp_path / "table.parquet"
    write_table(FRAME, path, {"seed": 3})
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    with pytest.raises(TypeError):
        write_table(FRAME.head(1), path, {"seed": object()})
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_replacing_keeps_the_old_file_until_the_end(tmp_path):
    target = tmp_path / "file.txt"
    target.write_text("old")
    with replacing(target) as temporary:
        temporary.write_text("new")
        assert target.read_text() == "old"
    assert target.read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


def test_bad_destinations_are_refused_before_the_work(tmp_path):
    with pytest.raises(ValueError, match=r"ends in \.parquet or \.csv"):
        require_table_path(tmp_path / "table.xlsx")
    with pytest.raises(FileNotFoundError, match="does not exist: create it"):
        require_table_path(tmp_path / "nowhere" / "table.csv")
    with pytest.raises(FileNotFoundError, match="make figures"):
        read_table(tmp_path / "none.parquet")

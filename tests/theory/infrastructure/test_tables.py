import hashlib
import json
import subprocess

import pandas as pd
import pytest

from pairbounds.infrastructure.files import sidecar
from pairbounds.infrastructure.tables import read_table, source_commit, write_table

FRAME = pd.DataFrame({"k": [1, 2], "value": [0.1, float("inf")], "note": ["", "ünicode"]})


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_a_table_survives_a_file_and_its_sidecar_names_its_source(tmp_path, suffix):
    path = tmp_path / f"table.{suffix}"
    write_table(FRAME, path, {"seed": 3, "grid": [1, 2]})
    pd.testing.assert_frame_equal(read_table(path).fillna(""), FRAME, check_dtype=False)
    record = json.loads(sidecar(path).read_text())
    assert record["configuration"] == {"seed": 3, "grid": [1, 2]}
    assert record["content_key"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert {"python", "numpy", "scipy", "torch"} <= record["versions"].keys()
    assert record["hardware"]["cpus"] >= 1


def test_a_copy_outside_a_checkout_has_no_commit(tmp_path):
    assert source_commit(tmp_path) is None


def test_a_sidecar_names_the_commit_at_which_the_measurement_began(tmp_path):
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false", "-C", str(tmp_path)]
    subprocess.run([*git, "init", "--quiet"], check=True)
    commit = [*git, "commit", "--quiet", "--allow-empty", "--message"]
    subprocess.run([*commit, "first"], check=True)
    began = source_commit(tmp_path)
    subprocess.run([*commit, "second"], check=True)
    assert began is not None
    assert source_commit(tmp_path) == began
    assert source_commit.__wrapped__(tmp_path) != began


def test_a_missing_table_raises_and_names_make_figures(tmp_path):
    with pytest.raises(FileNotFoundError, match="make figures"):
        read_table(tmp_path / "none.parquet")

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import pairbounds
from pairbounds.infrastructure.files import sidecar
from pairbounds.infrastructure.tables import read_table, require_table_path, write_table

FRAME = pd.DataFrame({"k": [1, 2], "value": [0.1, float("inf")], "note": ["", "ünicode"]})


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_a_table_is_read_as_it_was_written_and_its_sidecar_says_where_it_came_from(tmp_path, suffix):
    path = tmp_path / f"table.{suffix}"
    write_table(FRAME, path, {"seed": 3, "grid": [1, 2]})
    pd.testing.assert_frame_equal(read_table(path).fillna(""), FRAME, check_dtype=False)
    record = json.loads(sidecar(path).read_text())
    assert record["configuration"] == {"seed": 3, "grid": [1, 2]}
    assert record["content_key"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert {"python", "numpy", "scipy", "torch"} <= record["versions"].keys()
    assert record["hardware"]["cpus"] >= 1


def test_an_installed_copy_has_the_commit_that_its_installer_recorded_and_never_that_of_the_users_project(tmp_path):
    git = ["git", "-c", "user.name=user", "-c", "user.email=", "-C", tmp_path]
    for command in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "mine"]):
        subprocess.run([*git, *command], check=True)
    site, package = tmp_path / "venv", Path(pairbounds.__file__).parent
    shutil.copytree(package / "infrastructure", site / "pairbounds" / "infrastructure")
    for file in package.glob("__init__.py*"):
        shutil.copy(file, site / "pairbounds")
    about = site / "pairbounds-0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Name: pairbounds\nVersion: 0\n")
    ask = "from pairbounds.infrastructure.tables import provenance; print(provenance({})['commit'])"
    commits = []
    for record in ({}, {"vcs_info": {"commit_id": "0123abc"}}):
        (about / "direct_url.json").write_text(json.dumps(record))
        python = [sys.executable, "-P", "-c", ask]
        process = subprocess.run(python, env={"PYTHONPATH": str(site)}, check=True, capture_output=True, text=True)
        commits.append(process.stdout.strip())
    assert commits == ["None", "0123abc"]


def test_bad_destinations_are_refused_before_the_work(tmp_path):
    with pytest.raises(ValueError, match=r"ends in \.parquet or \.csv"):
        require_table_path(tmp_path / "table.xlsx")
    with pytest.raises(FileNotFoundError, match="does not exist: create it"):
        require_table_path(tmp_path / "nowhere" / "table.csv")
    with pytest.raises(FileNotFoundError, match="make figures"):
        read_table(tmp_path / "none.parquet")

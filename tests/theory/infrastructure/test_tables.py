import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pandas as pd
import pytest
import torch

import pairbounds
from pairbounds.infrastructure.tables import read_table, replacing, require_table_path, sidecar, together, write_table
from pairbounds.real_data.training import trainer
from tests.limits import largest_file

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


def test_a_failed_write_leaves_table_and_sidecar_as_they_were(tmp_path):
    path = tmp_path / "table.parquet"
    write_table(FRAME, path, {"seed": 3})
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    with pytest.raises(TypeError):
        write_table(FRAME.head(1), path, {"seed": object()})
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("table.parquet", lambda path: FRAME.to_parquet(path)),
        ("checkpoint.pt", lambda path: trainer._save({"weights": torch.zeros(999)}, path)),
    ],
)
def test_a_full_disk_is_told_whatever_the_writer_makes_of_it(tmp_path, name, write):
    (tmp_path / name).write_text("old")
    told = rf"{name} cannot be written \(File too large\), and what was there is as it was: make room"
    with pytest.raises(OSError, match=told), largest_file(600), replacing(tmp_path / name) as temporary:
        write(temporary)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "old"


@pytest.mark.parametrize("block", [nullcontext, together])
def test_where_nothing_can_be_removed_either_the_first_error_is_told(tmp_path, monkeypatch, block):
    def refuse(path, *_, **__):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), path)

    with pytest.raises(OSError, match=r"two.csv.* cannot be written \(File too large\)"), largest_file(600), block():
        with replacing(tmp_path / "one") as temporary:
            temporary.write_text("1")
        monkeypatch.setattr("os.unlink", refuse)
        write_table(pd.concat([FRAME] * 99), tmp_path / "two.csv", {})


def test_of_files_that_belong_together_all_change_or_none(tmp_path):
    write_table(FRAME, tmp_path / "one.csv", {})
    (tmp_path / "gone").write_text("old")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    for outcome in (pytest.raises(ValueError, match="no"), nullcontext()):
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
        with outcome, together(gone=[tmp_path / "gone", tmp_path / "never"]):
            write_table(FRAME.head(1), tmp_path / "one.csv", {})
            write_table(FRAME, tmp_path / "two.csv", {})
            if not isinstance(outcome, nullcontext):
                raise ValueError("no")
    assert {path.name for path in tmp_path.iterdir()} == {"one.csv", "one.csv.json", "two.csv", "two.csv.json"}
    assert len(read_table(tmp_path / "one.csv")) == 1


def test_bad_destinations_are_refused_before_the_work(tmp_path):
    with pytest.raises(ValueError, match=r"ends in \.parquet or \.csv"):
        require_table_path(tmp_path / "table.xlsx")
    with pytest.raises(FileNotFoundError, match="does not exist: create it"):
        require_table_path(tmp_path / "nowhere" / "table.csv")
    with pytest.raises(FileNotFoundError, match="make figures"):
        read_table(tmp_path / "none.parquet")

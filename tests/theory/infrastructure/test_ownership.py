"""Marks of who wrote a file, and the refusals of a claim."""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from pairbounds import PairGraph
from pairbounds.infrastructure import ownership
from pairbounds.infrastructure.ownership import claim
from pairbounds.infrastructure.pictures import save_picture
from pairbounds.infrastructure.tables import read_table, sidecar, write_table
from pairbounds.theory.graph.formats import graph_output

FRAME = pd.DataFrame({"x": [1, 2]})
MORE = pd.DataFrame({"x": [1, 2, 3]})


def refusal(*arguments, **options) -> str:
    with pytest.raises(ValueError, match=r".") as caught:
        claim(*arguments, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def table(path):
    write_table(FRAME, path, {"seed": 0})
    return ownership.table(path)


KINDS = {
    "graph.npz": (PairGraph(np.ones((2, 2))).save, lambda path: [graph_output(path)]),
    "table.parquet": (table, ownership.table),
    "picture.png": (lambda path: save_picture(Figure(), path), lambda path: [ownership.picture(path)]),
    "page.md": (lambda path: path.write_text("# Ours: more"), lambda path: [ownership.text(path, "# Ours")]),
    "list.json": (lambda path: path.write_text('[{"a": 1, "b": 2}]'), lambda path: [ownership.records(path, ["a"])]),
}


@pytest.mark.parametrize("name", KINDS)
def test_what_was_written_here_may_be_written_again_and_what_was_not_stays(tmp_path, name):
    path, (write, outputs_of) = tmp_path / name, KINDS[name]
    write(path)
    outputs = outputs_of(path)
    claim(outputs)
    for stranger in (b"", b"not ours", b"\x00" * 10_000, b"[" * 10_000, b"[]"):
        path.write_bytes(stranger)
        message = refusal(outputs)
        assert message.startswith(f"{path} stays as it is, for ")
        assert "--force" in message
        claim(outputs, force=True)
    path.unlink()
    claim(outputs)


def test_a_table_without_its_sidecar_or_changed_since_is_somebodys_work(tmp_path):
    outputs = table(tmp_path / "table.csv")
    with (tmp_path / "table.csv").open("a") as file:
        file.write("3\n")
    assert "changed since it was written" in refusal(outputs)
    sidecar(tmp_path / "table.csv").unlink()
    assert "no sidecar table.csv.json says" in refusal(outputs)


@pytest.mark.parametrize("after", ["the sidecar", "the table"])
def test_a_writer_killed_between_table_and_sidecar_can_be_run_again(tmp_path, monkeypatch, after):
    path = tmp_path / "table.csv"
    outputs = table(path)
    replace, done = Path.replace, []

    def killed(self, target):
        if len(done) == ("the sidecar", "the table").index(after) + 1:
            raise KeyboardInterrupt
        done.append(target)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        write_table(MORE, path, {"seed": 1})
    monkeypatch.undo()
    assert len(read_table(path)) == (2 if after == "the sidecar" else 3)
    claim(outputs)
    write_table(MORE, path, {"seed": 1})
    assert "replaces" not in json.loads(sidecar(path).read_text())
    claim(outputs)


def test_an_input_is_never_an_output_by_any_name(tmp_path):
    path = tmp_path / "in.csv"
    table(path)
    (tmp_path / "here").symlink_to(tmp_path)
    (tmp_path / "link.csv").symlink_to(path)
    os.link(path, tmp_path / "same.csv")
    for name in ("in.csv", "link.csv", "same.csv", "here/in.csv", f"../{tmp_path.name}/in.csv"):
        for force in (False, True):
            assert "would be written, and is read" in refusal(ownership.table(tmp_path / name), [path], force=force)
    claim(ownership.table(tmp_path / "other.csv"), [path, None])


def test_a_folder_that_is_read_whole_is_not_written_into(tmp_path):
    (tmp_path / "parts").mkdir()
    table(tmp_path / "parts" / "a.parquet")
    os.link(tmp_path / "parts" / "a.parquet", tmp_path / "a.parquet")
    for name in ("parts/b.parquet", "parts/deeper/b.parquet", "a.parquet"):
        assert "would be written, and is read" in refusal(ownership.table(tmp_path / name), [tmp_path / "parts"])
    claim(ownership.table(tmp_path / "partsb.parquet"), [tmp_path / "parts"])


def test_what_is_no_file_is_never_replaced(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "fifo.csv")
    (tmp_path / "lost.csv").symlink_to(tmp_path / "nowhere")
    for path in (*tmp_path.iterdir(), Path("/dev/null")):
        assert "in the way and not a file" in refusal([ownership.text(path, "x")], force=True)

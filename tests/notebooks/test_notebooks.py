"""The notebooks run from top to bottom, and what is kept of a run says nothing of the machine."""

import json
import re
from pathlib import Path

import nbformat
import pytest

from tests.notebooks.running import KEPT, NOTEBOOKS, executed

HERE = re.escape(str(Path(__file__).parents[2]))
FOREIGN = re.compile(rf"({HERE}|/home/|/tmp/|/Users/|site-packages|Traceback)")
LARGEST = 150_000  # bytes


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_cell_raises_or_warns(path, tmp_path):
    kept = nbformat.read(path, as_version=4)
    cells = code(executed(path, tmp_path))
    outputs = [output for cell in cells for output in cell.outputs]
    assert not [output.text for output in outputs if output.get("name") == "stderr"]
    assert [set(output.get("data", ())) for output in outputs] == [
        set(output.get("data", ())) for cell in code(kept) for output in cell.outputs
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_is_kept(path: Path):
    text, notebook = path.read_text(encoding="utf-8"), nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert set(json.loads(text)["metadata"]) == set(KEPT)
    assert [cell.execution_count for cell in code(notebook)] == list(range(1, len(code(notebook)) + 1))
    assert not FOREIGN.search(text)
    assert len(text) < LARGEST

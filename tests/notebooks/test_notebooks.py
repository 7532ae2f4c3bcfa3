"""The notebooks run from top to bottom, and their saved outputs do not depend on the machine."""

import json
import re
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest

from tests.notebooks.__main__ import KEPT, NOTEBOOKS, execute
from tests.rooms import ROOT

HERE = re.escape(str(ROOT))
FOREIGN = re.compile(rf"({HERE}|/home/|/tmp/|/Users/|site-packages|Traceback)")
LARGEST = 150_000  # bytes


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def kinds(notebook):
    """Media types of the outputs of each cell."""
    return [[set(output.get("data", ())) for output in cell.outputs] for cell in code(notebook)]


def test_no_cell_raises_or_warns_and_outputs_have_the_saved_types(tmp_path):
    """All notebooks in one kernel, which imports everything once; each starts without names of the one before."""
    saved = nbformat.v4.new_notebook()
    for path in NOTEBOOKS:
        saved.cells += [nbformat.v4.new_code_cell("%reset -f"), *nbformat.read(path, as_version=4).cells]
    notebook = deepcopy(saved)
    execute(notebook, tmp_path)
    outputs = [output for cell in code(notebook) for output in cell.outputs]
    assert not [output.text for output in outputs if output.get("name") == "stderr"]
    assert kinds(notebook) == kinds(saved)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_saved_notebook_is_valid_small_and_free_of_local_paths(path: Path):
    text, notebook = path.read_text(encoding="utf-8"), nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert set(json.loads(text)["metadata"]) == set(KEPT)
    assert [cell.execution_count for cell in code(notebook)] == list(range(1, len(code(notebook)) + 1))
    assert not FOREIGN.search(text)
    assert len(text) < LARGEST

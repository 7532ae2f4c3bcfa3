"""Budgets count what they are said to count, and an excess is named."""

import json
import subprocess

import pytest

from tests.budgets import excesses, rooms, words


def test_prose_is_counted_and_code_and_comments_are_not():
    page = "# A title\n\n<!-- slow -->\n```sh\nmake test\n```\n\n| a cell | 2 |\n|---|---|\nIt isn't `f(x)` – no.\n"
    assert words(page) == 9
    cells = [{"cell_type": "markdown", "source": ["two ", "words"]}, {"cell_type": "code", "source": ["print(1)"]}]
    assert words(json.dumps({"cells": cells}), ".ipynb") == 2


def test_each_file_is_counted_once_in_its_room(tmp_path):
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    contents = {
        "a.py": "1\n\n2\n",
        "theory/bounds/checks/b.py": '"""Text."""\n',
        "theory/bounds/c.v": "Qed.\n",
        "tests/d.py": "1\n",
        "docs/found.md": "made of its template",
        "docs/found.md.jinja": "{# a note #}{% if all %}one word of {{ n | counted }}{% endif %}",
        "THIRD_PARTY.md": "licences",
        "ignored/e.py": "1\n",
        ".gitignore": "ignored/\n",
    }
    for name, text in contents.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    found = rooms(tmp_path)
    assert found["source"] == {"": 3, "theory/bounds": 1}
    assert found["tests"] == {"tests": 1}
    assert found["words"] == {"docs/found.md.jinja": 4}


@pytest.mark.parametrize(("lines", "named"), [(10, []), (11, ["source: 11 of 10"])])
def test_an_excess_is_named(lines, named):
    assert excesses({"source": lines}, {"source": 10}) == named

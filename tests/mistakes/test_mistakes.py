"""Every mistake gets one helpful line and exit code 2, and changes no file."""

import shlex
from pathlib import Path

import pytest

from pairbounds.__main__ import app
from tests.mistakes import files
from tests.mistakes.cases import MISTAKES

LONGEST = 500  # characters of a line that somebody still reads


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Folder of the input files of the mistakes."""
    folder = tmp_path_factory.mktemp("mistakes")
    files.write(folder)
    return folder


@pytest.mark.parametrize(
    ("command", "expected_words"), [case[1:] for case in MISTAKES], ids=[name for name, *_ in MISTAKES]
)
def test_a_mistake_gets_one_helpful_line_and_changes_no_file(refused, folder, monkeypatch, command, expected_words):
    monkeypatch.chdir(folder)
    before = contents()
    err = refused(app, *shlex.split(command))
    assert expected_words in err
    assert len(err.replace(f"{folder}/", "")) < LONGEST
    assert contents() == before


def contents():
    return {str(path): path.read_bytes() for path in Path().rglob("*") if path.is_file()}

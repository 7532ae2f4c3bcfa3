"""The interpreters that `.ci/run` tests on."""

import sys

from tests.reliability.pythons import candidates, extremes, started


def program(folder, name, output, code=0):
    """Write a script that prints like a Python interpreter."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\necho '{output}'\nexit {code}\n")
    (folder / name).chmod(0o755)


def test_the_oldest_and_the_newest_working_python_are_chosen(tmp_path):
    program(tmp_path / "bin", "python3", "3 12 1 /a path/python3")
    program(tmp_path / "bin", "python3.11", "3 11 9 /first/python3.11")
    program(tmp_path / "other", "python3.11", "3 11 9 /second/python3.11")
    program(tmp_path / "other", "python3.10", "3 10 0 /too/old")
    program(tmp_path / "other", "python3.14", "pyenv: python3.14: command not found", code=127)
    program(tmp_path / "other", "python3-config", "3 99 0 /no/python")
    program(tmp_path / "pyenv" / "versions" / "3.13.0" / "bin", "python3.13", "3 13 0 /pyenv/python3.13")
    programs = list(candidates(f"{tmp_path / 'bin'}:{tmp_path / 'other'}:{tmp_path / 'none'}", tmp_path / "pyenv"))
    assert extremes(programs, (3, 11)) == [((3, 11, 9), "/first/python3.11"), ((3, 13, 0), "/pyenv/python3.13")]
    assert extremes(programs[:1], (3, 11)) == [((3, 12, 1), "/a path/python3")]
    assert extremes(programs, (3, 14)) == []
    assert started(sys.executable) == (sys.version_info[:3], sys.executable)

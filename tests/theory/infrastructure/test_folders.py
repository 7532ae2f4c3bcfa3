"""One command writes into a folder at a time, and whoever comes second hears who and since when."""

import errno
import fcntl
import json
import os
import re
import signal
import subprocess

import pytest

from pairbounds.infrastructure import temporaries
from pairbounds.infrastructure.folders import locked_folder
from tests.theory.light import light

HOLD = (
    "from pathlib import Path; from pairbounds.infrastructure.folders import locked_folder\n"
    "with locked_folder(Path(sys.argv[1])):\n    print('held', flush=True); input()"
)


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the folder."""
    with subprocess.Popen(light(HOLD, tmp_path), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_the_second_says_who_holds_it_and_since_when(tmp_path, holder):
    second = locked_folder(tmp_path)
    told = rf"{tmp_path} is being written by process {holder.pid} on {temporaries.HOST} since \d{{4}}-.*-c.*wait for it"
    with pytest.raises(RuntimeError, match=re.compile(told, re.DOTALL)), second:
        pass
    with locked_folder(tmp_path, "another thing"):  # in one folder, things of other names may be written at once
        pass


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, None])
def test_the_lock_ends_with_its_process_however_that_ends(tmp_path, holder, end):
    holder.communicate("\n") if end is None else holder.send_signal(end)
    holder.wait()
    with locked_folder(tmp_path):
        assert json.loads((tmp_path / ".folder.lock").read_text())["pid"] == os.getpid()
    assert not [*tmp_path.iterdir()]


def test_where_files_cannot_be_locked_there_is_a_warning_and_work_goes_on(tmp_path, monkeypatch, capsys):
    def flock(*_):
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(fcntl, "flock", flock)
    with locked_folder(tmp_path):
        pass
    assert capsys.readouterr().err.startswith(f"warning: {tmp_path} lies where files cannot be locked")


def test_a_folder_where_nothing_can_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    place = locked_folder(tmp_path / "file" / "folder")
    with pytest.raises(OSError, match=r"nothing can be written into .*folder: ."), place:
        pass

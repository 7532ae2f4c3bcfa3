"""Names of files that are being written, and what is swept of them."""

import os
import subprocess
import time

import pytest

from pairbounds.infrastructure import temporaries
from pairbounds.infrastructure.tables import replacing
from pairbounds.infrastructure.temporaries import ABANDONED, is_temporary, sweep, sweep_once, temporary_beside
from tests.limits import PATIENCE
from tests.theory.light import light


def of_another(target, *, host=None, pid=None, born=None):
    """A file that another process writes in place of `target`."""
    owner = temporary_beside(target).name
    host, pid, born = host or temporaries.HOST, pid or 2**22 + 1, born or 1
    head, tail = owner.split(".unfinished-")[0], owner.rpartition("-")[2]
    path = target.with_name(f"{head}.unfinished-{host}-{pid}-{born}-{tail}")
    path.write_text("half")
    return path


def test_only_what_a_process_left_that_is_no_more_is_swept(tmp_path):
    (tmp_path / "deep").mkdir()
    own = temporary_beside(tmp_path / "table.parquet")
    own.write_text("half")
    strangers = [tmp_path / "table.parquet", tmp_path / ".hidden.parquet", tmp_path / ".unfinished-thoughts"]
    for path in strangers:
        path.write_text("whole")
    dead = of_another(tmp_path / "deep" / "00000000.npy")
    recycled = of_another(tmp_path / "table.parquet", pid=os.getpid(), born=1)
    sweep(tmp_path)
    assert not dead.exists()
    assert not recycled.exists()  # a process of the same number, but not the one that wrote it
    assert own.exists()
    sweep(tmp_path, own=True)
    assert sorted(path for path in tmp_path.iterdir() if path.is_file()) == sorted(strangers)


def test_what_another_living_process_writes_is_left_alone(tmp_path):
    code = (
        "from pathlib import Path; from pairbounds.infrastructure.temporaries import temporary_beside\n"
        "path = temporary_beside(Path(sys.argv[1])); path.write_text('half'); print(path, flush=True); input()"
    )
    command = light(code, tmp_path / "table.parquet")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        process.stdout.readline()
        sweep(tmp_path)
        assert len([*tmp_path.iterdir()]) == 1
        process.kill()
        deadline = time.monotonic() + PATIENCE
        while any(tmp_path.iterdir()):  # also while it is a zombie that nobody has waited for
            sweep(tmp_path)
            assert time.monotonic() < deadline


def test_another_machines_file_goes_when_it_has_not_been_touched_for_a_day(tmp_path):
    fresh, old = (of_another(tmp_path / name, host="else-where.net") for name in ("fresh.npy", "old.npy"))
    before = time.time() - ABANDONED - 60
    os.utime(old, (before, before))
    sweep(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [fresh.name]


def test_the_first_write_into_a_folder_sweeps_it(tmp_path):
    """It alone, and not what this process writes there already."""
    sweep_once.cache_clear()
    (tmp_path / "deep").mkdir()
    left, below = of_another(tmp_path / "graph.npz"), of_another(tmp_path / "deep" / "graph.npz")
    own = temporary_beside(tmp_path / "table.csv")
    own.write_text("half")
    with replacing(tmp_path / "graph.npz") as temporary:
        assert is_temporary(temporary)
        assert not left.exists()
        temporary.write_text("whole")
    assert {*tmp_path.rglob("*")} == {tmp_path / "graph.npz", own, below.parent, below}


@pytest.mark.parametrize("name", ["a" * 251 + ".npz", ".hidden.parquet", "without"])
def test_any_name_has_a_temporary_one_that_is_known_for_it(tmp_path, name):
    temporary = temporary_beside(tmp_path / name)
    temporary.write_text("half")
    assert is_temporary(temporary)
    assert temporary.suffix == (tmp_path / name).suffix or not (tmp_path / name).suffix

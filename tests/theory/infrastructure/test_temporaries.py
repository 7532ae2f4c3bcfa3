"""Names of files that are being written, and what is swept of them."""

import os
import subprocess
import time

import pytest

from pairbounds.infrastructure import temporaries
from pairbounds.infrastructure.tables import replacing
from pairbounds.infrastructure.temporaries import ABANDONED, sweep, sweep_once, temporary_beside
from tests.theory.light import light


def of_another(target, *, host=temporaries.HOST, pid=2**22 + 1):
    """A file that another process writes in place of `target`."""
    written = temporary_beside(target).name.replace(f"-{temporaries.HOST}-{os.getpid()}-", f"-{host}-{pid}-")
    path = target.with_name(written)
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
    with subprocess.Popen(light("input()"), stdin=subprocess.PIPE) as process:
        alive = of_another(tmp_path / "table.parquet", pid=process.pid)
        sweep(tmp_path)
        assert (dead.exists(), alive.exists(), own.exists()) == (False, True, True)
        process.kill()
    sweep(tmp_path)
    assert sorted(path for path in tmp_path.iterdir() if path.is_file()) == sorted([*strangers, own])


def test_another_machines_file_goes_when_it_has_not_been_touched_for_a_day(tmp_path):
    fresh, old = (of_another(tmp_path / name, host="else-where.net") for name in ("fresh.npy", "old.npy"))
    before = time.time() - ABANDONED - 60
    os.utime(old, (before, before))
    sweep(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [fresh.name]


@pytest.mark.parametrize("name", ["a" * 251 + ".npz", "without"])
def test_the_first_write_into_a_folder_sweeps_it(tmp_path, name):
    """It alone, and not what this process writes there already; of any name."""
    sweep_once.cache_clear()
    (tmp_path / "deep").mkdir()
    left, below = of_another(tmp_path / name), of_another(tmp_path / "deep" / name)
    own = temporary_beside(tmp_path / name)
    own.write_text("half")
    assert own.suffix == (tmp_path / name).suffix or name == "without"
    with replacing(tmp_path / name) as temporary:
        assert not left.exists()
        temporary.write_text("whole")
    assert {*tmp_path.rglob("*")} == {tmp_path / name, own, below.parent, below}

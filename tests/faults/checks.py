"""Single checks beside the random kills: each returns what went wrong."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from distributed import Client

from tests.faults.commands import COMMANDS, ROOT, write_inputs
from tests.faults.processes import ONE_THREAD, alive_after, ended, started

LOST = 300  # seconds in which a command has to end without what it lost: 60 looks, of 5 s on the slowest machine
PAUSE = 25  # seconds that a slow scheduler does not answer
PATH = {"PYTHONPATH": str(ROOT)}  # for the workers, which import studies of the tests
LOCK = ".folder.lock"


def _inputs(name: str, folder: Path) -> Path:
    inputs = folder / "inputs"
    if not inputs.is_dir():
        inputs.mkdir(parents=True)
        write_inputs(inputs, [name])
    return inputs


def second_command(name: str, folder: Path, _: random.Random) -> list[str]:
    """While one command writes into a folder, a second is told who does; and the first is not disturbed."""
    line = COMMANDS[name].line(_inputs(name, folder), folder / "out")
    first = started(line)
    while first.poll() is None and not (folder / "out" / LOCK).is_file():
        time.sleep(0.01)
    os.kill(first.pid, signal.SIGSTOP)  # however slow the second is to start
    second = ended(started(line))
    os.kill(first.pid, signal.SIGCONT)
    told = re.search(rf"error: .* is being written by process {first.pid} on .* since 2", second.err)
    problems = [] if second.code == 2 and told and len(second.own_lines) == 1 else [f"the second said {second.err}"]
    done = ended(first)
    return problems if done.code == 0 else [*problems, f"the first ended with {done.code}: {done.err[-300:]}"]


def little_memory(name: str, folder: Path, rng: random.Random) -> list[str]:
    """A command with too little address space, or just enough, ends with a line or with its result."""
    limit = rng.randrange(600_000, 2_000_000)  # KiB
    line = COMMANDS[name].line(_inputs(name, folder), folder / f"out-{limit}")
    process = started(["bash", "-c", f'ulimit -v {limit}; exec "$@"', "bash", *line])
    done = ended(process)
    problems = ["a process is left"] if alive_after(process.pid) else []
    errors = [text for text in done.err.splitlines() if text.startswith("error: ")]
    if done.hung or "Traceback" in done.err or (done.code, len(errors)) not in {(0, 0), (1, 0), (2, 1)}:
        problems.append(f"ended with {done.code}: {done.err[-500:]}")
    return [f"{limit} KiB: {problem}" for problem in problems]


def lost_worker(name: str, folder: Path, rng: random.Random) -> list[str]:
    """A Dask worker is killed at a random moment: the command finishes on the rest, or names it and ends in time."""
    return _on_a_cluster(name, folder, rng, signal.SIGKILL)


def frozen_worker(name: str, folder: Path, rng: random.Random) -> list[str]:
    """A Dask worker stands still from a random moment on: as if it was killed, but noticed later."""
    return _on_a_cluster(name, folder, rng, signal.SIGSTOP)


def lost_scheduler(name: str, folder: Path, rng: random.Random) -> list[str]:
    """The scheduler is killed at a random moment: the command says so in one line, in time."""
    return _on_a_cluster(name, folder, rng, signal.SIGKILL, scheduler=True)


def slow_scheduler(name: str, folder: Path, rng: random.Random) -> list[str]:
    """The scheduler stands still at a random moment, and goes on: so does the command."""
    return _on_a_cluster(name, folder, rng, signal.SIGSTOP, scheduler=True)


def _on_a_cluster(
    name: str, folder: Path, rng: random.Random, number: signal.Signals, *, scheduler: bool = False
) -> list[str]:
    out = folder / f"out-{rng.randrange(2**32):08x}"
    words = [word for word in COMMANDS[name].line(_inputs(name, folder), out) if word not in ("--jobs", "2")]
    with _cluster(folder) as address:
        with Client(address) as client:
            client.wait_for_workers(2)
            client.run(_warm, name)
            victims = {address: client.run_on_scheduler(os.getpid)} if scheduler else client.run(os.getpid)
        process = started([*words, "--dask", address])
        while process.poll() is None and not (out / LOCK).is_file():
            time.sleep(0.01)
        time.sleep(rng.uniform(0, 6))
        victim, pid = rng.choice(sorted(victims.items()))
        os.kill(pid, number)
        struck = time.monotonic()
        if slowed := scheduler and number == signal.SIGSTOP:
            time.sleep(PAUSE)
            os.kill(pid, signal.SIGCONT)
        done = ended(process)
    seconds = time.monotonic() - struck
    named = done.code == 2 and len(done.own_lines) == 1 and victim in done.err and seconds < LOST
    if done.code == 0 or (named and not slowed):
        return []
    return [f"{number.name} to {victim}; ended with {done.code} after {seconds:.0f} s: {done.err[-500:]}"]


@contextmanager
def _cluster(folder: Path) -> Iterator[str]:
    """The address of a scheduler with two workers, each a process that nobody starts again."""
    file = folder / f"scheduler-{time.monotonic_ns()}.json"
    options = ["--scheduler-file", str(file), "--no-dashboard", "--host", "127.0.0.1"]
    own = [["scheduler", "--port", "0"], *[["worker", "--nthreads", "1", "--no-nanny"]] * 2]
    there = []
    try:
        for role, *rest in own:
            line = [sys.executable, "-m", "dask", role, *options, *rest]
            there.append(
                subprocess.Popen(line, cwd=ROOT, env=os.environ | ONE_THREAD | PATH, stderr=subprocess.DEVNULL)
            )
            while not file.is_file():  # the scheduler writes it
                time.sleep(0.01)
        yield json.loads(file.read_text())["address"]
    finally:
        for process in there:
            process.kill()
            process.wait()


def _warm(name: str) -> None:
    """Load what the work needs, so that the kill strikes work and not imports."""
    __import__({"sweep": "tests.theory.sweeps.tiny", "audit": "pairbounds.real_data.audit.cluster"}[name])

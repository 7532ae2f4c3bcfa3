"""Single checks beside the random kills: each returns what went wrong."""

import os
import random
import re
import signal
import time
from pathlib import Path

from distributed import Client, LocalCluster

from tests.faults.commands import COMMANDS, write_inputs
from tests.faults.processes import Ended, alive_after, ended, started

LOST = 60  # seconds after the loss of a worker in which a command has to end that does not go on without it
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
    line = COMMANDS[name].line(_inputs(name, folder), folder / f"out-{rng.randrange(2**32):08x}")
    out = Path(line[-1])
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs="CRITICAL") as cluster:
        with Client(cluster) as client:
            client.run(_warm, name)
            workers = sorted(client.run(os.getpid).items())
        words = [word for word in line if word not in ("--jobs", "2")]
        process = started([*words, "--dask", cluster.scheduler_address])
        while process.poll() is None and not (out / LOCK).is_file():
            time.sleep(0.01)
        time.sleep(rng.uniform(0, 6))
        address, pid = rng.choice(workers)
        os.kill(pid, signal.SIGKILL)
        killed = time.monotonic()
        done = ended(process)
    return _finished_or_named(done, address, time.monotonic() - killed)


def _finished_or_named(done: Ended, address: str, seconds: float) -> list[str]:
    if done.code == 0:
        return []
    named = done.code == 2 and len(done.own_lines) == 1 and address in done.err and seconds < LOST
    return [] if named else [f"{address} was killed; ended with {done.code} after {seconds:.0f} s: {done.err[-500:]}"]


def _warm(name: str) -> None:
    """Load what the work needs, so that the kill strikes work and not imports."""
    __import__({"sweep": "tests.theory.sweeps.tiny", "audit": "real_data.audit.cluster"}[name])

"""One fault in one command: what it left, and whether the same command then comes to the undisturbed result."""

import os
import random
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

from tests.faults.commands import COMMANDS, Command, run, write_inputs
from tests.faults.comparing import contents, differences, files, leftovers
from tests.faults.processes import ONE_THREAD, Ended, alive_after, ended, started, until_heard

SIGNALS = {"SIGKILL": signal.SIGKILL, "SIGTERM": signal.SIGTERM, "SIGINT": signal.SIGINT}
FILE_SIZE, FULL, READ_ONLY = "ulimit -f", "full disk", "read-only disk"
FAULTS = (*SIGNALS, FILE_SIZE, FULL, READ_ONLY)

# In a namespace of mounts of its own, so that nothing stays mounted. $1 options, $2 folder, $3 earlier result,
# $4 where the folder goes after each of the two runs, then the command.
ON_A_SMALL_DISK = """
set -e; options=$1; out=$2; earlier=$3; after=$4; shift 4
mount -t tmpfs -o size=1g none "$out"; cp -a "$earlier/." "$out"; mount -o "remount,$options" "$out"
set +e; "$@"; echo $? > "$after/code"; set -e
cp -a "$out" "$after/first"; mount -o remount,rw,size=1g "$out"
"$@" 2> /dev/null; cp -a "$out" "$after/second"
"""
OWN_MOUNTS = ["unshare", "--mount"] + ([] if os.geteuid() == 0 else ["--user", "--map-root-user"])


def can_mount() -> bool:
    """Whether a small disk can be made here."""
    try:
        done = subprocess.run([*OWN_MOUNTS, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True)
    except OSError:
        return False
    return done.returncode == 0


@dataclass(frozen=True)
class Bench:
    """A command with its inputs, the earlier result that it finds, and what it makes of it undisturbed."""

    command: Command
    folder: Path
    inputs: Path
    _lock: Lock = field(default_factory=Lock)

    @classmethod
    def of(cls, name: str, folder: Path) -> "Bench":
        """In a folder of its own, with inputs of its own."""
        (folder / "inputs").mkdir(parents=True)
        write_inputs(folder / "inputs", [name])
        return cls(COMMANDS[name], folder, folder / "inputs")

    @cached_property
    def earlier(self) -> Path:
        out = self.folder / "earlier"
        _undisturbed(self.command.line(self.inputs, out, earlier=True))
        return out

    @cached_property
    def seconds(self) -> float:
        """That the undisturbed run took."""
        started_at = time.monotonic()
        shutil.copytree(self.earlier, self.folder / "whole")
        _undisturbed(self.command.line(self.inputs, self.folder / "whole"))
        return time.monotonic() - started_at

    @cached_property
    def expected(self) -> Mapping[str, Any]:
        assert self.seconds
        return contents(self.folder / "whole")

    @cached_property
    def changing(self) -> set[str]:
        """The files of the earlier result."""
        return set(files(self.earlier))

    @cached_property
    def largest(self) -> int:
        """Size in KiB, rounded up, of the largest file that the command changes or makes."""
        before = contents(self.earlier)
        changed = differences(before, dict(self.expected))
        sizes = [path.stat().st_size for name, path in files(self.folder / "whole").items() if name in changed]
        return -(-max(sizes) // 1024)

    def trial(self, fault: str, rng: random.Random) -> list[str]:
        """What went wrong when the fault struck at a random moment, or place."""
        place = self.folder / f"{fault.replace(' ', '-')}-{rng.randrange(2**32):08x}"
        out = place / "out"
        shutil.copytree(self.earlier, out)
        line = self.command.line(self.inputs, out)
        with self._lock:  # what is compared with is made once, whoever asks first
            assert self.expected
        if fault in (FULL, READ_ONLY):
            problems = self._on_a_small_disk(fault, line, place, rng)
        elif fault == FILE_SIZE:
            problems = self._file_size(line, out, rng) + self._again(line, out)
        else:
            problems = self._killed(SIGNALS[fault], line, out, rng) + self._again(line, out)
        if not problems:
            shutil.rmtree(place)
        return [f"{place.name}: {problem}" for problem in problems]

    def _killed(self, number: signal.Signals, line: list[str], out: Path, rng: random.Random) -> list[str]:
        delay, to_all = rng.uniform(0, self.seconds), rng.random() < 0.5
        process = started(line)
        until_heard(process)
        time.sleep(delay)
        while process.poll() is not None:  # it was quicker this time
            done = ended(process)
            if done.code:
                return [f"ended by itself with {done.code}: {done.err[-300:]}"]
            shutil.rmtree(out)
            shutil.copytree(self.earlier, out)
            process, delay = started(line), delay / 2
            until_heard(process)
            time.sleep(delay)
        (os.killpg if to_all else os.kill)(process.pid, number)
        end = ended(process)
        problems = ["a process is left"] if alive_after(process.pid) else []
        found = contents(out)
        if number != signal.SIGKILL:
            problems += ends_as_a_signal_says(end, number) + [f"{name} is left" for name in leftovers(out)]
            if end.code in (0, -number) and differences(found, dict(self.expected)):
                problems.append(f"ended with {end.code} in the midst of its work")
        neither = set(differences(found, dict(self.expected))) & set(differences(found, contents(self.earlier)))
        problems += [f"{name} is neither as it was nor as it is to be" for name in neither & self.changing & {*found}]
        return [f"to {'all' if to_all else 'one'} after {delay:.2f} s: {problem}" for problem in problems]

    def _file_size(self, line: list[str], out: Path, rng: random.Random) -> list[str]:
        limit = rng.randrange(1, max(2, self.largest))
        process = started(["bash", "-c", f'ulimit -f {limit}; exec "$@"', "bash", *line])
        problems = fails_as_a_write(ended(process))
        problems += ["a process is left"] if alive_after(process.pid) else []
        return [f"files of {limit} KiB: {problem}" for problem in problems + self._not_whole(out)]

    def _on_a_small_disk(self, fault: str, line: list[str], place: Path, rng: random.Random) -> list[str]:
        used = sum(-(-path.stat().st_size // 4096) * 4 for path in files(self.earlier).values())
        room = used + 4 + rng.randrange(self.largest)  # KiB; the largest new file never fits
        options = "ro" if fault == READ_ONLY else f"size={room}k"
        script = [*OWN_MOUNTS, "bash", "-c", ON_A_SMALL_DISK, "bash", options]
        process = started([*script, *map(str, (place / "out", self.earlier, place)), *line])
        end = ended(process)
        if not (place / "code").is_file():
            return [f"{options}: {end.err[-200:]}"]
        problems = fails_as_a_write(Ended(int((place / "code").read_text()), end.err, end.hung))
        problems += ["a process is left"] if alive_after(process.pid) else []
        problems += self._not_whole(place / "first")
        if end.code:
            problems.append(f"with room again it ends with {end.code}")
        else:
            problems += [f"{name} differs" for name in differences(contents(place / "second"), self.expected)]
        return [f"{options}: {problem}" for problem in problems]

    def _not_whole(self, out: Path) -> list[str]:
        """What is not of the earlier result as it was, after a write that failed."""
        found, before = contents(out), contents(self.earlier)
        changed = differences({name: found.get(name) for name in before}, dict(before))
        return [f"{name} is not as it was" for name in changed] + [f"{name} is left" for name in leftovers(out)]

    def _again(self, line: list[str], out: Path) -> list[str]:
        process = started(line)
        end = ended(process)
        if end.code:
            return [f"the same command again ends with {end.code}: {end.err[-300:]}"]
        problems = ["a process is left after the end"] if alive_after(process.pid) else []
        return problems + [f"{name} differs" for name in differences(contents(out), dict(self.expected))]


def _undisturbed(line: list[str]) -> None:
    os.environ.update(ONE_THREAD)
    run(line)


def ends_as_a_signal_says(end: Ended, number: signal.Signals) -> list[str]:
    """List what is wrong with the end of a command that got a signal."""
    if end.code == 0 or (end.code == -number and not end.own_lines):
        return []  # it came when all was done, and perhaps said; or Python itself was ending
    if end.hung or end.code != 128 + number:
        return [f"ended with {end.code}: {end.err[-300:]}"]
    return _said_at_the_end(end, f"stopped by {number.name}: ")


def fails_as_a_write(end: Ended) -> list[str]:
    """List what is wrong with the end of a command that could not write."""
    if end.hung or end.code != 2:
        return [f"ended with {end.code}: {end.err[-300:]}"]
    return _said_at_the_end(end, "error: ")


def _said_at_the_end(end: Ended, beginning: str) -> list[str]:
    """A command may say first what it is about to do, and for how long; one line then says how it ended."""
    *before, last = end.own_lines or [""]
    told = last.startswith(beginning) and not any(map(_of_an_end, before))
    return [] if told else [f"said {end.own_lines}"]


def _of_an_end(line: str) -> bool:
    """Tell a line that says how a command ended, or that Python itself left."""
    return line.startswith(("stopped by ", "error: ", "Traceback ")) or bool(re.match(r"\w*(Error|Interrupt)\b", line))

"""Judgements of what the verifier says of two files: by a grammar of its lines, and by the true errors."""

import io
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from tests.fuzz.proofs.truth import BEYOND, errors
from tests.theory.proofs.verifier import PROGRAM

DECIMAL = r"\d{1,400}(?:\.\d{1,400})?"
LINE = re.compile(
    rf"PROVED (probe_mse|probe_error) <= ({DECIMAL}) \(theorem (4|15|16|18), width ([1-9]\d*), "
    rf"(?:no penalty|penalty ({DECIMAL}|\d{{1,400}}/\d{{1,400}}))\)",
    re.ASCII,
)
REASON = re.compile(r"NOT PROVED: [\w ,.:/<=>()\[\]+'²σ-]{10,1000}")
WORK = 5 * 10**6  # calls: more than polynomials of so few moments can be halved for, in all claims


class TooMuchWork(BaseException):
    """More calls than a small graph can ask for; no `Exception`, which the program would catch."""


@dataclass(frozen=True)
class Said:
    """The lines that were printed, and the reason with which the program ended, if it proved nothing."""

    lines: tuple[str, ...]
    reason: str | None


def run(graph: Path, proof: Path, program: ModuleType) -> Said:
    """Run the program in this process, its calls counted: `TooMuchWork`, or what it does not catch."""
    out, reason = io.StringIO(), None
    with redirect_stdout(out):
        try:
            counted(lambda: program.main([str(graph), str(proof)]))
        except SystemExit as ending:
            reason = str(ending.code)
    return Said(tuple(out.getvalue().splitlines()), reason)


def counted(work: Callable[[], object], limit: int = WORK) -> int:
    """The calls that a piece of work makes, of Python's and of C's functions."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")
        if calls > limit:
            sys.setprofile(None)
            raise TooMuchWork

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return calls


def alone(graph: Path, proof: Path) -> Said:
    """Run the program as a stranger does."""
    command = [sys.executable, "-I", "-S", str(PROGRAM), str(graph), str(proof)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace")
    if done.returncode not in (0, 1) or (done.returncode == 0) == bool(done.stderr):
        return Said(tuple(done.stdout.splitlines()), f"exit {done.returncode}: {done.stderr}")
    return Said(tuple(done.stdout.splitlines()), done.stderr.removesuffix("\n") or None)


def faults(said: Said, graph: bytes) -> list[str]:
    """Kinds of what should never be said of a graph's file."""
    if said.reason is not None:
        found = ["a line beside a reason"] if said.lines else []
        return found + ([] if REASON.fullmatch(said.reason) else ["a reason that is not one safe line"])
    if not said.lines:
        return ["neither a line nor a reason"]
    return sorted({fault for line in said.lines for fault in _faults_of_line(line, graph)})


def _faults_of_line(line: str, graph: bytes) -> list[str]:
    read = LINE.fullmatch(line)
    if read is None:
        return ["a line that is none"]
    quantity, value, theorem, width, penalty = read.groups()
    if theorem in {"18"} if penalty is None else theorem in {"4", "15"}:
        return ["a theorem that is not of these minimisers"]
    true = errors(graph, int(width), Fraction(penalty or 0))[quantity]
    return ["a line that is false"] if true > Fraction(value) + BEYOND else []

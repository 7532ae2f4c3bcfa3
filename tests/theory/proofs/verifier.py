"""The verifier, loaded as a module: it is a program of its own, and no part of a package."""

import importlib.util
import io
import json
from contextlib import redirect_stdout
from pathlib import Path
from types import ModuleType
from typing import Any

from pairbounds import PairGraph, prove

PROGRAM = Path(__file__).parents[3] / "theory" / "proofs" / "verify.py"


def _loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify", PROGRAM)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


verifier = _loaded()


def verdict_of(graph: Path, proof: Path, program: ModuleType = verifier) -> tuple[list[str], str | None]:
    """The lines that the program prints of two files, and the reason with which it ends, if it does not prove them."""
    out = io.StringIO()
    with redirect_stdout(out):
        try:
            program.main([str(graph), str(proof)])
        except SystemExit as ending:
            return out.getvalue().splitlines(), str(ending.code)
    return out.getvalue().splitlines(), None


def changed(*replacements: tuple[str, str]) -> ModuleType:
    """A verifier that lacks a check: its source with unique pieces replaced."""
    source = PROGRAM.read_text(encoding="utf-8")
    for old, new in replacements:
        if source.count(old) != 1:
            raise ValueError(f"{old!r} is {source.count(old)} times in it")
        source = source.replace(old, new)
    module = ModuleType("changed_verifier")
    exec(compile(source, str(PROGRAM), "exec"), module.__dict__)
    return module


def saved(graph: PairGraph, folder: Path) -> Path:
    """The graph, in a file."""
    path = folder / "graph.npz"
    graph.save(path)
    return path


def record_of(graph: PairGraph, k: int, **options: Any) -> dict[str, Any]:
    """A proof as a reader of JSON has it."""
    return json.loads(json.dumps(prove(graph, k, **options).record()))

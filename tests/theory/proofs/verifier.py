"""The verifier, loaded as a module: it is a program of its own, and no part of a package."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

from theory import PairGraph, prove

PROGRAM = Path(__file__).parents[3] / "examples" / "verify_proof.py"


def _loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_proof", PROGRAM)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


verifier = _loaded()


def saved(graph: PairGraph, folder: Path) -> Path:
    """The graph, in a file."""
    path = folder / "graph.npz"
    graph.save(path)
    return path


def record_of(graph: PairGraph, k: int, **options: Any) -> dict[str, Any]:
    """A proof as a reader of JSON has it."""
    return json.loads(json.dumps(prove(graph, k, **options).record()))

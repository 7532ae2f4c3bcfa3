"""Theory of contrastive learning: pair graphs, their spectra, and bounds compared with measured errors.

Typical use::

    import pairbounds as pb

    graph = pb.PairGraph([[3, 1, 0], [1, 3, 1]], [0, 1])
    pb.check_bounds(graph, k=1)

`__init__.pyi` lists the public names by topic. Each is imported on first use.
"""

import ast
from importlib import import_module
from pathlib import Path
from typing import Any

__version__ = "0.1.0"


def _public() -> dict[str, str]:
    """Module of each public name, read from the stub `__init__.pyi`."""
    stub = ast.parse(Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    imports = [node for node in stub.body if isinstance(node, ast.ImportFrom)]
    return {alias.asname or alias.name: str(node.module) for node in imports for alias in node.names}


_MODULES = _public()
__all__ = sorted(_MODULES)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_MODULES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]

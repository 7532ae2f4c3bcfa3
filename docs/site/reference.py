"""Pages of public modules, with the docstrings of their public names."""

from collections.abc import Iterator
from importlib import import_module

import pairbounds

FOLDER = "api"
FRONT, FRONT_NAMES = "pairbounds", frozenset(pairbounds.__all__)  # links lead to these entries
MODULES = (
    FRONT,
    "pairbounds.theory.graph.graph_files",
    "pairbounds.theory.quantities.metrics",
    "pairbounds.theory.quantities.walks",
    "pairbounds.theory.quantities.confidence",
    "pairbounds.sweeps",
    "pairbounds.theory.resampling.graph_rules",
    "pairbounds.theory.resampling.effects",
    "pairbounds.real_data.audit",
    "pairbounds.figures.plots",
)


def pages() -> Iterator[tuple[str, str]]:
    """Path and Markdown of each page, and of their index."""
    for name in MODULES:
        yield f"{FOLDER}/{name}.md", _page(name)
    listed = "\n".join(MODULES)
    yield f"{FOLDER}/index.md", f"# API\n\n```{{toctree}}\n:maxdepth: 1\n\n{listed}\n```\n"


def _page(name: str) -> str:
    module = import_module(name)
    parts = [f"# {name}", (module.__doc__ or "").strip()]
    for member in _public(name):
        kind = ("class", "\n   :members:") if isinstance(getattr(module, member), type) else ("function", "")
        twice = "\n   :no-index:" if name != FRONT and member in FRONT_NAMES else ""
        parts.append(f"```{{eval-rst}}\n.. auto{kind[0]}:: {name}.{member}{kind[1]}{twice}\n```")
    return "\n\n".join(parts) + "\n"


def _public(name: str) -> list[str]:
    """Functions and classes in `__all__`; without it, those defined in the module without an underscore."""
    module = import_module(name)
    of_module = [key for key, value in vars(module).items() if getattr(value, "__module__", None) == name]
    names = getattr(module, "__all__", [key for key in of_module if not key.startswith("_")])
    return [key for key in names if callable(getattr(module, key))]

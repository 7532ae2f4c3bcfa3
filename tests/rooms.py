"""`python -m tests.rooms`: the rooms of the package and the arrows between them, as the drawing of CONTRIBUTING."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import networkx as nx

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "pairbounds"
LINKED = ("theory", "simulations", "real_data", "figures")
ORDER = (  # rooms of one line know nothing of one another
    ("infrastructure",),
    ("theory.graph",),
    ("theory.spectrum",),
    ("theory.quantities",),
    ("theory.bounds",),
    ("theory.resampling", "theory.attack", "theory.proofs", "theory.questions"),
    ("theory.ledger",),
    ("plugins",),
    ("sweeps",),
    ("simulations", "real_data"),
    ("figures",),
    ("commands", "pytest_plugin"),
)
RANK = {room: rank for rank, rooms in enumerate(ORDER) for room in rooms}
DOORS = {"pairbounds", "pairbounds.__main__", "pairbounds.theory"}  # pass names on, or hold rooms


@cache
def modules() -> dict[str, Path]:
    """Path of every module of the package, by name."""
    folders = [PACKAGE, *(ROOT / name for name in LINKED)]
    return {_name(path): path for folder in folders for path in folder.rglob("*.py")}  # which follows no link


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(("pairbounds", *parts[parts[0] == "pairbounds" :])).removesuffix(".__init__")


def room(module: str) -> str:
    """Room of a module."""
    _, first, *folders = module.split(".")
    return f"theory.{folders[0]}" if first == "theory" else first


def imported(module: str, *, at_once: bool = False) -> set[str]:
    """Modules of the package that a module imports: anywhere, or only at import time."""
    return set(_imported(module, at_once=at_once))


def _imported(module: str, *, at_once: bool) -> Iterator[str]:
    tree = ast.parse(modules()[module].read_text(encoding="utf-8"))
    for node in _loaded(tree) if at_once else ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            below = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from {name if name in modules() else node.module for name in below} & modules().keys()
        elif isinstance(node, ast.Import):
            yield from {alias.name for alias in node.names} & modules().keys()


def _loaded(node: ast.AST) -> Iterator[ast.AST]:
    """Nodes outside functions and `if TYPE_CHECKING`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        yield child
        yield from _loaded(child)


def drawing() -> str:
    """Rooms and imports as a Mermaid graph, without implied arrows."""
    arrows = {(room(name), room(module)) for module in modules().keys() - DOORS for name in imported(module) - DOORS}
    graph = nx.transitive_reduction(nx.DiGraph((source, other) for source, other in arrows if source != other))
    order = sorted(graph.edges, key=lambda arrow: (RANK[arrow[0]], RANK[arrow[1]], arrow))
    lines = [f"    {first} --> {second}" for first, second in order]
    return "\n".join(["```mermaid", "flowchart TD", *lines, "```", ""])


if __name__ == "__main__":
    print(drawing(), end="")

"""`python3 figures/prerequisites.py`: what each figure and table is made of, as rules for Make.

A figure names its tables, and so does a finding; a table is measured by a study, a module of its name; what that
depends on, its imports say. Nothing is stated twice, and nothing is imported to be read: this needs no more than Python
itself.

A name that a package passes on leads to the module that defines it. The command lines are no part of what is measured.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REGISTER = Path("theory/bounds/registry.py")  # whoever reads it depends on all that registers itself
REGISTERED = "theory/bounds/theorem*.py"
TABLES_AT = {"FIGURE": 2, "FINDING": 3}  # which argument of each names its tables
# Tables that one run writes together: the variable that Make knows their prerequisites by, and the module behind it.
TOGETHER = {
    "EMOJI": Path("real_data/study.py"),
    "MEASURE": Path("real_data/measures/study.py"),
    "RESAMPLE_GRAPH": Path("real_data/resampling/graph_study.py"),
}


def main() -> None:
    """Print the rules."""
    studies = _defining("simulations/studies", "STUDY")
    sweeps = _defining("simulations/experiments", "EXPERIMENT")
    drawn, findings = _defining("figures", "FIGURE"), _defining("figures/findings", "FINDING")
    print(f"STUDIES := {_listed(path.stem for path in studies)}")
    print(f"SWEEPS := {_listed(path.stem for path in sweeps)}")
    print(f"ALL_FIGURES := {_listed(f'$(FIGURES)/{path.stem}.png' for path in drawn)}")
    said = sorted({name for path in findings for name in tables_of(path)})
    print(f"FINDINGS := {_listed(f'$(TABLES)/{name}.parquet' for name in said)}")
    for path in (*studies, *sweeps):
        print(f"$(TABLES)/{path.stem}.parquet: {_listed(made_of(path))}")
    for variable, path in TOGETHER.items():
        print(f"{variable} := {_listed(made_of(path))}")
    for path in drawn:
        tables = [f"$(TABLES)/{name}.parquet" for name in tables_of(path)]
        print(f"$(FIGURES)/{path.stem}.png: {_listed((*tables, *made_of(path)))}")


def tables_of(path: Path) -> tuple[str, ...]:
    """The tables that the module of a figure or of a finding says it reads."""
    ((call, place),) = [(value, TABLES_AT[name]) for name, value in _assigned(path) if name in TABLES_AT]
    assert isinstance(call, ast.Call)
    found: tuple[str, ...] = ast.literal_eval(call.args[place])
    return found


@cache
def made_of(start: Path) -> tuple[Path, ...]:
    """A file and all that it imports, and what that does, of this repository; sorted, relative to its root."""
    found, pending = {start}, [start]
    while pending:
        path = pending.pop()
        new = {*imported(path), *(_matching(REGISTERED) if path == REGISTER else ())} - found
        found |= new
        pending += new
    return tuple(sorted(found))


@cache
def imported(path: Path) -> frozenset[Path]:
    """The files that one imports itself, anywhere in it."""
    found: set[Path] = set()
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            found.update(file for alias in node.names for file in [_module(alias.name)] if file)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.update(file for alias in node.names for file in _origin(node.module, alias.name))
    return frozenset(found)


def _origin(module: str, name: str) -> Iterator[Path]:
    """The file that a name comes from, through the packages that pass it on."""
    below, file = _module(f"{module}.{name}"), _module(module)
    if below or file is None or file.name != "__init__.py":
        yield from (each for each in (below or file,) if each)
        return
    for node in _tree(file).body:
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                if name == (alias.asname or alias.name):
                    yield from _origin(node.module, alias.name)
                    return
    yield file
    if "iter_modules" in (ROOT / file).read_text(encoding="utf-8"):  # it gathers what is beside it
        yield from _matching(f"{file.parent}/*.py")


@cache
def _module(name: str) -> Path | None:
    """The file of a module of this repository."""
    place = Path(*name.split("."))
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if (ROOT / path).is_file()), None)


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def _assigned(path: Path) -> Iterator[tuple[str, ast.expr]]:
    for node in _tree(path).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value


def _defining(folder: str, name: str) -> list[Path]:
    """The modules of a folder that have such a name."""
    return [path for path in _matching(f"{folder}/*.py") if any(name == each for each, _ in _assigned(path))]


def _matching(pattern: str) -> list[Path]:
    return sorted(path.relative_to(ROOT) for path in ROOT.glob(pattern))


def _listed(items: Iterator[object] | tuple[object, ...]) -> str:
    return " ".join(map(str, items))


if __name__ == "__main__":
    main()

"""`python3 pairbounds/figures/prerequisites.py`: what each figure and table is made of, as rules for Make.

A figure names its tables, and so does a finding; a table is measured by a study, which is a module and says what it
writes; what all depend on, their imports say. Nothing is stated twice, and nothing is imported to be read: this needs
no more than Python.

A study is measured with its own settings and seeds; as a sweep, if `examples` has one of its name; or not at all, where
`results` has its tables, because that takes too long. The command lines are no part of what is measured.
"""

import ast
import runpy
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).absolute().parents[1]  # not resolved: a link leads here from it
ROOT = PACKAGE.parent
HOMES = ("pairbounds/simulations/studies", "pairbounds/real_data/studies")
# Run, and not imported: the package wants NumPy, which may not be there yet.
_sources: dict[str, Any] = runpy.run_path(str(PACKAGE / "sweeps/sources.py"))
dependencies: Callable[[Path], tuple[Path, ...]] = _sources["dependencies"]
matching: Callable[[str], list[Path]] = _sources["matching"]
tree: Callable[[Path], ast.Module] = _sources["tree"]


def main() -> None:
    """Print the rules."""
    groups: dict[str, list[str]] = {"STUDIES": [], "SWEEPS": [], "MEASURED": []}
    for path in (path for home in HOMES for path in defining(home, "STUDY")):
        tables, name = written(path), path.stem
        if all((ROOT / "results" / f"{table}.parquet").is_file() for table in tables):
            groups["MEASURED"] += tables
        elif len(tables) > 1:
            print(f"{_in_tables(tables)} &: {_listed(dependencies(path))} | $(INSTALLED)")
            print(f"\t$(STUDY) {name} --out $(TABLES)")
        else:
            groups["SWEEPS" if (ROOT / "examples" / f"{name}.toml").is_file() else "STUDIES"] += tables
            print(f"{_in_tables(tables)}: {_listed(dependencies(path))}")
    figures = defining("pairbounds/figures", "FIGURE")
    for path in figures:
        print(f"$(FIGURES)/{path.stem}.png: {_in_tables(tables_of(path, 'FIGURE'))} {_listed(dependencies(path))}")
    for group, names in groups.items():
        print(f"{group} := {_listed(names)}")
    homes = ("pairbounds/figures", "pairbounds/figures/findings")
    found = [path for home in homes for path in defining(home, "FINDING")]
    said = sorted({table for path in found for table in tables_of(path, "FINDING")})
    print(f"FINDINGS := {_in_tables(said)}")
    print(f"ALL_FIGURES := {_listed(f'$(FIGURES)/{path.stem}.png' for path in figures)}")


def tables_of(path: Path, name: str) -> tuple[str, ...]:
    """The tables that the FIGURE or the FINDING of a module says it reads."""
    call = _assigned(path)[name]
    assert isinstance(call, ast.Call)
    return _literal(path, call.args[1])


def written(study: Path) -> tuple[str, ...]:
    """The tables that a study's module says it writes; by default one, named as it."""
    given = {one.arg: one.value for one in _assigned(study)["STUDY"].keywords}
    return _literal(study, given["tables"]) if "tables" in given else (study.stem,)


@cache
def columns_of(table: str) -> tuple[str, ...]:
    """The columns that a table has at least, as the study that writes it declares them; none where none does."""
    study = study_of(table)
    given = {one.arg: one.value for one in _assigned(study)["STUDY"].keywords} if study else {}
    declared: dict[str, str] = ast.literal_eval(given["columns"]) if "columns" in given else {}
    return tuple(declared.get(table, "").split())


def study_of(table: str) -> Path | None:
    """The module of the study that writes a table, if there is one."""
    return next((path for home in HOMES for path in defining(home, "STUDY") if table in written(path)), None)


def study_named(name: str) -> Path | None:
    """The module of the study of this name, if there is one here."""
    return next((path for home in HOMES for path in defining(home, "STUDY") if path.stem == name), None)


def question_of(study: Path) -> str:
    """The question of a study, as its module states it."""
    (asked,) = (one.value for one in _assigned(study)["STUDY"].keywords if one.arg == "question")
    return str(ast.literal_eval(asked))


def questions_of(tables: Iterable[str]) -> list[str]:
    """The questions of the studies that write these tables, each once."""
    return list(dict.fromkeys(question_of(path) for table in tables if (path := study_of(table)) is not None))


def studies_of(tables: Iterable[str]) -> list[str]:
    """The names of the studies that write these tables."""
    return list(dict.fromkeys(study.stem for table in tables if (study := study_of(table)) is not None))


def figures_of(tables: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The figures that read one of these tables, by name, each with all tables that it reads."""
    wanted, read = (
        set(tables),
        {path.stem: tables_of(path, "FIGURE") for path in defining("pairbounds/figures", "FIGURE")},
    )
    return {name: names for name, names in read.items() if wanted & set(names)}


def defining(folder: str, name: str) -> list[Path]:
    """The modules of a folder that have such a name."""
    return [path for path in matching(f"{folder}/*.py") if name in _assigned(path)]


def _literal(path: Path, value: ast.expr) -> tuple[str, ...]:
    """A tuple of words, or the name of one that stands in the same file."""
    found: tuple[str, ...] = ast.literal_eval(_assigned(path)[value.id] if isinstance(value, ast.Name) else value)
    return found


def _assigned(path: Path) -> dict[str, Any]:
    return dict(_assignments(path))


def _assignments(path: Path) -> Iterator[tuple[str, ast.expr]]:
    for node in tree(path).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value


def _in_tables(names: Iterable[str]) -> str:
    return _listed(f"$(TABLES)/{name}.parquet" for name in names)


def _listed(items: Iterable[object]) -> str:
    return " ".join(map(str, items))


if __name__ == "__main__":
    main()

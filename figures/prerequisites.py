"""Rules for Make with the prerequisites of each figure and table: `python -m pairbounds.figures.prerequisites`.

A figure depends on its tables, its module, and the modules that all figures share. A table depends on its study and
the code that the study uses (`Study.sources`). A study runs with its default settings and seeds, or as a sweep if
`examples` has one of its name. Slow studies do not run: their tables are in `results`. Tables in `results` without a
study are from finished experiments.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

from pairbounds.figures.figure import found
from pairbounds.sweeps.studies import PACKAGE, find_study, modules_used, study_names

ROOT = PACKAGE.parent


def main() -> None:
    """Print the rules."""
    groups: dict[str, list[str]] = {"STUDIES": [], "SWEEPS": [], "MEASURED": []}
    studies = [find_study(name) for name in study_names()]
    saved = {path.stem for path in (ROOT / "results").glob("*.parquet")}
    finished = sorted(saved - {table for study in studies for table in study.tables})
    for study in studies:
        if saved >= {*study.tables}:
            groups["MEASURED"] += study.tables
        elif len(study.tables) > 1:
            print(f"{_in_tables(study.tables)} &: {_files(study.sources())} | $(INSTALLED)")
            print(f"\t$(STUDY) {study.name} --out $(TABLES)")
        else:
            groups["SWEEPS" if (ROOT / "examples" / f"{study.name}.toml").is_file() else "STUDIES"] += study.tables
            print(f"{_in_tables(study.tables)}: {_files(study.sources())}")
    groups |= {"MEASURED": [*groups["MEASURED"], *finished], "FINISHED": finished}
    figures = {figure.draw.__module__: figure for figure in found().values()}
    files = {module: Path(str(sys.modules[module].__file__)) for module in figures}
    shared = sorted({*(PACKAGE / "figures").glob("*.py")} - {*files.values()})
    for module, figure in figures.items():
        used = [files[name] for name in sorted(modules_used(module) & figures.keys())]
        print(f"$(FIGURES)/{figure.name}.png: {_in_tables(figure.tables)} {_files([*used, *shared])}")
    for group, tables in groups.items():
        print(f"{group} := {' '.join(tables)}")
    print(f"ALL_FIGURES := {' '.join(f'$(FIGURES)/{figure.name}.png' for figure in figures.values())}")


def _files(paths: Iterable[Path]) -> str:
    return " ".join(str(path.relative_to(ROOT)) for path in paths)


def _in_tables(tables: Iterable[str]) -> str:
    return " ".join(f"$(TABLES)/{table}.parquet" for table in tables)


if __name__ == "__main__":
    main()

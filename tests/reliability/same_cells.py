"""`python -m tests.reliability.same_cells OLD NEW`: whether two folders of tables hold the same cells.

A column of verdicts has its cells where a claim is applicable; where it is not, the newer table has none.
Tables of two processors agree in some digits of each number: `--digits 3` compares so many.
"""

import math
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from pairbounds.figures.findings.evidence import NOTHING, last_digit
from pairbounds.infrastructure.commandline import CHECK_FAILED, echo, run
from pairbounds.infrastructure.tables import read_table

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def compare(
    old: Annotated[Path, typer.Argument(help="Folder of the older tables.")],
    new: Annotated[Path, typer.Argument(help="Folder of the newer tables.")],
    digits: Annotated[int | None, typer.Option(min=1, help="Significant digits of numbers; by default all.")] = None,
    print_cells: Annotated[bool, typer.Option("--differences", help="Also print the cells that differ.")] = False,
) -> None:
    """Compare every table of NEW with its older version, cell by cell. Exit with 1 if any cell differs."""
    failed = False
    for path in sorted(new.glob("*.parquet")):
        before, after = read_table(old / path.name), read_table(path)
        differing, lost = differences(before, after, digits), set(before.columns) - set(after.columns)
        failed |= bool(len(differing) or lost or len(before) != len(after))
        echo(f"{path.stem}: {len(before):,} rows before, {len(after):,} after; {len(differing):,} cells differ")
        echo(f"  lost columns: {sorted(lost)}; new columns: {sorted(set(after.columns) - set(before.columns))}")
        if print_cells and len(differing):
            print(differing.to_string())
    if failed:
        raise typer.Exit(CHECK_FAILED)


def differences(before: pd.DataFrame, after: pd.DataFrame, digits: int | None = None) -> pd.DataFrame:
    """Cells that differ in the common columns: row, column, and both values."""
    result: list[tuple[int, str, object, object]] = []
    for column in before.columns.intersection(after.columns) if len(before) == len(after) else ():
        for row, (first, second) in enumerate(zip(before[column].tolist(), after[column].tolist(), strict=True)):
            is_absent = pd.isna(second) and (pd.isna(first) or ("applicable" in after and not after["applicable"][row]))
            if not is_absent and not _same(first, second, digits):
                result.append((row, column, first, second))
    return pd.DataFrame(result, columns=["row", "column", "before", "after"])


def _same(first: object, second: object, digits: int | None) -> bool:
    """True if two values are equal, or are numbers that agree in this many digits up to a unit of the last."""
    if first == second or digits is None or not (isinstance(first, float) and isinstance(second, float)):
        return first == second
    if not (math.isfinite(first) and math.isfinite(second)):
        return False
    return abs(first - second) <= max(last_digit(first, digits), NOTHING)


if __name__ == "__main__":
    run(app)

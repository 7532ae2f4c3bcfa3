"""Key numbers of the findings, saved with tolerances to detect changes.

The reference is from the few seeds of `make smoke`, which runs in minutes. The same seeds give the same numbers up to
round-off, and almost the same on other processors and with other versions of libraries. A number has changed if it
differs from the reference by more than a unit of its third significant digit, and more than its standard error over
seeds, or over the draws of a single seed. If the number is not finite without one seed, such as the width of an
interval over two seeds, the tolerance is its own size. A claim has changed if its truth value has.
"""

import json
import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from pairbounds.figures.figure import findings
from pairbounds.figures.finding import Finding, Tables
from pairbounds.figures.settings import read
from pairbounds.infrastructure.files import replacing

Value = float | str | bool | None  # None: a number that is not finite
UNITS = ("seed", "draw")  # columns of independent repetitions: the first with several values is used
DIGITS = 3  # significant digits that matter to a reader
NOTHING = 1e-6  # smaller values count as 0


class Number(NamedTuple):
    """A fact and its tolerance."""

    value: Value
    tolerance: float


Evidence = dict[str, Number]


def key_numbers(tables: Path) -> dict[str, Value]:
    """Facts of all findings and truth values of their claims, by names such as `captions_help.guess`.

    `FileNotFoundError`: a table is missing. `ValueError`: a table is from another version.
    """
    return {f"{f.name}.{name}": value for f, frames in _read(tables) for name, value in _values(f, frames).items()}


def evidence(tables: Path) -> Evidence:
    """Key numbers with tolerances. Each finding is computed again without each seed in turn."""
    numbers = {}
    for finding, frames in _read(tables):
        without = [values for fewer in _leave_one_out(frames) if (values := _values_of_few(finding, fewer))]
        for name, value in _values(finding, frames).items():
            spread = _spread(value, [values.get(name) for values in without])
            numbers[f"{finding.name}.{name}"] = Number(value, spread)
    return numbers


def _read(tables: Path) -> Iterator[tuple[Finding, dict[str, pd.DataFrame]]]:
    for finding in findings().values():
        yield finding, {name: read(tables / f"{name}.parquet") for name in finding.tables}


def _values(finding: Finding, tables: Tables) -> dict[str, Value]:
    """Claims and facts by name, without `counted` facts and "of"."""
    facts = finding.facts(tables)
    compared_facts = {name: fact for name, fact in facts.items() if name not in ("of", *finding.counted)}
    return dict(_flat(compared_facts | {"claims": finding.claims(facts)}))


def _values_of_few(finding: Finding, tables: Tables) -> dict[str, Value]:
    """The same as `_values`, or nothing if too few rows are left."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about fits to few points, which no sentence uses
            return _values(finding, tables)
    except (ArithmeticError, LookupError, ValueError):
        return {}


def _leave_one_out(tables: Tables) -> Iterator[dict[str, pd.DataFrame]]:
    for unit in UNITS:
        numbers = sorted({number for table in tables.values() if unit in table for number in table[unit]})
        if len(numbers) > 1:
            for number in numbers:
                yield {name: table[table[unit] != number] if unit in table else table for name, table in tables.items()}
            return


def _spread(value: Value, without: Sequence[Value]) -> float:
    """Jackknife standard error from the numbers without each unit; the size of the number if one is not finite."""
    if not isinstance(value, float):
        return 0.0
    numbers = [number for number in without if isinstance(number, float)]
    if len(numbers) < len(without):
        return abs(value)
    return math.sqrt((len(numbers) - 1) * float(np.var(numbers))) if len(numbers) > 1 else 0.0


def _flat(facts: Any, name: str = "") -> Iterator[tuple[str, Value]]:
    if hasattr(facts, "_asdict"):
        facts = facts._asdict()
    if isinstance(facts, Mapping):
        for key, value in facts.items():
            yield from _flat(value, f"{name}.{key}" if name else str(key))
    elif isinstance(facts, list | tuple):
        for index, value in enumerate(facts):
            yield from _flat(value, f"{name}.{index}")
    elif isinstance(facts, str):
        yield name, facts
    elif isinstance(facts, bool | np.bool_):
        yield name, bool(facts)
    else:
        yield name, float(facts) if math.isfinite(facts) else None


def compared(reference: Evidence, now: Mapping[str, Value]) -> list[str]:
    """Changes in words; empty if nothing has changed."""
    lines = []
    for name in sorted(reference.keys() | now.keys()):
        was = reference.get(name)
        if was is None or name not in now or _moved(was, now[name]):
            within = f" ± {was.tolerance:.2g}" if was and was.tolerance else ""
            before = "not there" if was is None else _worded(was.value)
            lines.append(f"{name} was {before}{within} and is {_worded(now[name]) if name in now else 'not there'}")
    return lines


def _moved(was: Number, is_now: Value) -> bool:
    if isinstance(was.value, float) and isinstance(is_now, float):
        return abs(was.value - is_now) > max(was.tolerance, _last_digit(was.value), NOTHING)
    return type(was.value) is not type(is_now) or was.value != is_now


def _last_digit(value: float) -> float:
    """Unit of the last of the significant digits; 0 for 0."""
    return 10.0 ** (math.floor(math.log10(abs(value))) + 1 - DIGITS) if value else 0.0


def _worded(value: Value) -> str:
    return f"{value:.4g}" if isinstance(value, float) else json.dumps(value)


def write_evidence(numbers: Evidence, path: Path) -> None:
    """Write the numbers as JSON, a line for each."""
    lines = (f"{json.dumps(name)}: {json.dumps(list(number))}" for name, number in sorted(numbers.items()))
    with replacing(path) as temporary:
        temporary.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def read_evidence(path: Path) -> Evidence:
    """Read the file of `write_evidence`.

    `FileNotFoundError`: the file is missing. `ValueError`: not a file of `write_evidence`.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {name: Number(value, float(tolerance)) for name, (value, tolerance) in content.items()}
    except (AttributeError, TypeError, ValueError) as error:
        raise ValueError(f"{path} has no key numbers of findings: run `make smoke ACCEPT=1` to write it") from error

"""Reader of users' tables, for all commands, in batches that fit in memory.

pyarrow reads Parquet. Python's `csv` and `json` read text, each cell as it is written: pyarrow guesses types of JSON,
and reads everything after an unclosed quote as one cell.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.infrastructure.inputs import readable, require_file

SEPARATORS = {".csv": ",", ".tsv": "\t"}
FORMATS = (*SEPARATORS, ".jsonl", ".parquet")
COMPRESSED = (".gz", ".bz2", ".zst")
TEXT = pa.large_string()  # `string` holds 2 GiB at most
NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^[+-]?(?i:inf|infinity|nan)$"
BATCH = 2**20  # cells in a batch
LONGEST = 2**26  # characters in a cell of a text file
FIRST_ROWS = 1_000  # rows of JSON Lines whose keys are the columns


@dataclass(frozen=True, eq=False)
class Rows:
    """A batch of rows of a table, or all rows.

    Attributes
    ----------
    file : source of the rows
    first : number of the first row
    cells : columns, of text or of the types in a Parquet file
    """

    file: Path
    first: int
    cells: pa.Table

    def text(self, column: str) -> pa.ChunkedArray:
        """A column as text, null where a cell is empty. Integral numbers of a typed column have no decimal point."""
        cells = self.cells[column]
        if pa.types.is_floating(cells.type):
            cells = pc.if_else(pc.is_nan(cells), None, cells)
            bits = np.finfo(cells.type.to_pandas_dtype()).nmant + 1
            skipped = pc.greater_equal(pc.abs(cells), 2.0**bits)
            self._reject(skipped, f"column {column!r} has a float of 2^{bits} or more (not exact). Use text.")
        try:
            written = cells.cast(TEXT)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            raise ValueError(f"{self.file}: column {column!r} holds {cells.type}. Give numbers or text.") from None
        return pc.if_else(pc.equal(written, ""), pa.scalar(None, TEXT), written)

    def filled(self, column: str) -> pa.ChunkedArray:
        """A column as text. Empty cells raise `ValueError`."""
        written = self.text(column)
        self._reject(written.is_null(), f"column {column!r} is empty. Fill it in, or leave the row out.")
        return written

    def numbers(self, column: str) -> FloatArray:
        """A column of finite numbers, parsed if it is text."""
        cells = self.cells[column]
        if is_text(cells):
            cells = pc.utf8_trim_whitespace(self.filled(column))
            self._reject(pc.invert(_spells(cells)), f"column {column!r} is not a number. Write it as 0.5 or 1e5.")
        elif not _has_numbers(cells):
            raise ValueError(f"{self.file}: column {column!r} holds {cells.type}. Give numbers.")
        self._reject(cells.is_null(), f"column {column!r} is empty. Fill it in, or leave the row out.")
        values = np.asarray(cells.cast(pa.float64(), safe=False).to_numpy(), dtype=np.float64)
        self._reject(pa.array(~np.isfinite(values)), f"column {column!r} is NaN or infinite. Give a finite number.")
        return values

    def weights(self, column: str) -> FloatArray:
        """A column of positive numbers."""
        weights = self.numbers(column)
        fault = f"the weight in column {column!r} is zero or negative. Leave the row out."
        self._reject(pa.array(weights <= 0), fault)
        return weights

    def _reject(self, bad: pa.Array | pa.ChunkedArray, fault: str) -> None:
        """Raise a `ValueError` that names the first bad row, if any."""
        row = pc.index(bad, True).as_py()
        if row >= 0:
            raise ValueError(f"{self.file}, row {self.first + row} (the first is 0): {fault}")


@dataclass(frozen=True)
class TableFile:
    """A table in a file, with its rows not yet read.

    Attributes
    ----------
    names : names of the columns, with the index of a data frame first
    headed : whether the file names the columns; else they are called 0, 1, ...
    """

    path: Path
    names: tuple[str, ...]
    headed: bool = True

    def require(self, column: str) -> str:
        """Return the name of an existing column, or raise `ValueError`."""
        if column not in self.names:
            raise ValueError(f"{self.path} has no column {column!r}: its columns are {', '.join(self.names)}")
        return column

    def read(self, columns: Sequence[str] | None = None) -> Rows:
        """Read all rows. A table without rows raises `ValueError`."""
        tables = [rows.cells for rows in self.batches(columns)]
        if not tables:
            raise ValueError(f"{self.path} has no rows")
        return Rows(self.path, 0, pa.concat_tables(tables))

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[Rows]:
        """Yield rows of all or some columns, in batches of about `BATCH` cells."""
        chosen = list(dict.fromkeys(self.names if columns is None else columns))
        first = 0
        with readable(self.path):
            for batch in self._parquet(chosen) if format_of(self.path) == ".parquet" else self._text(chosen):
                yield Rows(self.path, first, batch)
                first += batch.num_rows

    def _parquet(self, columns: list[str]) -> Iterator[pa.Table]:
        with pq.ParquetFile(self.path) as file:
            size = max(1, BATCH // len(columns))
            # No threads: if memory is short, pyarrow's threads may deadlock.
            for batch in file.iter_batches(size, columns=columns, use_threads=False):
                yield pa.Table.from_batches([batch])

    def _text(self, columns: list[str]) -> Iterator[pa.Table]:
        indices = [self.names.index(name) for name in columns]
        with _opened(self.path) as lines:
            read_rows = self._json_rows if format_of(self.path) == ".jsonl" else self._csv_rows
            rows = read_rows(lines)
            while batch := list(islice(rows, max(1, BATCH // len(self.names)))):
                arrays = [pa.array([row[i] for row in batch], TEXT) for i in indices]
                yield pa.Table.from_arrays(arrays, names=columns)

    def _csv_rows(self, lines: IO[str]) -> Iterator[Sequence[str | None]]:
        """Rows below the header. In a table of one column, an empty line is a row, except at the end."""
        rows = _csv_lines(self.path, lines)
        if self.headed:
            next(row for _, row in rows if row)
        n_columns, empty = len(self.names), 0
        for line, row in rows:
            if not row:
                empty += 1
                continue
            if len(row) != n_columns:
                raise ValueError(f"line {line} has {len(row)} cells, but the table has {n_columns} columns")
            yield from [[""]] * (empty if n_columns == 1 else 0)
            yield row
            empty = 0

    def _json_rows(self, lines: IO[str]) -> Iterator[Sequence[str | None]]:
        for record in _json_records(lines):
            yield [_json_text(name, record.get(name)) for name in self.names]


def table_file(path: Path, *, header: bool = False) -> TableFile:
    """Open a table and read the names of its columns.

    A text file has a header unless all cells of its first line are numbers.

    `FileNotFoundError`: the file does not exist. `ValueError`: it is empty or damaged, has duplicate column names, or
    begins with 0, 1, ..., which may be a header or a row.

    `header`: whether the first line of a text file is always a header.
    """
    if require_file(path, "table", "give a Parquet, CSV, TSV or JSONL file").stat().st_size == 0:
        raise ValueError(f"{path} is empty: give a file with columns and rows")
    kind, headed = format_of(path), True
    if kind not in FORMATS:
        raise ValueError(f"Cannot read a table from {path}: supported formats are {', '.join(FORMATS)}")
    with readable(path):
        if kind == ".parquet":
            schema = pq.read_schema(path)
            index = (schema.pandas_metadata or {}).get("index_columns", ())
            names = sorted(schema.names, key=lambda name: name not in index)
        else:
            with _opened(path) as lines:
                names = _json_names(lines) if kind == ".jsonl" else _first_row(path, lines)
    if kind in SEPARATORS:
        headed = header or _is_header(path, names)
        names = names if headed else [str(number) for number in range(len(names))]
    twice = next((name for name, count in Counter(names).items() if count > 1), None)
    if twice is not None:
        raise ValueError(f"{path} has two columns called {twice!r}: give them different names")
    return TableFile(path, tuple(names), headed)


def is_table(path: Path) -> bool:
    """Test whether a file name has the suffix of a table, compressed or not."""
    return format_of(path) in FORMATS


def format_of(path: Path) -> str:
    """Suffix of a table's name, without the suffix of a compression."""
    inner = path.with_suffix("").suffix
    return inner if path.suffix in COMPRESSED and inner != ".parquet" else path.suffix


def is_unnamed(column: str) -> bool:
    """Test whether a column is the unnamed index of a data frame."""
    return not column or column.startswith("__index_level_")


def is_numeric(cells: pa.ChunkedArray) -> bool:
    """True if each cell is a number or empty."""
    if not is_text(cells):
        return _has_numbers(cells)
    trimmed = pc.utf8_trim_whitespace(cells.cast(TEXT))
    return bool(pc.all(pc.or_(pc.equal(trimmed, ""), _spells(trimmed))).as_py())


def is_text(cells: pa.ChunkedArray) -> bool:
    """True for a column of text."""
    kinds = pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_dictionary
    return any(is_kind(cells.type) for is_kind in kinds)


def text_lines(path: Path) -> list[str | None]:
    """Lines of a text file, `None` for empty lines, without those at the end."""
    with readable(path), _opened(path) as opened:
        lines = [line.rstrip("\r\n") or None for line in opened]
    while lines and lines[-1] is None:
        lines.pop()
    return lines


def _has_numbers(cells: pa.ChunkedArray) -> bool:
    kinds = pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_null
    return any(is_kind(cells.type) for is_kind in kinds)


def _spells(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.match_substring_regex(cells, NUMBER)


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    """A text file, decompressed."""
    with io.TextIOWrapper(pa.input_stream(str(path)), encoding="utf-8-sig", newline="") as opened:
        yield opened


def _csv_lines(path: Path, lines: IO[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the first line number of each row, counted from 1, and its cells; an empty line has no cells."""
    csv.field_size_limit(LONGEST)
    rows = csv.reader(lines, delimiter=SEPARATORS[format_of(path)], strict=True)
    begin = 1
    try:
        for row in rows:
            yield begin, row
            begin = rows.line_num + 1
    except csv.Error as error:
        raise ValueError(f"check the quotes in the row that begins at line {begin} ({error})") from error


def _first_row(path: Path, lines: IO[str]) -> list[str]:
    first = next((row for _, row in _csv_lines(path, lines) if row), None)
    if first is None:
        raise ValueError("it has neither columns nor rows")
    separator = SEPARATORS[format_of(path)]
    if len(first) == 1 and any(mark in first[0] for mark in {";", "\t"} - {separator}):
        raise ValueError(f"it has only the column {first[0]!r}: separate its cells by {separator!r}")
    return first


def _is_header(path: Path, first: Sequence[str]) -> bool:
    """True if the cells of a first line are names."""
    counted = [str(number) for number in range(len(first))]
    of_a_frame = len(first) > 1 and list(first) == ["", *counted[:-1]]
    if of_a_frame or not is_numeric(pa.chunked_array([first], TEXT)):
        return True
    if len(first) > 1 and list(first) == counted:
        raise ValueError(
            f"{path} begins with {', '.join(first[:3])}{', ...' if first[3:] else ''}, which may be a header "
            "or a row: add a first line with the names of the columns"
        )
    return False


def _json_records(lines: IO[str]) -> Iterator[dict[str, Any]]:
    """Yield the objects of JSON Lines, with numbers as text; NaN and infinities, which are not JSON, as null."""
    for number, line in enumerate(lines, 1):
        if line.isspace():
            continue
        try:
            record = json.loads(line, parse_int=str, parse_float=_whole_digits, parse_constant=lambda _: None)
        except json.JSONDecodeError as error:
            raise ValueError(f"line {number} is not JSON ({error})") from error
        if not isinstance(record, dict):
            raise ValueError(f"line {number} is not a JSON object with a key for each column")
        yield record


def _json_names(lines: IO[str]) -> list[str]:
    return list(dict.fromkeys(name for record in islice(_json_records(lines), FIRST_ROWS) for name in record))


def _json_text(name: str, value: Any) -> str | None:
    """A JSON value as text; null is an empty cell."""
    if isinstance(value, list | dict):
        raise ValueError(f"column {name!r} holds a list or an object: give numbers or text")
    return value if value is None or isinstance(value, str) else json.dumps(value)


def _whole_digits(number: str) -> str:
    """A number as it is written; integral ones without a decimal point."""
    value = float(number)
    return str(int(value)) if value.is_integer() and abs(value) < 2**53 else number

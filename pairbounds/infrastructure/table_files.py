"""Tables that other programs wrote, a batch at a time: one reader, so that all commands take a file for the same.

Of a CSV or TSV file, which has no types, each cell is read as text. `pairbounds.infrastructure.cells` says what a cell
means.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.dataset as ds
import pyarrow.json

from pairbounds.infrastructure.cells import TEXT, is_number
from pairbounds.infrastructure.commandline import one_line
from pairbounds.infrastructure.inputs import require_file

SEPARATORS = {".csv": ",", ".tsv": "\t"}
FORMATS = (*SEPARATORS, ".jsonl", ".parquet")
COMPRESSED = (".gz", ".bz2", ".zst")
BATCH = 2**19  # rows
BLOCK = 2**20  # bytes of text that are parsed at once, and so of the longest row; larger where a whole file is read
LONGEST = 2**26  # bytes of the longest row of such a file
UNCLOSED = "the quotes of the row that begins in line {} do not close, or not where their cell ends"


@dataclass(frozen=True)
class Piece:
    """A part of a table that is read by itself: a row group of a Parquet file, or a whole file of another format.

    Attributes
    ----------
    columns : those to read: what they hold, and their names
    schema : of the whole table
    first_row : its number in the file, from 0
    n_rows : `None` where nobody knows before reading
    """

    fragment: ds.Fragment
    columns: Mapping[str, str]
    schema: pa.Schema
    first_row: int = 0
    n_rows: int | None = None

    def batches(self) -> Iterator[tuple[int, pa.RecordBatch]]:
        """Rows of the piece, `BATCH` at a time, each with the number of the first row in the file.

        Columns are called by what they hold.
        """
        row = self.first_row
        with readable(Path(self.fragment.path)):
            is_text = isinstance(self.fragment.format, ds.CsvFileFormat)
            for batch in self._read_text() if is_text else self._read(list(self.columns.values())):
                if batch.num_rows:
                    yield row, pa.RecordBatch.from_arrays([*map(_plain, batch.columns)], names=list(self.columns))
                row += batch.num_rows

    def _read_text(self) -> Iterator[pa.RecordBatch]:
        """Batches of a text, with a look at its last cell: what a quote without its end has swallowed is in there."""
        columns, last = list(self.columns.values()), ""
        seen = [*columns, *{self.schema.names[-1]}.difference(columns)]
        for batch in self._read(seen):
            if batch.num_rows:
                last = batch.column(self.schema.names[-1])[-1].as_py() or ""
            yield batch.select(columns)
        if {*last} & {*"\r\n"} and (line := _ill_quoted(Path(self.fragment.path))):
            raise csv.Error(UNCLOSED.format(line))

    def _read(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        # In this thread, and none ahead: where memory is short, others may wait for one another for ever.
        yield from self.fragment.to_batches(
            schema=self.schema,
            columns=list(columns),
            batch_size=BATCH,
            use_threads=False,
            batch_readahead=1,
            fragment_readahead=1,
        )


@dataclass(frozen=True)
class Layout:
    """Layout of a table before its rows are read.

    Attributes
    ----------
    path : a file, or a folder of files of one format
    names : of its columns, the index of a data frame first
    headed : whether the first line of a text is the names; else they are 0, 1, ...
    """

    path: Path
    names: tuple[str, ...]
    headed: bool = True

    def pieces(self, columns: Mapping[str, str], floats: Sequence[str] = (), block: int = BLOCK) -> list[Piece]:
        """Parts of the table, to read these columns of them: what they hold, and their names.

        Parameters
        ----------
        floats : what those columns hold whose numbers need not be whole, though the first ones may be
        block : bytes of text that are parsed at once
        """
        with readable(self.path):
            data = ds.dataset(self.path, format=self._format(block), schema=self._schema(columns, floats, block))
        return [piece for fragment in data.get_fragments() for piece in _parts(fragment, columns, data.schema)]

    def columns(self, columns: Mapping[str, str], floats: Sequence[str] = ()) -> dict[str, pa.Array]:
        """Columns of the table, whole; `ValueError` for a table without rows."""
        size = LONGEST if self.path.suffix in COMPRESSED else self.path.stat().st_size
        pieces = self.pieces(columns, floats, min(max(BLOCK, size), LONGEST))
        batches = [batch for piece in pieces for _, batch in piece.batches()]
        if not batches:
            raise ValueError(f"{self.path} has no rows")
        found = {name: pa.concat_arrays([batch.column(name) for batch in batches]) for name in columns}
        return {name: _without_last_lines(column) for name, column in found.items()} if self._of_lines else found

    @property
    def _of_lines(self) -> bool:
        """An empty line is an empty cell, unless it is one of the last."""
        return len(self.names) == 1 and format_of(self.path) in SEPARATORS

    def _format(self, block: int) -> ds.FileFormat:
        kind = format_of(self.path)
        if kind == ".parquet":
            return ds.ParquetFileFormat(default_fragment_scan_options=ds.ParquetFragmentScanOptions(pre_buffer=False))
        if kind == ".jsonl":
            return ds.JsonFileFormat(read_options=pyarrow.json.ReadOptions(block_size=block))
        names = None if self.headed else self.names
        return ds.CsvFileFormat(
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=SEPARATORS[kind], newlines_in_values=True, ignore_empty_lines=not self._of_lines
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(self.names, TEXT),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=not self._of_lines,
            ),
            read_options=pyarrow.csv.ReadOptions(column_names=names, block_size=block),
        )

    def _schema(self, columns: Mapping[str, str], floats: Sequence[str], block: int) -> pa.Schema | None:
        kind = format_of(self.path)
        if kind in SEPARATORS:
            return pa.schema([(name, TEXT) for name in self.names])
        if kind != ".jsonl":
            return None
        found = ds.dataset(self.path, format=self._format(block)).schema
        return pa.schema([_json_field(found.field(name), role in floats) for role, name in columns.items()])


def layout_of(path: Path, header: bool | None = None) -> Layout:
    """The names of the columns of a table.

    A text has a header unless all cells of its first line are numbers. Where these are 0, 1, ..., as pandas numbers
    columns without names, nobody knows.

    Parameters
    ----------
    header : whether a first line of numbers is a header

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        It is empty or damaged, has two columns of one name, or may have a header.
    """
    files = [file for file in path.rglob("*") if not file.is_dir()] if path.is_dir() else [path]
    for file in files:
        if require_file(file, "table", "give a Parquet, CSV, TSV or JSONL file").stat().st_size == 0:
            raise ValueError(f"{file} is empty: it has neither columns nor rows")
    kind = format_of(path)
    with readable(path):
        if kind in SEPARATORS:
            return _layout_of_text(path, ds.dataset(path, format="csv", schema=pa.schema([])).files[0], header)
        schema = ds.dataset(path, format="json" if kind == ".jsonl" else "parquet").schema
    index = (schema.pandas_metadata or {}).get("index_columns", ())
    return Layout(path, tuple(sorted(_distinct(path, schema.names), key=lambda name: name not in index)))


def _layout_of_text(path: Path, file: str, header: bool | None) -> Layout:
    separator = SEPARATORS[format_of(path)]
    with readable(Path(file)), opened_text(file) as opened:
        first = next((row for row in csv.reader(opened, delimiter=separator) if row), None)
    if first is None:
        raise ValueError(f"{file} is empty: it has neither columns nor rows")
    if len(first) == 1 and any(mark in first[0] for mark in {";", "\t"} - {separator}):
        raise ValueError(f"{file} has the one column {first[0]!r}: a {path.suffix} file is separated by {separator!r}")
    if not _is_header(file, first, header):
        return Layout(path, tuple(map(str, range(len(first)))), headed=False)
    return Layout(path, tuple(_distinct(path, first)))


def _is_header(file: str, first: Sequence[str], header: bool | None) -> bool:
    """True where the cells of a first line are names."""
    counted = [str(number) for number in range(len(first))]
    of_a_frame = len(first) > 1 and first == ["", *counted[:-1]]
    if of_a_frame or not all(is_number(cell) for cell in first if cell):
        return True
    if header is None and len(first) > 1 and first == counted:
        raise ValueError(
            f"{file} begins with {', '.join(first[:3])}{', ...' if first[3:] else ''}, which may be the numbers of "
            "columns or a first row: put a line with names of the columns first"
        )
    return header is True


def is_unnamed(column: str) -> bool:
    """Test whether a column is the index of a data frame, which has no name."""
    return not column or column.startswith("__index_level_")


def is_table(path: Path) -> bool:
    """Test whether the name of a file ends as that of a table, compressed or not."""
    return _named_format(path) is not None


def format_of(path: Path) -> str:
    """Format of a table, of `FORMATS`: by its name, or in a folder by one of the names; Parquet where none has one."""
    files = sorted(path.glob("[!.]*")) if path.is_dir() else [path]
    return next(filter(None, map(_named_format, files)), ".parquet")


def _named_format(path: Path) -> str | None:
    suffix = path.with_suffix("").suffix if path.suffix in COMPRESSED else path.suffix
    return suffix if suffix in FORMATS and not (suffix == ".parquet" != path.suffix) else None


@contextmanager
def opened_text(file: str) -> Iterator[IO[str]]:
    """A text file, maybe compressed, as pyarrow reads it."""
    with io.TextIOWrapper(pa.input_stream(file), encoding="utf-8-sig", newline="") as opened:
        yield opened


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Raise the errors of libraries on a damaged file as a `ValueError`, one line that names it."""
    try:
        yield
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, UnicodeDecodeError, csv.Error, OSError) as error:
        reason = one_line(error).rpartition("Invalid: ")[2]  # without where pyarrow was then
        if "utf" in reason.lower() and path.is_file():
            reason = "it is not UTF-8 text"
        elif isinstance(error, pa.ArrowInvalid) and (line := _ill_quoted(path)):
            reason = UNCLOSED.format(line)
        elif "straddling" in reason:
            reason = "a row is too long"
        kind = _named_format(path) or path.suffix or format_of(path)
        raise ValueError(f"{path} cannot be read as {kind}: {reason}") from error


def _ill_quoted(path: Path) -> int:
    """The number, from 1, of the first line of a row whose quotes do not fit its cells; 0 if there is none."""
    separator = SEPARATORS.get(_named_format(path) or "")
    if separator is None or not path.is_file():
        return 0
    first = 1
    csv.field_size_limit(LONGEST)
    try:
        with opened_text(str(path)) as opened:
            rows = csv.reader(opened, delimiter=separator, strict=True)
            for _ in rows:
                first = rows.line_num + 1
    except csv.Error:
        return first
    return 0


def _distinct(path: Path, names: Sequence[str]) -> Sequence[str]:
    twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
    if twice is not None:
        raise ValueError(f"{path} has two columns called {twice!r}: give each a name of its own")
    return names


def _parts(fragment: ds.Fragment, columns: Mapping[str, str], schema: pa.Schema) -> Iterator[Piece]:
    if not isinstance(fragment, ds.ParquetFileFragment):
        yield Piece(fragment, columns, schema)
        return
    row = 0
    for part in fragment.split_by_row_group():
        size = part.row_groups[0].num_rows
        yield Piece(part, columns, schema, row, size)
        row += size


def _json_field(field: pa.Field, is_float: bool) -> pa.Field:
    """Field with a type for later rows, where the first ones have whole numbers, dates or nothing."""
    if is_float and pa.types.is_integer(field.type):
        return field.with_type(pa.float64())
    if pa.types.is_timestamp(field.type) or pa.types.is_null(field.type):
        return field.with_type(TEXT)
    return field


def _plain(column: pa.Array) -> pa.Array:
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def _without_last_lines(column: pa.Array) -> pa.Array:
    """The cells up to the last that is not an empty line."""
    last = pc.max(pc.indices_nonzero(column.is_valid())).as_py()
    return column[: 0 if last is None else last + 1]

"""Tables of pairs and of labels as others write them: their formats, and which of their columns are read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.dataset as ds
import pyarrow.json

from theory.graph_files import CLASSES, ENDS, WEIGHTS, first_of, known_ends
from theory.infrastructure.commandline import one_line
from theory.infrastructure.inputs import require_file

TEXT = pa.large_string()  # `string` holds 2 GiB at most, all values together
SEPARATORS = {".csv": ",", ".tsv": "\t"}
FORMATS = (".parquet", *SEPARATORS, ".jsonl")
IMAGES, CAPTIONS = (tuple(dict.fromkeys(names)) for names in zip(*ENDS, strict=True))


@dataclass(frozen=True)
class Columns:
    """What somebody calls the columns that hold images, captions, and so on; `None`: one of the names that are known.

    These are those of `theory.graph_files`, and for similarities, which only a rule of `what_if` reads, none.
    """

    image: str | None = None
    caption: str | None = None
    weight: str | None = None
    label: str | None = None
    similarity: str | None = None


BY_NAME = Columns()


@dataclass(frozen=True, eq=False)
class Table:
    """A table that can be read a batch at a time.

    Attributes
    ----------
    columns : what the columns hold that are read, and their names
    ignored : the names of the others
    """

    data: ds.Dataset
    columns: Mapping[str, str]
    ignored: tuple[str, ...]


def pair_table(path: Path, columns: Columns = BY_NAME) -> Table:
    """A table of pairs, a file or a folder of files of one format: image, caption, maybe weight and similarity.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        It is empty, of none of `FORMATS`, damaged, or lacks a column.
    """
    names = column_names(path)
    ends = known_ends(names) if columns.image is None and columns.caption is None else None
    image, caption = ends or (columns.image, columns.caption)
    found = {"image": _required(path, names, "image", image, IMAGES)}
    found["caption"] = _required(path, names, "caption", caption, CAPTIONS)
    optional = {"weight": (columns.weight, WEIGHTS), "similarity": (columns.similarity, ())}
    for role, (given, known) in optional.items():
        name = first_of(names, known) if given is None else _required(path, names, role, given)
        if name is not None:
            found[role] = name
    return _table(path, names, found)


def label_table(path: Path, columns: Columns = BY_NAME) -> Table:
    """A table of labels, image and label; errors as of `pair_table`.

    Its images may be called otherwise than those of the pairs, if by a name that is known.
    """
    names = column_names(path)
    found = {
        "image": _required(path, names, "image", columns.image if columns.image in names else None, IMAGES),
        "label": _required(path, names, "label", columns.label, CLASSES),
    }
    return _table(path, names, found)


def read_columns(pairs: Path, labels: Path | None, columns: Columns) -> dict[str, dict[str, object]]:
    """Which columns of the tables are read, by what they hold, and which are ignored."""
    tables = {"pairs": pair_table(pairs, columns)} | (
        {} if labels is None else {"labels": label_table(labels, columns)}
    )
    return {name: {**table.columns, "ignored": list(table.ignored)} for name, table in tables.items()}


def column_names(path: Path) -> list[str]:
    """The names of all columns of a table; errors as of `pair_table`."""
    for file in path.rglob("*") if path.is_dir() else [path]:
        if (
            not file.is_dir()
            and require_file(file, "table", "give a Parquet, CSV, TSV or JSONL file").stat().st_size == 0
        ):
            raise ValueError(f"{file} is empty: it has neither columns nor rows")
    with readable(path):
        names: list[str] = ds.dataset(path, format=_format(path)).schema.names
    return names


def format_of(path: Path) -> str:
    """Which of `FORMATS` a table is of: what its name, or in a folder one of them, says; Parquet where none does."""
    files = sorted(path.glob("[!.]*")) if path.is_dir() else [path]
    return next((suffix for file in files for suffix in file.suffixes if suffix in FORMATS), ".parquet")


def is_text(path: str | Path) -> bool:
    """Whether a file has no types."""
    return format_of(Path(path)) in SEPARATORS


@contextmanager
def readable(path: str | Path) -> Iterator[None]:
    """What pyarrow says of a damaged file, in one line that names it."""
    try:
        yield
    except pa.ArrowInvalid as error:
        reason = one_line(error).rpartition("Invalid: ")[2]  # without where pyarrow was then
        raise ValueError(f"{path} cannot be read as {format_of(Path(path))}: {reason}") from error


def _required(path: Path, names: Sequence[str], role: str, given: str | None, known: Sequence[str] = ()) -> str:
    if given is None:
        found = first_of(names, known)
        if found is not None:
            return found
        raise ValueError(f"{path} has no column {role}, only {', '.join(names)}: name it with --{role}-col")
    if given not in names:
        raise ValueError(f"{path} has no column {given}, only {', '.join(names)}")
    return given


def _table(path: Path, names: Sequence[str], found: Mapping[str, str]) -> Table:
    for role, name in found.items():
        twice = next((other for other in found if other != role and found[other] == name), None)
        if twice is not None:
            raise ValueError(f"column {name} of {path} cannot hold both {role} and {twice}: name two columns")
    with readable(path):
        data = ds.dataset(path, format=_format(path, found.values()))
    ignored = tuple(name for name in names if name not in found.values())
    if format_of(path) == ".jsonl":
        fields = [_json_field(data.schema.field(name), role) for role, name in found.items()]
        data = ds.dataset(path, format=_format(path), schema=pa.schema(fields))
    return Table(data, found, ignored)


def _format(path: Path, as_text: Iterable[str] = ()) -> ds.FileFormat:
    kind = format_of(path)
    if kind == ".jsonl":
        return ds.JsonFileFormat()
    if kind == ".parquet":
        return ds.ParquetFileFormat()
    return ds.CsvFileFormat(
        parse_options=pyarrow.csv.ParseOptions(delimiter=SEPARATORS[kind], newlines_in_values=True),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(as_text, TEXT), null_values=[""], strings_can_be_null=True
        ),
    )


def _json_field(field: pa.Field, role: str) -> pa.Field:
    """With a type for what later rows may hold, where the first ones have whole numbers, dates or nothing."""
    if role in ("weight", "similarity") and pa.types.is_integer(field.type):
        return field.with_type(pa.float64())
    if pa.types.is_timestamp(field.type) or pa.types.is_null(field.type):
        return field.with_type(TEXT)
    return field

"""The cells of a table: ids and labels are what is written, and an empty cell alone is missing, in every format."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pairbounds.infrastructure.arrays import FloatArray

TEXT = pa.large_string()  # `string` holds 2 GiB at most, all values together
NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^[+-]?(?i:inf|infinity|nan)$"
DIGITS = {16: 11, 32: 24, 64: 53}  # binary ones of a float of so many bits: from there on it skips whole numbers


class NoNumberError(ValueError):
    """A cell that holds something else than the number it should."""


def as_written(column: pa.Array, where: str) -> pa.DictionaryArray:
    """A column as text, each distinct one once, in the order of first appearance; null where the cell is empty.

    An empty text is an empty cell, and so is NaN in a column of floats, which pandas writes there. Where a format has
    types, a number is written with no more digits than it takes, whole ones without a point: 1, 0.1.

    Parameters
    ----------
    where : what is read, for the message
    """
    if pa.types.is_nested(column.type):
        raise ValueError(f"{where} holds {column.type}: give numbers or text")
    coded = (column.cast(TEXT) if pa.types.is_string_view(column.type) else column).dictionary_encode()
    values = coded.dictionary
    if pa.types.is_floating(values.type):
        values = _whole_digits(values, where)
    try:
        values = values.cast(TEXT)
        values.validate(full=True)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise ValueError(f"{where} holds {column.type} without a written form in UTF-8: give numbers or text") from None
    values = pc.if_else(pc.equal(values, ""), pa.scalar(None, TEXT), values)
    written = pa.DictionaryArray.from_arrays(coded.indices, values)
    return written.dictionary_decode().dictionary_encode() if values.null_count else written


def _whole_digits(values: pa.Array, where: str) -> pa.Array:
    """Floats without NaN, none so large that its digits may not be those that were meant."""
    limit = 2.0 ** DIGITS[values.type.bit_width]
    values = values.cast(pa.float32()) if pa.types.is_float16(values.type) else values
    values = pc.if_else(pc.is_nan(values), None, values)
    if pc.any(pc.and_(pc.is_finite(values), pc.greater_equal(pc.abs(values), limit))).as_py():
        raise ValueError(f"{where} holds floats of {limit:.0f} and more, which skip integers: write them as text")
    return values


def present(column: pa.Array, name: str, file: str, row: int = 0, what: str | None = None) -> pa.DictionaryArray:
    """A column as it is written, of which no cell is empty; errors as of `as_written`.

    Parameters
    ----------
    name : of the column
    what : it holds, for the message
    row : the number of its first cell
    """
    written = as_written(column, f"column {name} of {file}")
    reject(written.is_null(), row, file, f"has no {what}" if what else f"has an empty cell in column {name!r}")
    return written


def texts(written: pa.DictionaryArray) -> npt.NDArray[Any]:
    """A column as an array of objects, each distinct text once; `None` where the cell is empty."""
    values = np.array([*written.dictionary.to_pylist(), None], dtype=object)
    return np.asarray(values[written.indices.fill_null(len(values) - 1).to_numpy()])


def numbers(column: pa.Array, what: str, file: str, row: int = 0) -> FloatArray:
    """A column of numbers, which text may spell; NaN and infinity are numbers here, and an empty cell is an error."""
    if _is_text(column):
        column = _parsed(column, what, file, row)
    elif not _has_numbers(column):
        raise NoNumberError(f"{file} holds {column.type} where each row has a {what}: give numbers")
    column = column.cast(pa.float64(), safe=False)
    reject(column.is_null(), row, file, f"has no {what}")
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)


def finite(column: pa.Array, what: str, file: str, row: int = 0) -> FloatArray:
    """A column of finite numbers; errors as of `numbers`."""
    found = numbers(column, what, file, row)
    reject(pa.array(~np.isfinite(found)), row, file, f"has a {what} that is NaN or infinite")
    return found


def positive(column: pa.Array, what: str, file: str, row: int = 0) -> FloatArray:
    """A column of finite numbers above 0; errors as of `numbers`."""
    numbers = finite(column, what, file, row)
    bad = pa.array(numbers <= 0)
    reject(bad, row, file, f"has a {what} that is zero or negative: leave the row out, it is no pair")
    return numbers


def count_numbers(column: pa.Array) -> int:
    """The number of cells that hold a number."""
    if _is_text(column):
        return int(pc.sum(pc.match_substring_regex(_trimmed(column), NUMBER)).as_py() or 0)
    return len(column) - column.null_count if _has_numbers(column) else 0


def is_numeric(column: pa.Array) -> bool:
    """True where each cell is a number or empty, and not all are empty."""
    filled = pc.not_equal(_trimmed(column), "") if _is_text(column) else column.is_valid()
    return bool(0 < count_numbers(column) == pc.sum(filled).as_py())


def is_number(cell: str) -> bool:
    """True where a text spells a number."""
    return is_numeric(pa.array([cell], TEXT))


def reject(bad: pa.BooleanArray, row: int, file: str, fault: str, error: type[ValueError] = ValueError) -> None:
    """Raise an error that names the first row with a fault, if there is one; `row` is the number of the first."""
    first = pc.index(bad, True).as_py()
    if first >= 0:
        raise error(f"row {row + first} of {file} {fault} (the first row is 0)")


def _is_text(column: pa.Array) -> bool:
    kinds: Sequence[Any] = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(is_kind(column.type) for is_kind in kinds)


def _has_numbers(column: pa.Array) -> bool:
    kinds: Sequence[Any] = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_null)
    return any(is_kind(column.type) for is_kind in kinds)


def _trimmed(column: pa.Array) -> pa.Array:
    return pc.utf8_trim_whitespace(column.cast(TEXT))


def _parsed(column: pa.Array, what: str, file: str, row: int) -> pa.Array:
    spelled = _trimmed(column)
    spelled = pc.if_else(pc.equal(spelled, ""), pa.scalar(None, TEXT), spelled)
    try:
        return spelled.cast(pa.float64())
    except pa.ArrowInvalid:
        wrong = pc.invert(pc.match_substring_regex(spelled, NUMBER))
        reject(wrong, row, file, f"has a {what} that is no number", NoNumberError)
        raise

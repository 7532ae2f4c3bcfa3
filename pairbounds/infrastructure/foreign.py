"""Code that is not ours, behind one boundary: whatever it does, it ends in one error that names it, its file and line.

A plugin with bounds, a study, a bound that a user registered: `call_foreign` calls them. What they raise, an exit
included, is a `ForeignCodeError`; an interrupt stays one.
"""

import functools
import importlib
import inspect
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import numpy as np

OURS = "pairbounds."  # so begin the names of modules that are not foreign
LETTERS = 500  # of a foreign message

Result = TypeVar("Result")
Passing = tuple[type[BaseException], ...]


class ForeignCodeError(RuntimeError):
    """Code that is not ours failed, or returned what it may not.

    Attributes
    ----------
    name : what it is, as in "bound 'mine'"
    file, line : where
    what : what it did
    """

    def __init__(self, name: str, file: str, line: int, what: str) -> None:
        super().__init__(name, file, line, what)
        self.name, self.file, self.line, self.what = name, file, line, what

    def __str__(self) -> str:
        return f"{self.name} ({self.file}, line {self.line}) {self.what}"


@contextmanager
def foreign_code(name: str, function: Any, passing: Passing = ()) -> Iterator[None]:
    """Raise what a user's function raises in this block as a `ForeignCodeError`, an exit included.

    Parameters
    ----------
    name : what the error calls it
    function : it or its class: the error names its file, and the last line there on the way to the failure
    passing : types of exceptions that are let through, besides `ForeignCodeError`
    """
    through: Passing = (ForeignCodeError, *passing)
    try:
        yield
    except through:
        raise
    except (Exception, SystemExit) as error:
        raise ForeignCodeError(name, *_place(error, source_of(function)), _deed(error)) from error


class ForeignResultError(ForeignCodeError):
    """Failure of code that cannot be called as it has to be, or returned what it may never: to go on is of no use."""


def call_foreign(
    function: Callable[..., Result],
    *arguments: Any,
    name: str,
    place: tuple[str, int] | None = None,
    passing: Passing = (),
) -> Result:
    """Value that a foreign function returns; what it raises is a `ForeignCodeError`.

    Parameters
    ----------
    name : what the error calls it
    place : file and line that the error names where the failure has none in that file; else the file that failed first
    passing : types of exceptions that are let through
    """
    through: Passing = (KeyboardInterrupt, *passing)
    try:
        return function(*arguments)
    except through:
        raise
    except BaseException as error:
        raise ForeignCodeError(name, *_place(error, place), _deed(error)) from error


def is_foreign(function: Any) -> bool:
    """Test whether a function or a class is a user's, and not of this package."""
    return not (getattr(function, "__module__", None) or "").startswith(OURS)


def source_of(function: Any) -> tuple[str, int]:
    """The file and the line where a function or a method of a class begins, or a name for where it is from.

    Of an object, and of a class of such, it is the method that is called: `__call__`, or `forward` as torch has it.
    """
    while isinstance(function, functools.partial):
        function = function.func
    function = inspect.unwrap(function)
    kind = function if isinstance(function, type) else type(function)
    for candidate in (function, *map(vars(kind).get, ("__call__", "forward", "__init__"))):
        code = getattr(candidate, "__code__", None)
        if code is not None:
            return code.co_filename, code.co_firstlineno
    return str(getattr(function, "__module__", None) or "compiled code"), 1


def require_arguments(function: Any, names: Sequence[str], about: str) -> None:
    """Raise a `ForeignResultError` if a function cannot be called with so many arguments."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # compiled code that has none
        return
    try:
        signature.bind(*names)
    except TypeError:
        said = f"takes {signature}, and is called with ({', '.join(names)})"
        raise ForeignResultError(about, *source_of(function), said) from None


def as_number(value: Any) -> float:
    """Float of a foreign function's value: any real number, also as an array or a tensor without axes."""
    converts = hasattr(value, "__float__") or hasattr(value, "__index__")  # text does not, though float reads it
    axes = getattr(value, "ndim", 0)
    if not converts or isinstance(value, bool | np.bool_) or axes or np.iscomplexobj(value):
        raise TypeError(f"the value is to be a number, and not of type {type(value).__name__}")
    return float(value)


def _place(error: BaseException, place: tuple[str, int] | None) -> tuple[str, int]:
    """The last line of the foreign file that was on the way to the error."""
    machinery = (__file__, importlib.__file__)
    way = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    way = [(file, line) for file, line in way if file not in machinery and not file.startswith("<frozen ")]
    home = place[0] if place is not None else way[0][0] if way else None
    own = [line for file, line in way if file == home]
    if home is not None and own:
        return home, own[-1]
    if isinstance(error, SyntaxError) and error.filename:
        return error.filename, error.lineno or 1
    return place or ("unknown file", 1)


def _deed(error: BaseException) -> str:
    try:
        text = str(error.msg if isinstance(error, SyntaxError) else error)
    except Exception:
        text = "(its message cannot be shown)"
    if len(text) > LETTERS:
        text = text[: LETTERS - 1] + "…"
    return f"failed: {type(error).__name__}" + (f": {text}" if text else "")

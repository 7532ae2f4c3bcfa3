"""Errors of a user's code: bounds, losses, encoders, studies, models. They name the code, its file and its line."""

import functools
import inspect
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

OURS = "pairbounds."  # the names of this package's modules begin so


class ForeignCodeError(RuntimeError):
    """A user's code failed, or returned something that it may not."""


@contextmanager
def foreign_code(name: str, code: Any, *passing: type[Exception]) -> Iterator[None]:
    """Raise an error of a user's code in this block, or its exit, as a `ForeignCodeError`.

    Parameters
    ----------
    name : of the code, as in "bound 'mine'"
    code : the function, class or module, or the path of a file: the error names the last line there that was reached
    passing : types of errors that are let through, besides `ForeignCodeError`
    """
    through: tuple[type[Exception], ...] = (ForeignCodeError, *passing)
    try:
        yield
    except through:
        raise
    except (Exception, SystemExit) as error:
        file, line = (code, 1) if isinstance(code, str) else source_of(code)
        for frame in traceback.extract_tb(error.__traceback__):
            if frame.filename == file and frame.lineno is not None:
                line = frame.lineno
        if isinstance(error, SyntaxError) and error.filename == file:
            line = error.lineno or line
        raise ForeignCodeError(f"{name} ({file}, line {line}) failed: {type(error).__name__}: {error}") from error


def is_foreign(function: Any) -> bool:
    """Test whether a function or a class is a user's, and not of this package."""
    return not (getattr(function, "__module__", None) or "").startswith(OURS)


def source_of(function: Any) -> tuple[str, int]:
    """The file and the first line of a function, or of the method of an object or a class that is called."""
    while isinstance(function, functools.partial):
        function = function.func
    function = inspect.unwrap(function)
    kind = function if isinstance(function, type) else type(function)
    for candidate in (function, *map(vars(kind).get, ("__call__", "forward", "__init__"))):
        code = getattr(candidate, "__code__", None)
        if code is not None:
            return code.co_filename, code.co_firstlineno
    return str(getattr(function, "__module__", None) or "compiled code"), 1


def as_number(value: Any) -> float:
    """Float of a real number, which may be an array or a tensor without axes; text and truth values are errors."""
    is_number = hasattr(value, "__float__") or hasattr(value, "__index__")  # text is none, though float reads it
    axes = getattr(value, "ndim", 0)
    if not is_number or isinstance(value, bool | np.bool_) or axes or np.iscomplexobj(value):
        raise TypeError(f"expected a real number, got {type(value).__name__}")
    return float(value)

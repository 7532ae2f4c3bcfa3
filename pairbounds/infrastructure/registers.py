"""Registers of bounds, losses, encoders and studies. Users add entries with decorators."""

from collections import UserDict
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

from pairbounds.infrastructure.users_code import is_foreign

Entry = TypeVar("Entry")

REGISTERS: list["Register[Any]"] = []


class Register(UserDict[str, Entry]):
    """Entries by name. An unknown name raises a `KeyError` with the nearest name.

    Parameters
    ----------
    what : kind of an entry with its article, such as "a bound"
    source : returns the decorated function or class of an entry
    entries : entries of this package that do not register themselves
    load : imports the modules that register this package's entries; called before the first access
    """

    def __init__(
        self,
        what: str,
        source: Callable[[Entry], Any],
        entries: Mapping[str, Entry] | None = None,
        load: Callable[[], object] | None = None,
    ) -> None:
        self.what, self.source = what, source
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

    @property
    def kind(self) -> str:
        """Kind of an entry, without its article."""
        return self.what.partition(" ")[2]

    def registering(self, name: str, entry_of: Callable[[Any], Entry]) -> Callable[[Any], Entry]:
        """Decorator that registers `entry_of(function)` and returns this entry."""
        if not isinstance(name, str) or not name:
            raise ValueError(f"the name {name!r} of {self.what} is not a nonempty string")

        def register(function: Any) -> Entry:
            if not callable(function):
                raise ValueError(f"{self.kind} {name!r} is not a function, but {function!r}: decorate a function")
            return self.add(name, entry_of(function))

        return register

    def add(self, name: str, entry: Entry) -> Entry:
        """Register an entry. It replaces its old version if its file or notebook cell runs again."""
        entries = self.data if is_foreign(self.source(entry)) else self._registered
        if name in entries and _identity(self.source(entries[name])) != _identity(self.source(entry)):
            raise ValueError(f"{self.what} named {name!r} is registered already: choose another name")
        entries[name] = entry
        return entry

    def of_users(self) -> dict[str, Entry]:
        """Entries that users registered, by name."""
        return {name: entry for name, entry in self._registered.items() if is_foreign(self.source(entry))}


def _identity(function: Any) -> tuple[object, object]:
    """Module and name of a function, unchanged if its file or notebook cell runs again."""
    return getattr(function, "__module__", None), getattr(function, "__qualname__", None)

"""Users' bounds, losses, encoders and studies, loaded from Python files outside any package."""

import linecache
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

from pairbounds.infrastructure.inputs import AnyPath, require_file
from pairbounds.infrastructure.users_code import REGISTERS, foreign_code
from pairbounds.theory.bounds.registry import Bound

DECORATORS = "pairbounds.bound, pairbounds.loss, pairbounds.encoder or pairbounds.sweeps.study"


@dataclass(frozen=True)
class Plugin:
    """Absolute path of a plugin file, and its content when it was read, which workers run without the file."""

    path: str
    content: bytes

    def load(self) -> list[Any]:
        """Run the file and return the entries that it registers. Raise `ForeignCodeError` if it fails."""
        before = _registered()
        name = f"plugin_{Path(self.path).stem}_{sha256(self.path.encode()).hexdigest()[:8]}"
        module = ModuleType(name)
        module.__file__ = self.path
        sys.modules[name] = module  # where dataclasses look up annotations
        # Tracebacks and `Study.version` read this source, even after the file changed or was deleted.
        lines = self.content.decode(errors="replace").splitlines(keepends=True)
        linecache.cache[self.path] = (len(self.content), None, lines, self.path)
        with foreign_code("plugin", self.path):
            exec(compile(self.content, self.path, "exec"), vars(module))
        LOADED[self.path] = self
        return [entry for key, entry in _registered().items() if before.get(key) is not entry]


LOADED: dict[str, Plugin] = {}  # path to plugin


def load_plugin(path: AnyPath) -> list[Any]:
    """Run a Python file that registers bounds, losses, encoders or studies, and return the new entries.

    Later measurements depend on the content of the file, and workers run it too. Loading a file again replaces its
    entries. Raises `ForeignCodeError` if the file fails.
    """
    file = require_file(path, "plugin")
    if file.suffix != ".py":
        raise ValueError(f"plugin {file} is not a Python file: its name must end in .py")
    entries = Plugin(str(file.absolute()), file.read_bytes()).load()
    if not entries:
        raise ValueError(f"plugin {path} registers nothing: decorate a function with {DECORATORS}")
    return entries


def load_bounds(path: AnyPath) -> list[Bound]:
    """Run a Python file and return the bounds that it registers. Errors as in `load_plugin`."""
    bounds = [entry for entry in load_plugin(path) if isinstance(entry, Bound)]
    if not bounds:
        raise ValueError(f"plugin {path} registers no bound: decorate a function with pairbounds.bound")
    return bounds


def require_loaded(plugins: Sequence[Plugin]) -> None:
    """Load the plugins that this process has not loaded."""
    for plugin in plugins:
        if LOADED.get(plugin.path) != plugin:
            plugin.load()


def _registered() -> dict[tuple[str, str], Any]:
    """Entries that users registered, by kind and name."""
    return {(register.kind, name): entry for register in REGISTERS for name, entry in register.of_users().items()}

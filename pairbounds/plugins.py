"""A user's own bounds, losses, encoders and studies, from files that are not part of any package."""

import linecache
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

from pairbounds.infrastructure.foreign import foreign_code
from pairbounds.infrastructure.inputs import AnyPath, require_file
from pairbounds.infrastructure.registers import REGISTERS
from pairbounds.theory.bounds.registry import Bound

DECORATORS = "pairbounds.bound, pairbounds.loss, pairbounds.encoder or pairbounds.sweeps.study"


@dataclass(frozen=True)
class Plugin:
    """A file that registers something, as it was when it was read. Workers run it, and need no such file.

    Attributes
    ----------
    path : absolute
    content : its bytes
    """

    path: str
    content: bytes

    def load(self) -> list[Any]:
        """Run the file, and return what it registers; a failure is a `ForeignCodeError`."""
        before = _registered()
        name = f"plugin_{Path(self.path).stem}_{sha256(self.path.encode()).hexdigest()[:8]}"
        module = ModuleType(name)
        module.__file__ = self.path
        sys.modules[name] = module  # dataclasses look up the types of annotations there
        # Tracebacks and `Study.version` read the source from here, even if the file has changed or is gone.
        lines = self.content.decode(errors="replace").splitlines(keepends=True)
        linecache.cache[self.path] = (len(self.content), None, lines, self.path)
        with foreign_code("plugin", self.path):
            exec(compile(self.content, self.path, "exec"), vars(module))
        LOADED[self.path] = self
        return [entry for key, entry in _registered().items() if before.get(key) is not entry]


LOADED: dict[str, Plugin] = {}  # by path


def load_plugin(path: AnyPath) -> list[Any]:
    """Run a Python file that registers bounds, losses, encoders or studies, and return these.

    Later measurements depend on the content of the file, and the workers of a sweep run it too. A file that was loaded
    before replaces its entries. A file that fails is a `ForeignCodeError`.
    """
    file = require_file(path, "plugin")
    if file.suffix != ".py":
        raise ValueError(f"plugin {file} is not a Python file: its name ends in .py")
    entries = Plugin(str(file.absolute()), file.read_bytes()).load()
    if not entries:
        raise ValueError(f"plugin {path} registers nothing: decorate a function with {DECORATORS}")
    return entries


def load_bounds(path: AnyPath) -> list[Bound]:
    """Run a Python file and return the bounds that it registers by `pairbounds.bound`; errors as in `load_plugin`."""
    bounds = [entry for entry in load_plugin(path) if isinstance(entry, Bound)]
    if not bounds:
        raise ValueError(f"plugin {path} registers no bound: decorate a function with pairbounds.bound")
    return bounds


def require_loaded(plugins: Sequence[Plugin]) -> None:
    """Load these plugins, if this process has not yet."""
    for plugin in plugins:
        if LOADED.get(plugin.path) != plugin:
            plugin.load()


def _registered() -> dict[tuple[str, str], Any]:
    """The entries of users, by kind and name."""
    return {(register.what, name): entry for register in REGISTERS for name, entry in register.of_users().items()}

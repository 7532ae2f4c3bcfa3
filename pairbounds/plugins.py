"""A user's own bounds, losses, encoders and studies, from files that are not part of any package."""

import linecache
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import ModuleType

from pairbounds.infrastructure.foreign import ForeignCodeError, call_foreign
from pairbounds.infrastructure.inputs import require_file
from pairbounds.infrastructure.registers import Entries, additions
from pairbounds.theory.bounds.registry import BOUNDS, Bound

DECORATORS = "pairbounds.bound, pairbounds.loss, pairbounds.encoder or pairbounds.sweeps.study"


@dataclass(frozen=True)
class Plugin:
    """A file that registers something, as it was when it was read: it can be run where there is no such file.

    Attributes
    ----------
    path : absolute
    content : its bytes
    """

    path: str
    content: bytes

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> "Plugin":
        """The plugin in a file: a `ValueError` or `FileNotFoundError` if there is none."""
        file = require_file(path, "plugin")
        if file.suffix != ".py":
            raise ValueError(f"plugin {file} is not a Python file: its name ends in .py")
        return cls(str(file.absolute()), file.read_bytes())

    def run(self, needed: object = None) -> Entries:
        """Run it, and say what it registers, in the needed register at least; if it fails, that is undone."""
        with additions() as added:
            call_foreign(self._run, name="plugin", place=(self.path, 1), passing=(ForeignCodeError,))
            found = added()
            if needed is not None and not any(register is needed for register, _ in found):
                raise ValueError(f"plugin {self.path} registers no bound: decorate a function with pairbounds.bound")
            if not found:
                raise ValueError(f"plugin {self.path} registers nothing: decorate a function with {DECORATORS}")
        return found

    def _run(self) -> None:
        module = ModuleType(f"plugin_{Path(self.path).stem}_{sha256(self.content).hexdigest()[:8]}")
        module.__file__ = self.path
        sys.modules[module.__name__] = module  # where dataclasses look up the types that annotations name
        # The source as it was read, for tracebacks and for `Study.version`, if there is no such file any more.
        lines = self.content.decode(errors="replace").splitlines(keepends=True)
        linecache.cache[self.path] = (len(self.content), None, lines, self.path)
        try:
            exec(compile(self.content, self.path, "exec"), vars(module))
        except BaseException:
            del sys.modules[module.__name__]
            raise


LOADED: dict[Plugin, Entries] = {}  # by `load_plugin`, with what each has registered


def load_plugin(path: str | os.PathLike[str]) -> list[str]:
    """Run a Python file that registers bounds, losses, encoders or studies, and return their names.

    Where it fails, the registers are what they were before. What is measured from here on depends on the content of the
    file, and the workers of a sweep run it too. A file that was loaded before takes its old place. One that cannot be
    run to its end, or registers what cannot be called as it has to be, is a `ForeignCodeError`.
    """
    plugin = Plugin.read(path)
    before = [one for one in LOADED if one.path == plugin.path]
    LOADED[plugin] = plugin.run()
    for old in before:
        if old != plugin:
            _forget(old)
    return [name for _, name in LOADED[plugin]]


def require_loaded(plugins: Sequence[Plugin]) -> None:
    """Have these plugins and no others, in a process that may have worked with others before."""
    if list(LOADED) == list(plugins):
        return
    for old in list(LOADED):
        _forget(old)
    for plugin in plugins:
        LOADED[plugin] = plugin.run()


def _forget(plugin: Plugin) -> None:
    """Take back what a plugin has registered, but for what another has replaced since."""
    kept = [entry for other, entries in LOADED.items() if other != plugin for entry in entries]
    for register, name in LOADED.pop(plugin):
        if not any(name == other and register is home for home, other in kept):
            register.pop(name, None)


def load_bounds(path: str | os.PathLike[str]) -> list[Bound]:
    """Run a Python file and return the bounds that it registered by `pairbounds.bound`; errors as in `load_plugin`."""
    return [BOUNDS[name] for register, name in Plugin.read(path).run(needed=BOUNDS) if register is BOUNDS]

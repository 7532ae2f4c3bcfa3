"""Studies of simulated worlds, each a module that measures one table and is found by its name."""

from importlib import import_module
from pkgutil import iter_modules

_modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
STUDIES = {module.STUDY.name: module.STUDY for module in _modules if hasattr(module, "STUDY")}

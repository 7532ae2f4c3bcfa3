"""For each bound an equality case and a violated hypothesis: a module for each theorem with bounds, gathered here."""

import importlib
import pkgutil

from tests.bounds.teeth.tooth import Teeth

TEETH: dict[str, Teeth] = {}
for module in pkgutil.iter_modules(__path__, prefix=f"{__name__}."):
    TEETH |= getattr(importlib.import_module(module.name), "TEETH", {})

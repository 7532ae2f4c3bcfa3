"""Training objectives, losses of a batch: one in each module, discovered by its name."""

from collections.abc import Mapping
from pkgutil import iter_modules

from pairbounds.infrastructure.users_code import one_in_each
from pairbounds.real_data.training.objectives.objective import Objective

OBJECTIVES: Mapping[str, type[Objective]] = one_in_each(__name__, iter_modules(__path__), Objective)  # type: ignore[type-abstract]

__all__ = ["OBJECTIVES", "Objective"]

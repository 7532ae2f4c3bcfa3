"""Training objectives, losses of a batch, by name."""

from collections.abc import Mapping

from pairbounds.real_data.training.objectives.objective import Objective
from pairbounds.real_data.training.objectives.simclr import TwoViews
from pairbounds.real_data.training.objectives.supervised import Supervised

OBJECTIVES: Mapping[str, type[Objective]] = {"simclr": TwoViews, "supervised": Supervised}

__all__ = ["OBJECTIVES", "Objective"]

"""Quantities that the literature measures on embeddings and graphs, as population values: no batches.

`metrics` measures them all on features that somebody brings.
"""

from theory.metrics.collision import collision_rate
from theory.metrics.confusion import average_confusion_rate, average_relative_confusion
from theory.metrics.hypersphere import alignment, uniformity
from theory.metrics.rank import rankme
from theory.metrics.report import metrics, pair_graph

__all__ = [
    "alignment",
    "average_confusion_rate",
    "average_relative_confusion",
    "collision_rate",
    "metrics",
    "pair_graph",
    "rankme",
    "uniformity",
]

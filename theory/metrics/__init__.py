"""Quantities that the literature measures on embeddings and graphs, as population values: no batches, no sampling."""

from theory.metrics.alignment import alignment
from theory.metrics.collision import collision_rate
from theory.metrics.confusion import average_confusion_rate, average_relative_confusion
from theory.metrics.rank import rankme
from theory.metrics.uniformity import uniformity

__all__ = [
    "alignment",
    "average_confusion_rate",
    "average_relative_confusion",
    "collision_rate",
    "rankme",
    "uniformity",
]

"""Quantities that the literature measures on embeddings and graphs, as population values: no batches.

`metrics` measures them all on features that somebody brings.
"""

from pairbounds.theory.quantities.metrics.confusion import average_confusion_rate
from pairbounds.theory.quantities.metrics.hypersphere import alignment, uniformity
from pairbounds.theory.quantities.metrics.rank import rankme
from pairbounds.theory.quantities.metrics.report import metrics

__all__ = [
    "alignment",
    "average_confusion_rate",
    "metrics",
    "rankme",
    "uniformity",
]

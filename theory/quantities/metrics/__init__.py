"""Quantities that the literature measures on embeddings and graphs, as population values: no batches.

`metrics` measures them all on features that somebody brings.
"""

from pairbounds.theory.quantities.metrics.feature_metrics import metrics, rankme
from pairbounds.theory.quantities.metrics.hypersphere import alignment, average_confusion_rate, uniformity

__all__ = ["alignment", "average_confusion_rate", "metrics", "rankme", "uniformity"]

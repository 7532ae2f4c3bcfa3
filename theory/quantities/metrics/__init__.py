"""Metrics of embeddings from the literature, as population values without batches."""

from pairbounds.theory.quantities.metrics.feature_metrics import metrics, rankme
from pairbounds.theory.quantities.metrics.hypersphere import alignment, average_confusion_rate, uniformity

__all__ = ["alignment", "average_confusion_rate", "metrics", "rankme", "uniformity"]

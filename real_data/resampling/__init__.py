"""CLIP-guided resampling: a guide's similarities choose the positives and negatives in a batch of two views."""

from pairbounds.real_data.resampling.batch_rules import (
    RULES,
    AddNewPositive,
    BatchPairs,
    DropEasyNegative,
    DropFalseNegative,
    DropFalsePositive,
    Rule,
    two_views,
)
from pairbounds.real_data.resampling.resampled_loss import nt_xent, resampled_nt_xent

__all__ = [
    "RULES",
    "AddNewPositive",
    "BatchPairs",
    "DropEasyNegative",
    "DropFalseNegative",
    "DropFalsePositive",
    "Rule",
    "nt_xent",
    "resampled_nt_xent",
    "two_views",
]

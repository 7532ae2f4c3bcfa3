"""CLIP-guided resampling: a guide's similarities choose the positives and negatives of a batch of two views."""

from pairbounds.real_data.resampling.loss import nt_xent, resampled_nt_xent
from pairbounds.real_data.resampling.rules import (
    RULES,
    AddNewPositive,
    BatchPairs,
    DropEasyNegative,
    DropFalseNegative,
    DropFalsePositive,
    Rule,
    two_views,
)

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

"""CLIP-guided resampling: a guide's similarities choose the positives and negatives of a batch of two views."""

from pairbounds.real_data.resampling.loss import nt_xent, resampled_nt_xent
from pairbounds.real_data.resampling.pairs import BatchPairs, two_views
from pairbounds.real_data.resampling.rules import (
    RULES,
    AddNewPositive,
    DropEasyNegative,
    DropFalseNegative,
    DropFalsePositive,
    Rule,
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

"""Pairs of a batch, and rules that change positives or negatives by the similarities of a guide.

A rule takes the pairs of the preceding rules and the (n, n) similarities, and returns new pairs. Source: Zhang, Wang
and Wang, *On the Generalization of Multi-modal Contrastive Learning*, ICML 2023. The defaults are the constants of its
code, github.com/PKU-ML/CLIP-Help-SimCLR.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import ClassVar

import torch


@dataclass(frozen=True, eq=False)
class BatchPairs:
    """Positive and negative pairs of each row of a batch, the anchor.

    Attributes
    ----------
    positives : (n, n), weight of the pair (anchor, other), 0 if it is not a positive
    negatives : (n, n), bool; never true on the diagonal
    """

    positives: torch.Tensor
    negatives: torch.Tensor


def two_views(rows: int, dtype: torch.dtype, device: torch.device) -> BatchPairs:
    """SimCLR's pairs of `rows` = 2B rows: the other view is the only positive, all other images are negatives."""
    itself = torch.eye(rows, dtype=torch.bool, device=device)
    partner = itself.roll(rows // 2, dims=0)
    return BatchPairs(partner.to(dtype), ~(itself | partner))


def cosine_similarities(rows: torch.Tensor) -> torch.Tensor:
    """The cosine of every two rows, (n, n), in at least single precision; 0 with a row of zeros."""
    # Under autocast the product would be in half precision, with spurious ties.
    with torch.autocast(rows.device.type, enabled=False):
        unit = torch.nn.functional.normalize(rows.to(torch.promote_types(rows.dtype, torch.float32)), dim=1)
        return unit @ unit.T


class Rule:
    """No resampling: SimCLR's pairs. Base class of the other rules."""

    def __call__(self, pairs: BatchPairs, similarity: torch.Tensor) -> BatchPairs:  # noqa: ARG002 - shared signature
        """Return the resampled pairs; `similarity` has the guide's similarities, (n, n)."""
        return pairs


@dataclass(frozen=True, kw_only=True)
class AddNewPositive(Rule):
    """Addition of the rows most similar to the anchor, except itself and its other view, to the positives.

    New positives are no longer negatives. They have the same weight as the other view, and the total weight of an
    anchor does not change: in the loss, `(ℓ_partner + Σ_new ℓ_new) / (1 + number of new)`.

    Attributes
    ----------
    count : new positives of each anchor, at most 2B - 3, so that a negative remains
    """

    count: int = 1

    def __post_init__(self) -> None:
        _require(self.count >= 0, f"count={self.count!r} of new positives must be at least 0")

    def __call__(self, pairs: BatchPairs, similarity: torch.Tensor) -> BatchPairs:
        """The pairs with new positives; `ValueError` if an anchor could be left without a negative."""
        rows = len(similarity)
        _require(self.count <= rows - 3, f"count={self.count} leaves no negative in {rows} rows: at most {rows - 3}")
        candidates = two_views(rows, similarity.dtype, similarity.device).negatives
        new = _highest(similarity, candidates, self.count)
        added = new.to(pairs.positives)
        positives = (pairs.positives + added) / (1 + added.sum(1, keepdim=True))
        return BatchPairs(positives, pairs.negatives & ~new)


@dataclass(frozen=True, kw_only=True)
class _Drop(Rule):
    """A rule that drops a fraction of pairs, rounded as in `_quota`."""

    fraction: float

    def __post_init__(self) -> None:
        _require(0 <= self.fraction < 1, f"fraction={self.fraction!r} must be in [0, 1)")


@dataclass(frozen=True, kw_only=True)
class DropFalsePositive(_Drop):
    """Removal of the pairs (anchor, other view) least similar by the guide, from positives and negatives.

    It drops `⌊fraction · 2B⌋` of the 2B pairs and keeps at least one; the loss is averaged over the kept pairs. Both
    directions of a pair are equally similar; if only one is dropped, it is that of the first view.
    """

    fraction: float = 0.1

    def __call__(self, pairs: BatchPairs, similarity: torch.Tensor) -> BatchPairs:
        """The pairs without the positives dropped."""
        partner = two_views(len(similarity), similarity.dtype, similarity.device).positives.bool()
        # Both directions use the upper half, because their round-off may differ.
        of_pair = similarity.diagonal(len(similarity) // 2).repeat(2)[None]
        every = torch.ones_like(of_pair, dtype=torch.bool)
        dropped = partner & _highest(-of_pair, every, _quota(self.fraction, every)).T
        return BatchPairs(pairs.positives.masked_fill(dropped, 0), pairs.negatives & ~dropped)


@dataclass(frozen=True, kw_only=True)
class DropFalseNegative(_Drop):
    """Removal of each anchor's most similar true negatives, `⌊fraction · n⌋` of n, from the denominator; one stays.

    True negatives exclude the anchor, its other view and new positives.
    """

    fraction: float = 0.05
    sign: ClassVar[int] = 1  # of the similarity of the negatives that go first

    def __call__(self, pairs: BatchPairs, similarity: torch.Tensor) -> BatchPairs:
        """The pairs without the negatives dropped."""
        true = pairs.negatives & (pairs.positives == 0)
        dropped = _highest(self.sign * similarity, true, _quota(self.fraction, true))
        return replace(pairs, negatives=pairs.negatives & ~dropped)


@dataclass(frozen=True, kw_only=True)
class DropEasyNegative(DropFalseNegative):
    """Removal of each anchor's least similar true negatives, `⌊fraction · n⌋` of n, from the denominator; one stays."""

    fraction: float = 0.1
    sign: ClassVar[int] = -1


# In the order in which rules are applied: new positives are chosen before negatives are ranked.
RULES: Mapping[str, type[Rule]] = {
    "none": Rule,
    "add_new_positive": AddNewPositive,
    "drop_false_positive": DropFalsePositive,
    "drop_false_negative": DropFalseNegative,
    "drop_easy_negative": DropEasyNegative,
}


def _quota(fraction: float, candidates: torch.Tensor) -> torch.Tensor:
    """`⌊fraction · n⌋` of the n candidates of each row, (rows, 1), at most n - 1.

    Exact for decimal fractions: 0.29 of 100 gives 29, where floating point gives 28.
    """
    ratio, total = Fraction(fraction).limit_denominator(1_000_000), candidates.sum(1, keepdim=True)
    return torch.minimum(total * ratio.numerator // ratio.denominator, total - 1)


def _highest(score: torch.Tensor, candidates: torch.Tensor, quota: torch.Tensor | int) -> torch.Tensor:
    """Mask of the `quota` candidates of highest score in each row, (rows, n); ties go to the first."""
    order = score.masked_fill(~candidates, -math.inf).argsort(dim=1, descending=True, stable=True)
    first = torch.arange(score.shape[1], device=score.device) < quota
    return torch.zeros_like(candidates).scatter(1, order, first.expand_as(order))


def _require(condition: bool, text: str) -> None:
    if not condition:
        raise ValueError(text)

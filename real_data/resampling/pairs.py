"""The pairs of a batch: the positives with their weights, and the negatives."""

from dataclasses import dataclass

import torch


@dataclass(frozen=True, eq=False)
class BatchPairs:
    """Pairs that each row of a batch, the anchor, is drawn to and pushed from.

    Attributes
    ----------
    positives : (n, n), weight of the pair (anchor, other), 0 where it is none
    negatives : (n, n), bool; the anchor itself is never one
    """

    positives: torch.Tensor
    negatives: torch.Tensor


def two_views(rows: int, dtype: torch.dtype, device: torch.device) -> BatchPairs:
    """SimCLR's pairs of `rows` = 2B rows: the other view is the one positive, all other images are negatives."""
    own = torch.eye(rows, dtype=torch.bool, device=device)
    partner = own.roll(rows // 2, dims=0)
    return BatchPairs(partner.to(dtype), ~(own | partner))


def cosine_similarities(rows: torch.Tensor, *, as_it_is: bool = False) -> torch.Tensor:
    """The cosine of every two rows, (n, n), in at least single precision; 0 with a row of zeros.

    Parameters
    ----------
    as_it_is : in the precision of the rows, half precision even
    """
    # Under autocast the product would be in half precision, with ties that are none.
    with torch.autocast(rows.device.type, enabled=False):
        precision = rows.dtype if as_it_is else torch.promote_types(rows.dtype, torch.float32)
        unit = torch.nn.functional.normalize(rows.to(precision), dim=1)
        return unit @ unit.T

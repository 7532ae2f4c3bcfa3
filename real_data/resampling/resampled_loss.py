"""NT-Xent for the resampled pairs of a batch."""

import math
from collections.abc import Sequence

import torch

from pairbounds.infrastructure.checks import require_named
from pairbounds.real_data.resampling.batch_rules import RULES, BatchPairs, Rule, cosine_similarities, two_views


def resampled_nt_xent(
    z: torch.Tensor, guide: torch.Tensor, *, rule: str | Rule | Sequence[Rule], temperature: float = 0.1
) -> torch.Tensor:
    """NT-Xent over a batch of two views, with pairs resampled by a guide such as CLIP's image encoder.

    `ValueError`: shapes that do not fit, an odd number of rows, fewer than four, values that are not finite, an unknown
    rule, an option out of range.

    Cost: O(B² (d + g + log B)) time, O(B²) memory.

    Parameters
    ----------
    z : (2B, d), embeddings of the B >= 2 images: first views, then second views in the same order
    guide : (2B, g), the guide's embeddings of the same rows; no gradient flows into it
    rule : str, Rule, or a sequence of rules
        A name in `RULES`, several joined by "+" ("add_new_positive+drop_false_negative"), or rules with options. They
        are always applied in the order of `RULES`; other rules come last.
    temperature : positive

    Returns
    -------
    scalar tensor, differentiable in z, in z's precision or single, whichever is higher.
    """
    _check_batch(z, guide)
    rules = _as_rules(rule)
    with torch.no_grad():
        similarity = cosine_similarities(guide)
        pairs = two_views(len(z), torch.promote_types(z.dtype, torch.float32), z.device)
        for change in rules:
            pairs = change(pairs, similarity)
    return nt_xent(z, pairs, temperature)


def nt_xent(z: torch.Tensor, pairs: BatchPairs, temperature: float = 0.1) -> torch.Tensor:
    """`Σ_{i,p} W_ip ℓ_ip / Σ_{i,p} W_ip`, with `ℓ_ip = -log(e^{s_ip} / Σ_{j ∈ N_i ∪ {p}} e^{s_ij})`.

    Here s is the cosine similarity over the temperature, W the weights of the positives, and `N_i` the negatives of
    anchor i. With `two_views` it is SimCLR's loss (Chen et al. 2020).

    `ValueError`: a temperature that is not positive and finite.
    """
    if not 0 < temperature < math.inf:
        raise ValueError(f"temperature={temperature!r} must be positive and finite")
    scores = cosine_similarities(z) / temperature
    repulsion = scores.masked_fill(~pairs.negatives, -math.inf).logsumexp(1)
    entries = pairs.positives.nonzero(as_tuple=True)
    weights, gap = pairs.positives[entries], repulsion[entries[0]] - scores[entries]
    # A positive that is also a negative is already in the denominator.
    losses = torch.where(pairs.negatives[entries], gap, -torch.nn.functional.logsigmoid(-gap))
    return (weights * losses).sum() / weights.sum()


def _as_rules(rule: str | Rule | Sequence[Rule]) -> list[Rule]:
    """The rules in their order of application; named rules have their defaults."""
    names = rule.split("+") if isinstance(rule, str) else []
    for name in names:
        require_named("rule", name, RULES)
    instances: Sequence[Rule] = [] if isinstance(rule, str) else [rule] if isinstance(rule, Rule) else rule
    rules = [*(RULES[name]() for name in names), *instances]
    order = [*RULES.values(), *(type(chosen_rule) for chosen_rule in rules)]
    if not rules or len({type(chosen_rule) for chosen_rule in rules}) < len(rules):
        raise ValueError(f"rule={rule!r} is empty or has a rule twice: give 'none' for SimCLR")
    return sorted(rules, key=lambda chosen_rule: order.index(type(chosen_rule)))


def _check_batch(z: torch.Tensor, guide: torch.Tensor) -> None:
    for name, rows in (("z", z), ("guide", guide)):
        if rows.ndim != 2 or 0 in rows.shape:
            raise ValueError(f"{name} has shape {tuple(rows.shape)}: give (2B, width)")
        if not torch.isfinite(rows).all():
            raise ValueError(f"{name} holds {int((~torch.isfinite(rows)).sum())} values that are not finite")
    if len(z) != len(guide):
        raise ValueError(f"z has {len(z)} rows and guide {len(guide)}: give the guide's embedding of each row")
    if z.device != guide.device:
        raise ValueError(f"z is on {z.device} and guide on {guide.device}: move one")
    if len(z) % 2:
        raise ValueError(f"z has {len(z)} rows, an odd number: give first views, then second views")
    if len(z) < 4:
        raise ValueError("z has one image and so no negatives: give at least two")

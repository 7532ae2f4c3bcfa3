"""Batch rules of NT-Xent against their definitions, double loops over anchors and rows."""

import math
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pairbounds import resampled_nt_xent
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
from tests.families import ANY_SEED
from tests.real_data.tiny import error_of

NAMES = tuple(RULES)
CHANGING = NAMES[1:]
FRACTIONS = st.sampled_from((0.0, 0.05, 0.1, 0.29, 0.5, 0.9))
DEFAULTS = {
    "none": {},
    "add_new_positive": {"count": 1},
    "drop_false_positive": {"pairs": 0.1},
    "drop_false_negative": {"false": 0.05},
    "drop_easy_negative": {"easy": 0.1},
}


def batch(seed: int, images: int = 6, width: int = 4) -> tuple[torch.Tensor, torch.Tensor]:
    rng = np.random.default_rng(seed)
    return tuple(torch.from_numpy(rng.standard_normal((2 * images, width))) for _ in range(2))


def cosines(rows: torch.Tensor) -> list[list[float]]:
    unit = torch.nn.functional.normalize(rows.double())
    return (unit @ unit.T).tolist()


def partner(i: int, rows: int) -> int:
    return (i + rows // 2) % rows


def others(i: int, rows: int) -> list[int]:
    """The true negatives of plain NT-Xent."""
    return [j for j in range(rows) if j not in (i, partner(i, rows))]


def term(scores: list[float], positive: int, negatives) -> float:
    return -math.log(math.exp(scores[positive]) / sum(math.exp(scores[j]) for j in {positive, *negatives}))


def floor_of(fraction: float, total: int) -> int:
    return math.floor(Fraction(str(fraction)) * total)


def scores(z: torch.Tensor) -> list[list[float]]:
    return [[x / 0.1 for x in row] for row in cosines(z)]


def naive(s, t, count=0, pairs=0.0, false=0.0, easy=0.0):
    """The loss with a count of new positives, and fractions dropped: each rule ranks what those before it left."""
    n, above, below = len(s), 0.0, 0.0
    dropped = sorted(range(n), key=lambda i: (t[i][partner(i, n)], i))[: floor_of(pairs, n)]
    for i in range(n):
        ranked = sorted(others(i, n), key=lambda j: (-t[i][j], j))
        new, negatives = ranked[:count], ranked[count:]
        negatives = negatives[floor_of(false, len(negatives)) :]
        negatives = negatives[: len(negatives) - floor_of(easy, len(negatives))]
        for j in [*new, *([] if i in dropped else [partner(i, n)])]:
            above += term(s[i], j, negatives) / (1 + count)
            below += 1 / (1 + count)
    return above / below


@given(ANY_SEED, st.integers(2, 12), st.sampled_from(NAMES))
def test_each_rule_with_its_defaults_from_its_definition(seed, images, rule):
    z, guide = batch(seed, images)
    expected = naive(scores(z), cosines(guide), **DEFAULTS[rule])
    assert resampled_nt_xent(z, guide, rule=rule).item() == pytest.approx(expected, rel=1e-11, abs=1e-11)


@given(ANY_SEED, st.integers(2, 12), st.integers(0, 21), FRACTIONS, FRACTIONS, FRACTIONS, st.randoms())
def test_all_rules_together_from_their_definition_in_any_order(seed, images, count, pairs, false, easy, order):
    z, guide = batch(seed, images)
    count = min(count, 2 * images - 3)
    rules = [
        AddNewPositive(count=count),
        DropFalsePositive(fraction=pairs),
        DropFalseNegative(fraction=false),
        DropEasyNegative(fraction=easy),
    ]
    order.shuffle(rules)
    expected = naive(scores(z), cosines(guide), count, pairs, false, easy)
    assert resampled_nt_xent(z, guide, rule=rules).item() == pytest.approx(expected, rel=1e-11, abs=1e-11)


@pytest.mark.parametrize(("rule", "level"), [(DropFalseNegative, 1), (DropEasyNegative, 0)])
def test_exactly_the_quota_of_tied_rows_is_dropped(rule, level):
    """Two classes of 4 images: of 14 true negatives 6 are as similar as can be and 8 as little; 2 go."""
    guide = torch.eye(2)[[0, 0, 0, 0, 1, 1, 1, 1] * 2]
    similarity = guide @ guide.T
    negatives = rule(fraction=0.19)(two_views(16, torch.float32, torch.device("cpu")), similarity).negatives
    for i in range(16):
        alike = [j for j in others(i, 16) if similarity[i, j] == level]
        assert [j for j in others(i, 16) if not negatives[i, j]] == alike[:2]


@pytest.mark.parametrize(("fraction", "rows", "n_negatives"), [(0.29, 102, 71), (1 - 1e-9, 12, 1)])
def test_a_quota_is_rounded_down_and_leaves_one_negative(fraction, rows, n_negatives):
    """Down, exactly for the decimal as written (29 of 100, which floats make 28), and one negative always stays."""
    similarity = torch.from_numpy(np.random.default_rng(7).random((rows, rows)))
    pairs = DropEasyNegative(fraction=fraction)(two_views(rows, torch.float64, torch.device("cpu")), similarity)
    assert pairs.negatives.sum(1).tolist() == [n_negatives] * rows


def test_gradients_are_exact_and_the_guide_gets_none():
    z, guide = batch(8, images=5)
    guide.requires_grad_()
    loss = lambda rows: resampled_nt_xent(rows, guide, rule="+".join(CHANGING[:2]))  # noqa: E731
    assert torch.autograd.gradcheck(loss, z.requires_grad_())
    loss(z).backward()
    assert guide.grad is None


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_low_precision_inputs_lose_nothing(dtype):
    z, guide = (rows.to(dtype) for rows in batch(9, images=20))
    loss = resampled_nt_xent(z.requires_grad_(), guide, rule="+".join(CHANGING), temperature=0.01)
    loss.backward()
    assert (loss.dtype, z.grad.dtype) == (torch.float32, dtype)
    assert z.grad.isfinite().all()
    exact = resampled_nt_xent(z.detach().double(), guide.double(), rule="+".join(CHANGING), temperature=0.01)
    assert loss.item() == pytest.approx(exact.item(), rel=1e-4)
    with torch.autocast("cpu", torch.bfloat16):
        assert resampled_nt_xent(z, guide, rule="+".join(CHANGING), temperature=0.01).item() == loss.item()


@pytest.mark.gpu
def test_cpu_and_gpu_agree():
    z, guide = batch(11)
    for rule in NAMES:
        result = resampled_nt_xent(z.cuda(), guide.cuda(), rule=rule)
        assert result.device.type == "cuda"
        expected = resampled_nt_xent(z, guide, rule=rule).item()
        assert result.item() == pytest.approx(expected, rel=1e-9)


def test_equal_and_zero_rows():
    z = torch.zeros(8, 3, requires_grad=True)
    for rule in NAMES:
        loss = resampled_nt_xent(z, torch.zeros(8, 2), rule=rule)
        loss.backward()
        negatives = 5 if rule == "add_new_positive" else 6
        assert loss.item() == pytest.approx(math.log(1 + negatives))
    assert z.grad.isfinite().all()


def test_a_user_rule_is_applied_last():
    class HardestNegative(Rule):
        def __call__(self, pairs, similarity):
            assert pairs.negatives.sum(1).tolist() == [2] * 6  # of 4 the easy half is gone
            hardest = similarity.masked_fill(~pairs.negatives, -math.inf).argmax(1)
            negatives = (
                torch.nn.functional.one_hot(hardest, 6) + pairs.positives
            )  # a positive that is one changes nothing
            return BatchPairs(pairs.positives, negatives.bool())

    z, guide = batch(14, images=3)
    s, t = scores(z), cosines(guide)
    expected = sum(term(s[i], partner(i, 6), [max(others(i, 6), key=lambda j: t[i][j])]) for i in range(6)) / 6
    result = resampled_nt_xent(z, guide, rule=[HardestNegative(), DropEasyNegative(fraction=0.5)])
    assert result.item() == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: resampled_nt_xent(*batch(15), rule="add_new_positive+add_new_positive"), "has a rule twice"),
        (lambda: resampled_nt_xent(*batch(15), rule="nearest"), "rule 'nearest' is none of none, add_new_positive, "),
        (lambda: resampled_nt_xent(*batch(15), rule=[AddNewPositive(count=10)]), "no negative in 12 rows: at most 9"),
        (lambda: resampled_nt_xent(*batch(15), rule="none", temperature=math.nan), "temperature=nan must be positive"),
        (lambda: DropEasyNegative(fraction=1.0), "fraction=1.0 must be in [0, 1)"),
        (lambda: AddNewPositive(count=-1), "count=-1"),
        (lambda: resampled_nt_xent(torch.ones(6), torch.ones(6, 2), rule="none"), "z has shape (6,): give (2B, width"),
        (lambda: resampled_nt_xent(torch.ones(6, 2), torch.ones(4, 2), rule="none"), "z has 6 rows and guide 4"),
        (lambda: resampled_nt_xent(*[torch.ones(7, 2)] * 2, rule="none"), "z has 7 rows, an odd number"),
        (lambda: resampled_nt_xent(*[torch.ones(2, 2)] * 2, rule="none"), "z has one image and so no negatives"),
        (lambda: resampled_nt_xent(*[torch.full((6, 2), math.nan)] * 2, rule="none"), "12 values that are not finite"),
    ],
)
def test_bad_input_is_one_line(make, message):
    assert message in error_of(make)

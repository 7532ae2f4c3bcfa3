"""Critics trained in batches, against loops and against torch's own Adam at one rate."""

import numpy as np
import pandas as pd
import pytest
import torch
from torch.nn.functional import cross_entropy

from pairbounds import LatentWorld
from pairbounds.theory.quantities.batch_critics import FIRST, Critics, batch_loss
from pairbounds.theory.questions.trained_batches import Batches, trained_in_batches

GRAPH = LatentWorld(n_classes=3, n_styles=2, n_positions=4, n_phrases=2, seed=1).caption_graph(0.1, 0.3)
RATES = (0.01, 0.1)


@pytest.fixture(scope="module")
def features():
    rng = np.random.default_rng(5)
    return rng.standard_normal((GRAPH.n_left, 7)), rng.standard_normal((GRAPH.n_right, 4))


@pytest.mark.parametrize("masked", [False, True])
def test_the_loss_is_that_of_loops(masked):
    rng = np.random.default_rng(0)
    f, g = rng.standard_normal((2, 3, 5, 4))
    masks = rng.random((2, 5, 5)) < 0.4 if masked else np.zeros((2, 5, 5), dtype=bool)
    masks &= ~np.eye(5, dtype=bool)
    expected = []
    for left, other in zip(f, g, strict=True):
        total = 0.0
        for i in range(5):
            captions = [left[i] @ other[j] for j in range(5) if not masks[0, i, j]]
            images = [left[j] @ other[i] for j in range(5) if not masks[1, j, i]]
            total += sum(np.log(np.sum(np.exp(scores))) for scores in (captions, images)) / 2 - left[i] @ other[i]
        expected.append(total / 5 - np.log(5))
    allowed = (torch.from_numpy(masks[0]), torch.from_numpy(masks[1])) if masked else None
    np.testing.assert_allclose(batch_loss(torch.from_numpy(f), torch.from_numpy(g), allowed), expected)


def test_dropped_negatives_are_repeats_or_pairs_of_the_graph():
    critics, rng = Critics(GRAPH, 2, 64, RATES), np.random.default_rng(3)
    left, right = rng.integers(GRAPH.n_left, size=30), rng.integers(GRAPH.n_right, size=30)
    joint, own_pairs = GRAPH.joint.toarray(), np.eye(30, dtype=bool)
    paired = np.array([[joint[x, caption] > 0 for caption in right] for x in left])
    repeats, pairs = (
        [mask.numpy() for mask in critics._masks(dropped, left, right, rng)] for dropped in ("repeats", "pairs")
    )
    np.testing.assert_array_equal(repeats[0], (right[:, None] == right) & ~own_pairs)
    np.testing.assert_array_equal(repeats[1], (left[:, None] == left) & ~own_pairs)
    for mask in pairs:
        np.testing.assert_array_equal(mask, paired & ~own_pairs)


def test_training_at_each_rate_equals_plain_torch():
    """Adam at rate 1 on steps scaled by a rate equals Adam at that rate."""
    result = Critics(GRAPH, 2, 40, RATES, seed=2).in_batches(8)
    rows, columns = (torch.from_numpy(ends.astype(np.int64)) for ends in GRAPH.joint.tocoo().coords)
    batch_rows = np.random.default_rng([2, 0]).choice(len(rows), 40, p=GRAPH.joint.data / GRAPH.joint.data.sum())
    for rate, (left, right) in zip(RATES, result, strict=True):
        rng = np.random.default_rng([2, 1])
        sides = [torch.tensor(FIRST * rng.standard_normal((n, 2)), requires_grad=True) for n in GRAPH.joint.shape]
        adam = torch.optim.Adam(sides, lr=rate)
        for batch in batch_rows.reshape(5, 8):
            scores = sides[0][rows[batch]] @ sides[1][columns[batch]].T
            targets = torch.arange(8)
            adam.zero_grad()
            (cross_entropy(scores, targets) / 2 + cross_entropy(scores.T, targets) / 2).backward()
            adam.step()
        for trained, expected in zip((left, right), sides, strict=True):
            np.testing.assert_allclose(
                trained, expected.detach(), atol=0.05 * rate
            )  # Adam adds 1e-8 to a gradient that is scaled here


@pytest.mark.parametrize("batch", [1, 65])
def test_a_batch_size_below_two_or_above_the_training_pairs_raises(batch):
    with pytest.raises(ValueError, match=f"batch={batch} is out of range: give at least 2 and at most 64 pairs"):
        Critics(GRAPH, 2, 64, RATES).in_batches(batch)


def test_wordings_change_nothing_for_linear_critics_and_the_table_says_what_a_batch_shows(features):
    settings = Batches(2, 64, (8, 16), (16,), RATES, RATES, 3, (4,), 1)
    table = pd.concat([trained_in_batches(GRAPH, features, settings, seed) for seed in (0, 1)])
    assert table["excess_loss"].isna().equals(table["tunes"] | (table["arm"] == "reworded"))
    assert (table["tunes"] == (np.arange(len(table)) < len(table) // 2)).all()
    linear = table.query("critic == 'linear' and batch == 16")
    mse = {arm: rows["mse"].to_numpy() for arm, rows in linear.groupby("arm")}
    assert {*mse} == {"all", "repeats dropped", "pairs dropped", "others dropped", "reworded"}
    np.testing.assert_allclose(mse["reworded"], mse["all"], rtol=1e-4)
    assert np.abs(mse["repeats dropped"] / mse["all"] - 1).max() > 1e-4
    steps = table.groupby(["arm", "batch"])["steps"].first()
    assert (steps["all", 8], steps["all", 16], steps["exact", np.inf]) == (8, 4, 4)
    information = table.query("arm == 'all'").groupby("batch")[["shown_low", "information"]].first()
    assert (information["shown_low"].diff().dropna() > 0).all()

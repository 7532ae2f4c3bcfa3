import numpy as np
import pandas as pd
import pytest
import scipy.linalg
import torch

from simulations import LatentWorld, train
from simulations.encoders import FreeEmbedding
from tests.families import FAMILIES
from theory import PairGraph, check_bounds, probe, spectral_loss, spectrum

GRAPH = LatentWorld(n_classes=3, n_styles=2, n_positions=8, seed=1).caption_graph(0.1, 0.5)


@pytest.fixture(scope="module")
def result():
    return train(GRAPH, 4, steps=800, log_every=50)


def test_training_reaches_the_optimum(result):
    last = result.history.iloc[-1]
    lowest = -np.sum(spectrum(GRAPH, 4).singular_values ** 2)
    assert last["loss"] == pytest.approx(lowest, rel=1e-6)
    assert 0 <= last["excess_loss"] + 1e-12 < 1e-5
    weighted = np.sqrt(GRAPH.left_marginal)[:, None] * result.left
    angle = scipy.linalg.subspace_angles(weighted, spectrum(GRAPH, 4).left).max()
    assert np.degrees(angle) < 1
    assert last["subspace_angle"] == pytest.approx(np.degrees(angle), abs=1e-6)


def test_the_history_is_what_it_says(result):
    history = result.history
    assert list(history.columns) == ["step", "loss", "excess_loss", "subspace_angle", "probe_error"]
    assert history["step"].tolist() == list(range(0, 801, 50))
    assert history["loss"].iloc[-1] == pytest.approx(spectral_loss(GRAPH, result.left, result.right), rel=1e-12)
    assert history["probe_error"].iloc[-1] == probe(GRAPH, result.left).error
    assert history["loss"].iloc[-1] < history["loss"].iloc[0]


def test_every_bound_on_encoders_holds_along_training():
    for steps in (1, 5, 20, 100):
        found = train(GRAPH, 4, steps=steps)
        table = check_bounds(GRAPH, 4, (found.left, found.right))
        assert table["holds"].all()


def test_the_first_and_the_last_step_are_always_logged():
    assert train(GRAPH, 2, steps=7, log_every=5).history["step"].tolist() == [0, 5, 7]


def test_one_seed_gives_one_result():
    first, again, other = (train(GRAPH, 2, steps=5, seed=seed, device="cpu") for seed in (0, 0, 1))
    pd.testing.assert_frame_equal(first.history, again.history)
    np.testing.assert_array_equal(first.left, again.left)
    assert not np.array_equal(first.left, other.left)


@pytest.mark.parametrize("family", ["dense_random", "tall", "wide", "twins", "rank_one", "imbalanced"])
def test_a_free_embedding_comes_within_a_hundredth_of_the_optimum_gap(family):
    graph = FAMILIES[family](np.random.default_rng(2), 18)
    history = train(graph, 3, steps=1_500, log_every=1_500).history
    assert history["excess_loss"].iloc[-1] < 0.01 * history["excess_loss"].iloc[0]


def test_momentum_hastens_and_observers_see_what_is_returned():
    seen = []

    def observe(left, right):
        seen.append((left, right))
        return {"norm": float(np.linalg.norm(left))}

    slow = train(GRAPH, 4, steps=60, momentum=0.0, device="cpu")
    fast = train(GRAPH, 4, steps=60, momentum=0.9, device="cpu", observe=observe)
    assert fast.history["loss"].iloc[-1] < slow.history["loss"].iloc[-1]
    assert len(seen) == len(fast.history)
    np.testing.assert_array_equal(seen[-1][0], fast.left)
    assert fast.history["norm"].iloc[-1] == pytest.approx(np.linalg.norm(fast.left))


def test_unlabelled_graphs_train_without_a_probe():
    history = train(PairGraph(np.random.default_rng(3).random((8, 6))), 2, steps=3).history
    assert list(history.columns) == ["step", "loss", "excess_loss", "subspace_angle"]


def test_the_free_embedding_is_differentiable_in_weighted_coordinates():
    model = FreeEmbedding(GRAPH, 3, np.random.default_rng(4))
    left, right = model()
    assert left.shape == (GRAPH.n_left, 3)
    assert right.shape == (GRAPH.n_right, 3)
    torch.testing.assert_close(left * torch.tensor(np.sqrt(GRAPH.left_marginal))[:, None], model.left)
    assert {name for name, _ in model.named_parameters()} == {"left", "right"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"loss": "hinge"}, "loss='hinge' is none of spectral"),
        ({"encoder": "transformer"}, "encoder='transformer' is none of free"),
        ({"steps": 0}, "steps=0"),
        ({"log_every": 0}, "log_every=0"),
        ({"k": 0}, "k=0 is not in"),
        ({"device": "nowhere"}, "is not a torch device"),
    ],
)
def test_bad_options(options, message):
    k = options.pop("k", 2)
    with pytest.raises(ValueError, match=message):
        train(GRAPH, k, **options)


def test_divergence_is_noticed():
    with pytest.raises(FloatingPointError, match="lower the learning rate"):
        train(GRAPH, 4, steps=500, learning_rate=1e3)


@pytest.mark.gpu
def test_the_gpu_trains_alike():
    first, second = (train(GRAPH, 3, steps=50, device=device) for device in ("cpu", "cuda"))
    np.testing.assert_allclose(first.left, second.left, atol=1e-8)

import numpy as np
import pytest

from pairbounds import LatentWorld, optimal_embeddings, probe, train
from pairbounds.simulations.error_parts import error_parts
from pairbounds.simulations.observations import caption_features, image_features

WORLD = LatentWorld(n_classes=3, n_styles=2, n_positions=8, seed=1)
GRAPH = WORLD.caption_graph(0.15, 0.5)
MLP = {
    "encoder": "mlp",
    "inputs": (image_features(WORLD), caption_features(WORLD, GRAPH)),
    "optimizer": "adam",
    "steps": 60,
    "device": "cpu",
}


def test_the_parts_are_the_differences_that_they_say():
    parts = error_parts(GRAPH, 4, pairs=100, labels=12, seed=2, **MLP)
    optimum = probe(GRAPH, optimal_embeddings(GRAPH, 4)[0]).error
    whole = probe(GRAPH, train(GRAPH, 4, seed=2, **MLP).left).error
    sampled = probe(GRAPH, train(GRAPH, 4, seed=2, pairs=100, **MLP).left).error
    assert parts.approximation == pytest.approx(optimum)
    assert parts.approximation + parts.optimisation == pytest.approx(whole)
    assert parts.approximation + parts.optimisation + parts.sampling == pytest.approx(sampled)
    assert 0 <= parts.total <= 1


def test_the_limits_in_which_a_part_vanishes():
    exact = {"optimizer": "alternating", "steps": 200, "device": "cpu"}
    parts = error_parts(GRAPH, 4, pairs=10**9, labels=GRAPH.n_left - 1, **exact)
    assert parts.optimisation == pytest.approx(0, abs=1 / GRAPH.n_left)
    assert parts.sampling == pytest.approx(0, abs=1 / GRAPH.n_left)
    few = [error_parts(GRAPH, 4, pairs=10**9, labels=4, seed=seed, **exact).probe for seed in range(2)]
    assert np.mean(few) > 0.05
    poor = [error_parts(GRAPH, 4, pairs=60, labels=40, seed=seed, **exact).sampling for seed in range(2)]
    assert np.mean(poor) > 0.05


@pytest.mark.parametrize("labels", [0, GRAPH.n_left])
def test_some_images_have_labels_and_some_have_none(labels):
    with pytest.raises(ValueError, match=f"labels={labels} is not in"):
        error_parts(GRAPH, 4, pairs=10, labels=labels)

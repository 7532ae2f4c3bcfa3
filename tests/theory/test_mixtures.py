import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairbounds import HypothesisError, LatentWorld, PairGraph, induced_labelling_error, labelling_error, spectrum
from pairbounds.theory.graph.mixtures import mixture


def pair(seed: int) -> tuple[PairGraph, PairGraph]:
    world = LatentWorld(n_classes=3, n_styles=2, n_positions=4, seed=seed)
    return world.caption_graph(0.2, 0.5), world.augmentation_graph(1.5)


@given(st.integers(0, 1_000), st.floats(0.05, 0.95))
def test_theorem_12(seed, share):
    first, second = pair(seed)
    mixed = mixture(first, second, share)
    assert mixed.n_right == first.n_right + second.n_right
    assert mixed.right_ids[0] == (0, first.right_ids[0])
    for measure in (induced_labelling_error, labelling_error):
        expected = share * measure(first) + (1 - share) * measure(second)
        assert measure(mixed) == pytest.approx(expected, abs=1e-12)
    induced = share * first.induced().joint + (1 - share) * second.induced().joint
    np.testing.assert_allclose(mixed.induced().joint.toarray(), induced.toarray(), atol=1e-14)
    for m in (1, 3, 8):
        sums = [np.sum(spectrum(graph, m).singular_values ** 2) for graph in (mixed, first, second)]
        assert sums[0] <= share * sums[1] + (1 - share) * sums[2] + 1e-12


@pytest.mark.parametrize("share", [0, 1, -0.1, np.nan])
def test_bad_share(share):
    with pytest.raises(ValueError, match="is not between 0 and 1"):
        mixture(*pair(0), share)


def test_graphs_that_do_not_fit():
    first, second = pair(0)
    for joint in (np.random.default_rng(0).random((24, 3)), np.ones((5, 3))):
        with pytest.raises(HypothesisError, match="left marginals differ"):
            mixture(first, PairGraph(joint), 0.5)
    with pytest.raises(ValueError, match="left labels"):
        mixture(first, PairGraph(second.joint), 0.5)


def test_left_nodes_in_another_order():
    first, second = (PairGraph(np.eye(3), left_ids=ids) for ids in (["a", "b", "c"], ["a", "c", "b"]))
    with pytest.raises(ValueError, match="left ids of the two graphs differ: row 1 is 'b' in the first"):
        mixture(first, second, 0.5)


@pytest.mark.parametrize("sides", [("left",), ("right",), ("left", "right")])
def test_class_names_are_kept(sides):
    graph = PairGraph(np.eye(2), **{f"{side}_labels": ["cat", "dog"] for side in sides})
    assert mixture(graph, graph, 0.5).class_names == ("cat", "dog")


def test_class_names_that_differ():
    first, second = (PairGraph(np.eye(2), right_labels=["cat", other]) for other in ("dog", "fox"))
    with pytest.raises(ValueError, match="class names of the two graphs differ"):
        mixture(first, second, 0.5)

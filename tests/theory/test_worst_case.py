import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.families import GRAPHS
from theory import HypothesisError, PairGraph, probe, spectrum
from theory.bounds import Encoder
from theory.worst_case import FLOOR, NODES_LIMIT, worst_case_target


def variation(graph, target):
    """`E_{P_T} (t(x) - t(x'))²`, pair by pair."""
    pairs = graph.induced().joint.toarray()
    return sum(
        pairs[x, other] * (target[x] - target[other]) ** 2 for x in range(graph.n_left) for other in range(graph.n_left)
    )


def squared_error(graph, features, target):
    root = np.sqrt(graph.left_marginal)
    fitted = np.linalg.lstsq(root[:, None] * features, root * target)[0]
    return float(graph.left_marginal @ (target - features @ fitted) ** 2)


def case(seed):
    """A random graph and features of it that span the constants."""
    rng = np.random.default_rng(seed)
    n_left, n_right = rng.integers(2, 8, size=2)
    graph = PairGraph(np.exp(rng.choice([0.3, 1, 3]) * rng.standard_normal((n_left, n_right))))
    k = int(rng.integers(1, min(n_left, n_right) + 1))
    features = rng.standard_normal((n_left, k))
    features[:, 0] = 1
    return graph, k, features, rng


@given(st.integers(0, 2**32))
def test_no_embedding_of_width_k_has_a_better_worst_case(seed):
    graph, k, features, _ = case(seed)
    next_value = spectrum(graph, min(k + 1, *graph.joint.shape)).leading(k + 1).singular_values[k]
    found = worst_case_target(graph, features)
    if k < graph.n_left:
        assert found.error(1) >= 1 / (2 * (1 - next_value**2)) * (1 - 1e-9)
    else:
        assert found.variation == 2


@given(st.integers(0, 2**32))
def test_the_target_is_what_it_is_said_to_be_and_no_other_is_worse(seed):
    graph, k, features, rng = case(seed)
    found = worst_case_target(graph, features)
    if k == graph.n_left:
        assert not found.target.any()
        return
    assert squared_error(graph, features, found.target) == pytest.approx(1)
    assert variation(graph, found.target) == pytest.approx(found.variation, rel=1e-6)
    for target in rng.standard_normal((20, graph.n_left)):
        assert squared_error(graph, features, target) <= found.error(variation(graph, target)) * (1 + 1e-9)


@pytest.mark.parametrize("family", ["dense_random", "latent_captions", "torus", "twins", "split_by_class", "low_rank"])
@pytest.mark.parametrize("k", [1, 2, 5])
def test_equality_at_the_optimum(family, k):
    graph = GRAPHS[family](np.random.default_rng(3), 18)
    triplets = spectrum(graph, k + 1)
    optimum = Encoder.optimum(graph, triplets, k).left
    least = worst_case_target(graph, optimum).variation
    assert least == pytest.approx(2 * max(FLOOR, 1 - triplets.singular_values[k] ** 2), abs=1e-12)


def test_the_constants_missed_are_an_infinite_worst_case_up_to_round_off():
    graph = PairGraph([[3, 1], [1, 2]], [0, 1])
    assert worst_case_target(graph, np.array([[1.0], [-1.0]])).error(1) > 1e10


def test_dependent_features_span_no_more_than_their_rank():
    graph, features = GRAPHS["dense_random"](np.random.default_rng(0), 8), np.ones((8, 3))
    alone = worst_case_target(graph, features[:, :1]).variation
    assert worst_case_target(graph, features).variation == pytest.approx(alone)
    assert worst_case_target(graph, np.zeros((8, 1))).variation == pytest.approx(0, abs=1e-11)


def test_theorem_4_is_the_upper_half_for_indicators_of_classes():
    graph = GRAPHS["latent_captions"](np.random.default_rng(1), 18)
    optimum = Encoder.optimum(graph, spectrum(graph, 5), 4).left
    found, indicators = worst_case_target(graph, optimum), np.eye(3)[graph.left_labels]
    errors = [squared_error(graph, optimum, column) for column in indicators.T]
    assert sum(errors) == pytest.approx(probe(graph, optimum).mse)
    for error, column in zip(errors, indicators.T, strict=True):
        assert error <= found.error(variation(graph, column))


def test_bad_arguments():
    graph = PairGraph(np.ones((2, 3)))
    with pytest.raises(ValueError, match="width 3"):
        worst_case_target(graph, np.ones((2, 3)))
    with pytest.raises(HypothesisError, match="left nodes are more than"):
        worst_case_target(PairGraph(np.ones((NODES_LIMIT + 1, 1))), np.ones((NODES_LIMIT + 1, 1)))

"""The stored graphs: no bound fails on its own, and nothing that the tests know is sharper."""

import math
from dataclasses import replace

import numpy as np
import pytest

from pairbounds import BOUNDS, find_counterexample
from pairbounds.theory.attack import score
from pairbounds.theory.attack.sharpest import sharpest_graphs
from tests.bounds.checks import CHECKS
from tests.bounds.sharpest import store
from tests.bounds.test_witnesses import WITNESSES

GRAPHS = sharpest_graphs()


@pytest.mark.parametrize("name", GRAPHS)
def test_a_stored_graph_violates_nothing_and_is_sharper_than_the_cases_of_the_tests(name):
    """Up to the change of a searched bound on another machine: 3e-6 were observed."""
    stored = score(BOUNDS[name], *GRAPHS[name]).ratio
    assert 0 <= stored <= 1
    for checks in [CHECKS[name], *WITNESSES.get(name, [])]:
        graph, k, features, penalty = checks.case().sides
        embedding = None if BOUNDS[name].subject.endswith("optimum") else features
        assert score(BOUNDS[name], graph, k, embedding, penalty).ratio <= stored * (1 + 1e-4)


def test_a_sharper_graph_is_stored_to_the_last_bit_and_no_other(tmp_path):
    path = tmp_path / "sharpest.json"
    path.write_text("{}")
    result = find_counterexample("penalised-error", evaluations=100, rng=np.random.default_rng(0))
    features = np.full((result.graph.n_left, result.k), 1 / 3), np.full((result.graph.n_right, result.k), math.pi)
    assert store(replace(result, features=features), path)
    graph, k, again, penalty = sharpest_graphs(path)["penalised-error"]
    np.testing.assert_array_equal(graph.joint.toarray(), result.graph.joint.toarray())
    np.testing.assert_array_equal(graph.left_labels, result.graph.left_labels)
    for side, stored in zip(features, again, strict=True):
        np.testing.assert_array_equal(stored, side)
    assert (k, penalty) == (result.k, result.penalty)
    assert not store(replace(result, ratio=-1.0), path)
    assert not store(replace(result, refuted=True, ratio=2.0), path)

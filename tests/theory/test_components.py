import networkx as nx
import numpy as np
import pytest

from tests.families import GRAPHS


@pytest.mark.parametrize("family", GRAPHS)
def test_components_are_those_of_networkx(family):
    graph = GRAPHS[family](np.random.default_rng(0), 12)
    rows, columns = graph.joint.tocoo().coords
    pairs = nx.Graph([(("left", x), ("right", y)) for x, y in zip(rows, columns, strict=True)])
    left, right = graph.components
    found = {frozenset(np.flatnonzero(left == number).tolist()) for number in range(left.max() + 1)}
    expected = {frozenset(x for side, x in part if side == "left") for part in nx.connected_components(pairs)}
    assert found == expected
    assert graph.n_components == len(expected)
    np.testing.assert_array_equal(left[rows], right[columns])
    assert graph.components is graph.components
    with pytest.raises(ValueError, match="read-only"):
        left[0] = 1

import gc
import weakref

import numpy as np
import scipy.sparse as sp

from pairbounds import PairGraph
from pairbounds.theory.quantities import hop_products
from pairbounds.theory.quantities.hop_products import for_hops
from pairbounds.theory.spectrum.dense_triplets import SPARSE


def graph_of(pairs: int, size: int = 40) -> PairGraph:
    """One pair in each row, and others up to so many."""
    rng = np.random.default_rng(0)
    own = np.arange(size)
    others = rng.permutation(np.setdiff1d(np.arange(size**2), own * (size + 1)))[: pairs - size]
    joint = np.zeros(size**2)
    joint[np.concatenate([own * (size + 1), others])] = rng.uniform(1, 2, pairs)
    return PairGraph(joint.reshape(size, size))


def test_a_factor_is_dense_where_many_pairs_are_there():
    many, few = graph_of(40**2 // SPARSE), graph_of(40**2 // SPARSE - 1)
    assert isinstance(for_hops(many), np.ndarray)
    np.testing.assert_array_equal(for_hops(many), many.normalized.toarray())
    assert for_hops(many) is for_hops(many)
    assert for_hops(few) is few.normalized


def test_large_graphs_stay_sparse(monkeypatch):
    graph = graph_of(800)
    monkeypatch.setattr(hop_products, "PLACES", 40**2 - 1)
    assert sp.issparse(for_hops(graph))
    monkeypatch.setattr(hop_products, "PLACES", 40**2)
    assert not sp.issparse(for_hops(graph))


def test_a_dense_copy_lives_no_longer_than_its_graph():
    graph = graph_of(800)
    copy = weakref.ref(for_hops(graph))
    del graph
    gc.collect()
    assert copy() is None

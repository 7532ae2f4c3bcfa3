"""The spectrum on the workers of a cluster is that of one machine, also where a worker is killed on the way."""

import os
import signal
from functools import partial

import numpy as np
import pytest
import scipy.sparse as sp
import torch
from distributed import LocalCluster

from pairbounds import spectrum
from pairbounds.infrastructure.clusters import connected
from pairbounds.theory.spectrum.distributed_products import DistributedProducts, distributed_spectrum
from pairbounds.theory.spectrum.sparse_products import SparseProducts
from tests.benchmarks.duel import Size
from tests.benchmarks.graphs import block_model

K = 6
THREADS = {"processes": False, "protocol": "tcp://", "dashboard_address": ":0", "silence_logs": "CRITICAL"}


@pytest.fixture(scope="module")
def graph():
    return block_model(np.random.default_rng(0), Size(800, 200, K))


@pytest.fixture(scope="module")
def recipes(graph, tmp_path_factory):
    return stored(graph.joint * 7, tmp_path_factory.mktemp("blocks"), 3)


@pytest.fixture(scope="module")
def client():
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, **THREADS) as workers,
        connected(workers.scheduler_address, all_needed=False) as cluster,
    ):
        yield cluster


def stored(joint: sp.csr_array, folder, count: int):
    """Blocks of rows in files, and how to read each."""
    ends = np.linspace(0, joint.shape[0], count + 1).astype(int)
    paths = [folder / f"{number}.npz" for number in range(count)]
    for path, start, end in zip(paths, ends, ends[1:], strict=False):
        sp.save_npz(path, sp.csr_array(joint[start:end]))
    return [partial(sp.load_npz, path) for path in paths]


def assert_same_triplets(found, graph):
    expected = spectrum(graph, K, method="dense")
    np.testing.assert_allclose(found.singular_values, expected.singular_values, atol=1e-9)
    assert found.residuals.max() <= 1e-6
    for side in ("left", "right"):
        cosines = np.sum(getattr(found, side) * getattr(expected, side), axis=0)
        np.testing.assert_allclose(np.abs(cosines), 1, atol=1e-6, err_msg=side)


def test_products_are_those_of_one_machine(client, graph, recipes):
    there, here = DistributedProducts(client, recipes), SparseProducts(graph.normalized)
    assert there.shape == graph.joint.shape
    np.testing.assert_allclose(there.right_marginal, graph.right_marginal, rtol=1e-13)
    np.testing.assert_allclose(there.left_marginal, graph.left_marginal, rtol=1e-13)
    assert there.trace == pytest.approx(here.trace, rel=1e-12)
    rows = torch.randn(11, there.shape[1], generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    away = torch.linalg.vector_norm(there.gram(rows) - here.gram(rows), dim=1)
    assert (away <= (there.rounding + here.rounding) * torch.linalg.vector_norm(rows, dim=1)).all()
    np.testing.assert_allclose(there.gram(rows.float()), here.gram(rows), atol=1e-5)
    np.testing.assert_allclose(there.images(rows), here.images(rows), atol=1e-13)


def test_triplets_are_those_of_one_machine(client, graph, recipes):
    assert_same_triplets(distributed_spectrum(client, recipes, K), graph)


def test_what_cannot_be_computed(client, graph, tmp_path):
    joint = graph.joint
    with pytest.raises(ValueError, match=r"k=60 is not in 1\.\.34"):
        distributed_spectrum(client, stored(joint, tmp_path, 2), 60)
    with pytest.raises(ValueError, match="there are 800 columns and only 200 rows"):
        distributed_spectrum(client, stored(sp.csr_array(joint.T), tmp_path, 2), K)
    with pytest.raises(FileNotFoundError):  # which is not tried for ever
        DistributedProducts(client, [partial(sp.load_npz, tmp_path / "missing.npz")])
    with pytest.raises(ValueError, match="a row or a column of the blocks is empty"):
        DistributedProducts(client, stored(sp.vstack([joint, sp.csr_array((1, 200))], format="csr"), tmp_path, 2))


@pytest.mark.slow
def test_a_worker_that_is_killed_on_the_way_changes_nothing(graph, recipes, monkeypatch):
    """One of two processes is killed by the system in the fifth round; its nanny starts another."""
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, memory_limit="1GiB", dashboard_address=":0") as workers,
        connected(workers.scheduler_address, all_needed=False) as cluster,
    ):
        undisturbed = distributed_spectrum(cluster, recipes, K)
        rounds, gram = [], DistributedProducts.gram

        def killing(products, rows):
            rounds.append(len(rows))
            if len(rounds) == 5:
                os.kill(workers.workers[0].process.pid, signal.SIGKILL)
            return gram(products, rows)

        monkeypatch.setattr(DistributedProducts, "gram", killing)
        found = distributed_spectrum(cluster, recipes, K)
    assert len(rounds) > 5
    assert_same_triplets(found, graph)
    np.testing.assert_array_equal(found.singular_values, undisturbed.singular_values)
    np.testing.assert_array_equal(found.left, undisturbed.left)

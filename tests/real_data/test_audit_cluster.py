"""On a cluster of two workers the audit comes to the same; what needs the matrix itself says so."""

import numpy as np
import pandas as pd
import pytest
from distributed import LocalCluster

from pairbounds.__main__ import app
from pairbounds.infrastructure import clusters
from pairbounds.real_data.audit import Settings, audit, audit_report
from tests.real_data.test_audit import random_table
from tests.theory.infrastructure.test_clusters import LOCAL

BY_PRODUCTS = {"optimum", "probe-mse", "probe-error", "sharp-probe-error", "near-optimal-error", "multihop-error"}
BY_ROWS = {"tail-by-connectivity"}


@pytest.fixture(scope="module")
def address():
    with LocalCluster(n_workers=2, threads_per_worker=1, **LOCAL) as workers:
        yield workers.scheduler_address


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Pairs in five row groups, some of images without a label, and a label without a pair."""
    folder = tmp_path_factory.mktemp("cluster")
    pairs, labels = random_table(np.random.default_rng(1), 1_000, 100, 40, 5)
    labels = pd.concat([labels.iloc[7:], pd.DataFrame({"image": [-1], "label": ["class 0"]})])
    pairs.to_parquet(folder / "pairs.parquet", row_group_size=225)
    labels.to_parquet(folder / "labels.parquet")
    return folder / "pairs.parquet", folder / "labels.parquet"


@pytest.mark.parametrize("labelled", [True, False])
def test_an_audit_on_a_cluster_equals_a_local_one(address, files, tmp_path, capsys, labelled):
    pairs, labels = files[0], files[1] if labelled else None
    local = audit(pairs, labels, tmp_path / "here", Settings(8))
    remote = audit(pairs, labels, tmp_path / "there", Settings(8, dask=address))
    assert remote.summary["columns"] == local.summary["columns"]
    compared = local.summary.keys() - {"columns", "keys", "provenance"}
    for key in compared - {"bounds", "conductance", "not_on_cluster"}:
        assert remote.summary[key] == pytest.approx(local.summary[key], abs=1e-7), key
    assert remote.tables.keys() == local.tables.keys()
    for name in remote.tables.keys() - {"bounds"}:
        pd.testing.assert_frame_equal(remote.tables[name], local.tables[name], rtol=1e-5, atol=1e-7)
    bounds, expected = (done.tables["bounds"].set_index("bound") for done in (remote, local))
    away = bounds["note"].str.contains("on a cluster")
    assert not BY_PRODUCTS & {*bounds.index[away]}
    assert not labelled or {*bounds.index[away]} >= BY_ROWS
    assert local.summary["not_on_cluster"] == []
    lost = ["conductance", *bounds.index[away]]
    assert remote.summary["not_on_cluster"] == lost
    for done in (local, remote):
        audit_report.print_report(*done)
        named = f"does not give rows of the matrix: {', '.join(lost)}." in capsys.readouterr().out
        assert named is (done is remote)
    np.testing.assert_allclose(bounds.loc[~away, "value"], expected.loc[~away, "value"], rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(bounds.loc[~away, "measured"], expected.loc[~away, "measured"], rtol=1e-6, atol=1e-7)


def test_an_error_on_a_worker_and_a_dead_scheduler_are_one_line(refused, address, files, tmp_path, monkeypatch):
    pairs = pd.DataFrame({"image": range(9), "caption": range(9), "weight": [1.0] * 7 + [-1.0, 1.0]})
    pairs.to_parquet(tmp_path / "pairs.parquet", row_group_size=2)
    monkeypatch.setattr(clusters, "CONNECTING", 0.3)
    for path, scheduler, message in (
        (tmp_path / "pairs.parquet", address, "row 7 (the first is 0): the weight"),
        (files[0], "tcp://127.0.0.1:9", "tcp://127.0.0.1:9"),
    ):
        assert message in refused(app, "audit", path, "--dask", scheduler, "--out", tmp_path / "out")


def test_a_cluster_without_workers_raises():
    with LocalCluster(n_workers=0, **LOCAL) as nobody:
        connection = clusters.connected(nobody.scheduler_address)
        with pytest.raises(ValueError, match="has no workers"), connection:
            pass

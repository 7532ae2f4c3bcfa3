"""Encoders from drawn image pairs, on a small data set."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from pairbounds.real_data.studies import from_pairs

BOUNDS = ["mse_43", "mse_43_by_norms", "mse_43_by_hops", "mse_43_certified"]


def test_bounds_hold_in_any_order_of_the_images(source, tmp_path, monkeypatch):
    tables = []
    for order in (np.arange(len(source.dataset)), np.random.default_rng(1).permutation(len(source.dataset))):
        images = SimpleNamespace(images=lambda order=order: source.dataset.take(order))
        monkeypatch.setattr(from_pairs.FromPairsSettings, "source", lambda _, images=images: images)
        settings = from_pairs.FromPairsSettings(
            size=32, images=40, k=4, components=(6,), pairs=(500, 20_000), cache=str(tmp_path)
        )
        tables.append(from_pairs.measure(settings, 0))
    pd.testing.assert_frame_equal(*tables, rtol=1e-4)
    for _, row in tables[0].iterrows():
        assert all(row[bound] >= row["mse"] - 1e-9 for bound in BOUNDS)
        assert row["optimum_mse"] <= row["mse_42"] + 1e-9

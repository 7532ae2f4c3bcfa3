"""The linear probe on given features, against scikit-learn's Ridge fitted to one-hot labels; both with their error."""

import numpy as np
from sklearn.linear_model import Ridge

from pairbounds import PairGraph, probe
from tests.benchmarks.duel import Duel, Size
from tests.benchmarks.graphs import block_model, fresh

SIZES = ("XS", "S", "M", "L")
PENALTY = 1e-8  # the probe has none


def duels(size: Size, seed: int) -> list[Duel]:
    rng = np.random.default_rng(seed)
    graph = block_model(rng, size)
    features = rng.standard_normal((graph.n_left, size.k))
    return [
        Duel(
            case=f"{graph.n_left} x {size.k}",
            make=lambda: (fresh(graph), features.copy()),
            ours=lambda given: probe(*given),
            peer=lambda given: ridge_error(*given),
            peer_name="scikit-learn Ridge",
            note=f"ten classes; Ridge with alpha={PENALTY:g} and the same weights",
        )
    ]


def ridge_error(graph: PairGraph, features: np.ndarray) -> float:
    classes, labels = np.unique(graph.left_labels, return_inverse=True)
    model = Ridge(alpha=PENALTY, fit_intercept=False)
    model.fit(features, np.eye(len(classes))[labels], sample_weight=graph.left_marginal)
    return float(graph.left_marginal @ (model.predict(features).argmax(axis=1) != labels))

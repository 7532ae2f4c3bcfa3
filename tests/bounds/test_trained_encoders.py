"""Theorems 7 and 17 against their formulas spelled out for every j and every threshold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pairbounds import check_bounds, induced_labelling_error, labelling_error
from pairbounds.theory.bounds.measured import Encoder
from pairbounds.theory.bounds.scoring import embedded
from pairbounds.theory.bounds.theorem07_near_optimal import excess
from pairbounds.theory.quantities.consistency import right_induced_labelling_error
from pairbounds.theory.quantities.margins import error_within
from tests.families import GRAPHS

NEAR = ("near-optimal-error", "sharp-near-optimal-error", "zero-shot-near-optimal")
TRAINED = ("trained-mse", "trained-error", "trained-error-by-margins")
SLACK = 1e-5  # roots of round-off


def disturbed(family: str, seed: int, k: int, size: float) -> Encoder:
    """The optimum of a random graph, and noise."""
    rng = np.random.default_rng([seed, 17])
    graph = GRAPHS[family](rng, 18)
    optimum = embedded(graph, min(k, *graph.shape))
    left, right = (side + size * rng.standard_normal(side.shape) for side in (optimum.left, optimum.both_sides))
    return embedded(graph, optimum.k, (left, right))


def spelled_out(encoder: Encoder) -> dict[str, float]:
    """The least over all soft thresholds and all j, with projectors as matrices."""
    graph, k, loss = encoder.graph, encoder.k, excess(encoder)
    u, squares = encoder.spectrum.left[:, :k], encoder.spectrum.singular_values**2
    _, class_of = np.unique(graph.left_labels, return_inverse=True)
    mass, surplus = graph.left_marginal, squares[:k] - squares[k]
    targets = np.sqrt(mass)[:, None] * np.eye(class_of.max() + 1)[class_of]

    def ahead(weights: np.ndarray) -> np.ndarray:
        scores = (u * weights) @ u.T @ targets / np.sqrt(mass)[:, None]
        return np.array(
            [row[c] - np.delete(row, c).max(initial=-np.inf) for row, c in zip(scores, class_of, strict=True)]
        )

    heaviest = {
        side: (p[:, None] * np.equal.outer(labels, np.unique(labels))).sum(axis=0).max()
        for side, p, labels in (("f", mass, graph.left_labels), ("g", graph.right_marginal, graph.right_labels))
    }
    alpha, tau = labelling_error(graph), right_induced_labelling_error(graph)
    bounds = {name: [1.0] for name in TRAINED} | {name: [np.inf] for name in NEAR}
    beyond = np.linalg.norm(targets - u @ u.T @ targets, 2) ** 2
    for t in surplus[surplus > 1e-9]:
        g = np.minimum(1, np.sqrt(np.maximum(0, surplus) / t))
        remainder = np.linalg.norm(targets - (u * g) @ u.T @ targets)
        shares = np.divide(g, np.sqrt(np.maximum(0, surplus)), out=np.zeros(k), where=g > 0)
        off = np.sqrt(loss) * np.linalg.norm((u * shares) @ u.T @ targets, 2)
        bounds["trained-mse"].append((remainder + off) ** 2)
        bounds["trained-error"].append(error_within((1 + ahead(g)) / 2, mass, (remainder / 2 + off) ** 2))
        if surplus[-1] > 1e-9:
            is_counted = (surplus >= t * (1 - 1e-9)).astype(float)
            within = np.linalg.norm((u * is_counted) @ u.T @ targets, 2) ** 2
            kappa = max((within + beyond) / t, beyond / surplus[-1])
            band = np.linalg.norm((u * (1 - is_counted)) @ u.T @ targets)
            root = np.sqrt(loss * kappa) + band / 2
            bounds["trained-error-by-margins"].append(error_within(ahead((1 + is_counted) / 2), mass, root**2))
    for j in np.flatnonzero((surplus > 1e-9) & (squares[1 : k + 1] < 1 - 1e-9)):
        gap, energy = 1 - squares[j + 1], np.sum((u[:, : j + 1].T @ targets) ** 2)
        off, right = (np.sqrt(heaviest[side] * loss / surplus[j]) for side in "fg")
        tail = np.sqrt((squares[k] + loss) * tau / gap)
        bounds["near-optimal-error"].append(2 * (np.sqrt(induced_labelling_error(graph) / gap) + off) ** 2)
        bounds["sharp-near-optimal-error"].append(2 * (np.sqrt(max(0, 1 - energy)) + off) ** 2)
        bounds["zero-shot-near-optimal"].append(2 * (np.sqrt(max(0, 2 * alpha - tau)) + right + tail) ** 2)
    return {name: min(values) for name, values in bounds.items()}


@pytest.mark.parametrize("family", ["dense_random", "latent_captions", "stochastic_block", "imbalanced", "circle"])
@settings(max_examples=6)
@given(seed=st.integers(0, 99), k=st.integers(1, 8), size=st.sampled_from([0.0, 0.03, 0.1, 0.3]))
def test_bounds_of_trained_encoders_from_their_formulae(family, seed, k, size):
    """The least squared error to round-off; of the 0-1 error those thresholds that are tried come near the least."""
    encoder = disturbed(family, seed, k, size)
    least = spelled_out(encoder)
    table = check_bounds(encoder.graph, encoder.k, encoder.features, bounds=[*TRAINED, *NEAR]).set_index("bound")
    value = table["value"]
    assert value["trained-mse"] == pytest.approx(least["trained-mse"], abs=SLACK)
    assert least["trained-error"] - SLACK <= value["trained-error"] <= min(1, 2 * value["trained-mse"]) + SLACK
    assert value["trained-error"] <= least["trained-error"] + 0.15
    if table.loc["trained-error-by-margins", "applicable"]:
        assert value["trained-error-by-margins"] >= least["trained-error-by-margins"] - SLACK
    for name in NEAR:
        if np.isfinite(least[name]):
            assert value[name] == pytest.approx(least[name], rel=1e-3, abs=SLACK)

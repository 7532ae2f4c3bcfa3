"""Theorem 11: both sides of its bounds against loops transcribed from their formulas, and special cases."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from pairbounds import BOUNDS, PairGraph, check_bounds
from pairbounds.theory.attack import find_counterexample
from pairbounds.theory.bounds.measured import QUANTITIES
from pairbounds.theory.bounds.scoring import embedded
from pairbounds.theory.bounds.theorem08_class_connectivity import least_gap
from tests.families import GRAPHS, embeddings, family_graph

LABELLED = [name for name in GRAPHS if name not in ("one_class", "identity")]


def encoder_of(family, seed, k=3, size=10):
    graph = family_graph(family, seed, size)
    return embedded(graph, k, embeddings(graph, k, seed))


def value(name, encoder):
    return BOUNDS[name](encoder.graph, encoder.spectrum, encoder.k, encoder)


def measured(name, encoder):
    return QUANTITIES[BOUNDS[name].quantity].measure(encoder)


def normalised(encoder):
    left, right = (side / np.linalg.norm(side, axis=1, keepdims=True) for side in (encoder.left, encoder.right))
    return replace(encoder, left=left, right=right)


def right_classes(graph, g):
    """Mass, mean and variance of each class of the right side."""
    classes_by_label = {}
    for c in np.unique(graph.right_labels).tolist():
        nodes, p = np.flatnonzero(graph.right_labels == c), graph.right_marginal
        mass = sum(p[n] for n in nodes)
        mean = sum(p[n] * g[n] for n in nodes) / mass
        classes_by_label[c] = mass, mean, sum(p[n] * np.sum((g[n] - mean) ** 2) for n in nodes) / mass
    return classes_by_label


@pytest.mark.parametrize("family", LABELLED)
def test_the_mean_classifier_and_its_bound(family):
    encoder = encoder_of(family, 10)
    graph, f, g = encoder.graph, encoder.left, encoder.right
    joint, classes, label = graph.joint.toarray(), right_classes(encoder.graph, encoder.right), graph.right_labels
    tau = sum(mass**2 for mass, _, _ in classes.values())
    supervised, contrastive, dependence = 0.0, 0.0, 0.0
    for x, caption in product(range(graph.n_left), range(graph.n_right)):
        moments_of_class = classes[label[caption]]
        for c, (mass, mean, _) in classes.items():
            if c != label[caption]:
                supervised += joint[x, caption] * mass * max(0, 1 - f[x] @ (moments_of_class[1] - mean)) / (1 - tau)
        for other, mass in enumerate(graph.right_marginal):
            contrastive += joint[x, caption] * mass * max(0, 1 - f[x] @ (g[caption] - g[other]))
    for x, c in product(range(graph.n_left), classes):
        nodes = np.flatnonzero(label == c)
        mass = joint[x, nodes].sum()
        if mass > 0:
            dependence += mass * abs(f[x] @ (joint[x, nodes] @ g[nodes] / mass - classes[c][1]))
    assert measured("mean-classifier-any", encoder) == pytest.approx(supervised, rel=1e-10)
    expected = (contrastive + dependence - tau) / (1 - tau)
    assert value("mean-classifier-any", encoder) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("family", LABELLED)
def test_the_cross_entropy_and_what_bounds_it(family):
    encoder = encoder_of(family, 2)
    graph, sphere = encoder.graph, normalised(encoder)
    f, g, joint = sphere.left, sphere.right, graph.joint.toarray()
    classes = right_classes(graph, g)
    entropy, infonce = 0.0, 0.0
    for x in range(graph.n_left):
        normaliser = sum(mass * np.exp(f[x] @ mean) for mass, mean, _ in classes.values())
        negatives = sum(mass * np.exp(f[x] @ g[other]) for other, mass in enumerate(graph.right_marginal))
        for caption in range(graph.n_right):
            mean_of_class = classes[graph.right_labels[caption]][1]
            entropy += joint[x, caption] * (np.log(normaliser) - f[x] @ mean_of_class)
            infonce += joint[x, caption] * (np.log(negatives) - f[x] @ g[caption])
    variance = sum(mass * spread for mass, _, spread in classes.values())
    largest = max(spread for _, _, spread in classes.values())
    assert measured("cross-entropy-by-infonce", encoder) == pytest.approx(entropy, rel=1e-9, abs=1e-13)
    assert value("cross-entropy-by-infonce", encoder) == pytest.approx(infonce + np.sqrt(variance), rel=1e-9)
    below = infonce - np.sqrt(variance) - np.log(1 + (np.e**2 - 3) / 4 * largest)
    assert value("cross-entropy-below", encoder) == pytest.approx(below, rel=1e-9)


def split(rng, mixing):
    """Two classes without a pair between them; in each, pairs are independent at `mixing` 1 and one to one at 0."""
    block = mixing * np.full((4, 4), 1 / 16) + (1 - mixing) * np.eye(4) / 4
    joint = np.kron(np.diag([0.6, 0.4]), block)
    features = rng.standard_normal((8, 3)), rng.standard_normal((8, 3))
    return PairGraph(joint, np.repeat([0, 1], 4), np.repeat([0, 1], 4)), features


@pytest.mark.parametrize("mixing", [0.0, 0.3, 1.0])
def test_connected_classes_need_no_variance_term(mixing):
    graph, features = split(np.random.default_rng(3), mixing)
    encoder = embedded(graph, 3, features)
    sphere = normalised(encoder)
    infonce = value("cross-entropy-by-infonce", encoder) - np.sqrt(
        sum(mass * spread for mass, _, spread in right_classes(graph, sphere.right).values())
    )
    left = right_classes(PairGraph(graph.joint.T, graph.left_labels, graph.left_labels), sphere.left)
    right = right_classes(graph, sphere.right)
    added = sum((1 - mixing) * right[c][0] * np.sqrt(left[c][2] * right[c][2]) for c in (0, 1))
    result = value("cross-entropy-by-connectivity", encoder)
    assert result == pytest.approx(infonce + added, abs=1e-6)  # √λ₂ of a value known to round-off
    assert measured("cross-entropy-by-connectivity", encoder) <= result


@pytest.mark.parametrize("family", GRAPHS)
def test_the_nearest_mean_and_its_bounds(family):
    encoder = encoder_of(family, 5)
    graph, f, p = encoder.graph, encoder.left, encoder.graph.left_marginal
    induced, labels = graph.induced().joint.toarray(), graph.left_labels
    means, masses = {}, {}
    for c in np.unique(labels).tolist():
        masses[c] = p[labels == c].sum()
        means[c] = p[labels == c] @ f[labels == c] / masses[c]
    error, variance, apart, spread = 0.0, 0.0, 0.0, dict.fromkeys(means, 0.0)
    for x in range(graph.n_left):
        distance = {c: np.linalg.norm(f[x] - mean) for c, mean in means.items()}
        distance_to_class = distance.pop(labels[x])
        error += p[x] * any(other <= distance_to_class for other in distance.values())
        variance += p[x] * distance_to_class**2
        spread[labels[x]] += p[x] * distance_to_class**2
        apart += sum(induced[x, other] * np.sum((f[x] - f[other]) ** 2) for other in range(graph.n_left))
    assert measured("nearest-mean", encoder) == pytest.approx(error, abs=1e-12)
    assert measured("class-variance", encoder) == pytest.approx(variance, rel=1e-10, abs=1e-14)
    nearest = {c: min((np.linalg.norm(means[c] - means[d]) for d in means if d != c), default=np.inf) for c in means}
    bound = sum(min(masses[c], 4 * spread[c] / nearest[c] ** 2) for c in means)
    assert value("nearest-mean", encoder) == pytest.approx(bound, rel=1e-9)
    gap = least_gap(graph)
    by_alignment = apart / 2 / gap if gap > 0 else np.inf
    assert value("class-variance", encoder) == pytest.approx(by_alignment, rel=1e-9)


def test_a_rate_is_never_asserted():
    """Its value is no bound: errors above it are no violation, and nothing can be searched for."""
    graph = family_graph("latent_augmentations", 6)
    rows = check_bounds(graph, 8).set_index("bound")
    rate = rows.loc["image-error-rate"]
    assert np.isfinite(rate["value"])
    assert rate["measured"] == rows.loc["image-error", "measured"]
    assert not rate["applicable"]
    assert np.isnan(rate["tightness"])
    assert rate["note"].startswith("a rate")
    with pytest.raises(ValueError, match="'image-error-rate' is a rate, which is never asserted"):
        find_counterexample("image-error-rate", evaluations=1, rng=np.random.default_rng(0))

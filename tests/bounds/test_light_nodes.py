"""Where a node weighs 1e-12 bounds hold as they stand, and tightened by a millionth they are refuted."""

from dataclasses import replace
from fractions import Fraction

import mpmath as mp
import numpy as np
import pytest

from pairbounds import BOUNDS, PairGraph, check_bounds, spectrum
from pairbounds.theory.bounds import QUANTITIES, Encoder
from pairbounds.theory.bounds.theorem08_class_connectivity import least_gap
from tests.bounds.checks.check import Case

LIGHT = 1e-12
LIGHT_NODE = np.array([[1 - 1.5 * LIGHT, LIGHT / 2], [LIGHT / 2, LIGHT / 2]])


def light_view(size: float = 1.0) -> Case:
    """One class of two views, embedded along the second eigenvector of their pairs: the light one is far away."""
    graph = PairGraph(LIGHT_NODE, [0, 0])
    light = graph.left_marginal[1]
    return Case(graph, 1, size * np.array([[light], [light - 1]]) / np.sqrt(light))


def light_class() -> Case:
    """Two classes of one caption each, all hinges open: nothing is lost in the mean of a class."""
    return Case(PairGraph(LIGHT_NODE, [0, 1], [0, 1]), 1, (np.array([[1.0], [-1.0]]), np.array([[-1.0], [1.0]])))


def light_image() -> Case:
    """Scores that are pointwise mutual information, as products of coordinates of very different sizes."""
    graph = PairGraph([[0.4, 0.1], [0.1, 0.4], [LIGHT, 2 * LIGHT]])
    information = np.log(graph.joint.toarray() / np.outer(graph.left_marginal, graph.right_marginal))
    return Case(graph, 2, (information * [1, 1e-9], np.diag([1, 1e9])))


@pytest.mark.parametrize(
    ("name", "case"),
    [
        ("class-variance", light_view()),
        ("class-variance", light_view(1e-9)),
        ("mean-classifier", light_class()),
        ("mean-classifier-any", light_class()),
        ("infonce-entropy", light_image()),
    ],
)
def test_tightened_by_a_millionth(name, case, monkeypatch):
    claim = BOUNDS[name]
    stronger = replace(claim, evaluate=lambda *arguments: claim.evaluate(*arguments) * (1 - 1e-6))
    for bound, holds in ((claim, True), (stronger, False)):
        monkeypatch.setitem(BOUNDS, name, bound)
        assert check_bounds(case.graph, case.k, case.features).set_index("bound").loc[name, "holds"] == holds


def test_a_class_that_is_nearly_all_leaves_the_others_their_round_off():
    """Of the hinges against the other class, 1 less the mass of this one knows nothing."""
    weights = [[8.069317973491165e-18, 0], [7.464348775436292e-18, 0], [4.960189689593476e-18, 1e-37]]
    table = check_bounds(PairGraph(weights, [0, 0, 0], [1, 0]), 1).set_index("bound")
    for name in ("mean-classifier", "mean-classifier-any"):
        assert table.loc[name, "measured"] == pytest.approx(1)
        assert table.loc[name, "holds"]


def test_what_stays_in_a_class_is_not_taken_from_what_leaves_it():
    """The light image stays with 3e-16, of which 1 less its leak knows the first digit."""
    light = 3e-16
    share = Fraction(light) / (Fraction(light) + 1)
    assert least_gap(PairGraph([[light], [1.0]], [0, 1])) == pytest.approx(float(share), rel=1e-14, abs=0)


def test_labels_all_but_independent_given_the_class_are_told_by_each_pair():
    """One pair in 1e15 is twice as heavy as independence has it: next to the heaviest pair that is round-off."""
    joint = np.outer([1, 1e-8, 1], [1, 1e-8])
    joint[1, 1] *= 2
    case = PairGraph(np.hstack([joint, np.ones((3, 1))]), [0, 0, 1], [0, 0, 1])
    features = np.array([[1.0], [1e8], [1.0]]), np.array([[1.0], [1e8], [-1.0]])
    row = check_bounds(case, 1, features).set_index("bound").loc["mean-classifier"]
    assert "probabilities of pairs are off by" in row["note"]


def random_encoder(seed: int) -> Encoder:
    """Masses over 12 decades, features that are large where the mass is small, or far from 0."""
    rng = np.random.default_rng(seed)
    graph = PairGraph(10.0 ** -rng.uniform(0, 12, (5, 4)), rng.integers(0, 2, 5), [0, 1, 0, 1])
    f, g = rng.standard_normal((5, 2)), rng.standard_normal((4, 2))
    if seed % 3 == 1:
        f, g = f / np.sqrt(graph.left_marginal)[:, None] / 100, g
    if seed % 3 == 2:
        f, g = f + 1e6, g + 3
    return Encoder.of(graph, spectrum(graph, 3), 2, (f, g))


def precise(quantity: str, encoder: Encoder):
    """Both are transcribed from their formulas in fifty digits, of weights and features as the floats they are."""
    with mp.workdps(50):
        joint = mp.matrix(encoder.graph.joint.toarray().tolist())
        f, g = (mp.matrix(side.tolist()) for side in (encoder.left, encoder.right))
        p = [mp.fsum(joint[i, :]) for i in range(joint.rows)]
        q = [mp.fsum(joint[:, j]) for j in range(joint.cols)]
        if quantity == "class_variance":
            return float(_precise_variance(p, f, encoder.graph.left_labels))
        score = f * g.T
        attraction = mp.fsum(joint[i, j] * score[i, j] for i in range(joint.rows) for j in range(joint.cols))
        forward = [mp.log(mp.fsum(q[j] * mp.exp(score[i, j]) for j in range(joint.cols))) for i in range(joint.rows)]
        backward = [mp.log(mp.fsum(p[i] * mp.exp(score[i, j]) for i in range(joint.rows))) for j in range(joint.cols)]
        return float((mp.fdot(p, forward) + mp.fdot(q, backward)) / 2 - attraction)


def _precise_variance(p, f, labels):
    total = mp.mpf(0)
    for c in set(labels.tolist()):
        nodes = np.flatnonzero(labels == c).tolist()
        mass = mp.fsum(p[i] for i in nodes)
        for column in range(f.cols):
            mean = mp.fsum(p[i] * f[i, column] for i in nodes) / mass
            total += mp.fsum(p[i] * (f[i, column] - mean) ** 2 for i in nodes)
    return total


@pytest.mark.parametrize("quantity", ["class_variance", "infonce_loss"])
@pytest.mark.parametrize("seed", range(3))
def test_what_is_measured_is_off_by_no_more_than_its_scale_says(quantity, seed):
    encoder = random_encoder(seed)
    if quantity == "class_variance":  # centring rounds the features, on both sides of the bound alike
        p = encoder.graph.left_marginal
        encoder = replace(encoder, left=encoder.left - p @ encoder.left)
    measured, scale = QUANTITIES[quantity].measure(encoder), QUANTITIES[quantity].scale(encoder)
    assert abs(measured - precise(quantity, encoder)) <= encoder.spectrum.round_off * scale

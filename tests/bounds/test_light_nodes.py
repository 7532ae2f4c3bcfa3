"""Bounds hold as they stand, and tightened by a billionth, or where a node weighs 1e-12 a millionth, are refuted."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from pairbounds import BOUNDS, PairGraph, check_bounds
from pairbounds.theory.bounds.theorem08_class_connectivity import least_gap
from tests.bounds.checks.check import Case, tie

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
    ("name", "case", "share"),
    [
        ("class-variance", light_view(), 1e-6),
        ("class-variance", light_view(1e-9), 1e-6),
        ("mean-classifier-any", light_class(), 1e-6),
        ("infonce-entropy", light_image(), 1e-6),
        *((name, tie(), 1e-9) for name in ("probe-mse", "probe-error", "sharp-probe-mse", "factorisation", "optimum")),
    ],
)
def test_a_bound_tightened_by_a_little_fails_beside_light_nodes(name, case, share, monkeypatch):
    claim = BOUNDS[name]
    stronger = replace(claim, evaluate=lambda *arguments: claim(*arguments) * (1 - share))
    for bound, holds in ((claim, True), (stronger, False)):
        monkeypatch.setitem(BOUNDS, name, bound)
        assert case.row(name)["holds"] == holds


def test_a_class_that_is_nearly_all_leaves_the_others_their_round_off():
    """Hinges against the other class are lost in 1 less the mass of this one."""
    weights = [[8.069317973491165e-18, 0], [7.464348775436292e-18, 0], [4.960189689593476e-18, 1e-37]]
    table = check_bounds(PairGraph(weights, [0, 0, 0], [1, 0]), 1).set_index("bound")
    assert table.loc["mean-classifier-any", "measured"] == pytest.approx(1)
    assert table.loc["mean-classifier-any", "holds"]


def test_mass_that_stays_in_a_class_does_not_count_as_mass_that_leaves():
    """The light image stays with probability 3e-16. One minus its leak has one correct digit of that."""
    light = 3e-16
    share = Fraction(light) / (Fraction(light) + 1)
    assert least_gap(PairGraph([[light], [1.0]], [0, 1])) == pytest.approx(float(share), rel=1e-14, abs=0)

"""Outward rounding: what a spectrum says that it may be off by counts against every claim that rests on it.

The allowances of a spectrum are a few units in the last place, which no test can tell from the round-off of the
processor. So they are made a ten-thousandth here, one at a time: a value that takes the plain number in the place of a
rounded one does not move.
"""

from dataclasses import replace

import numpy as np
import pytest

from pairbounds import BOUNDS, HypothesisError, PairGraph
from pairbounds.theory.bounds.quantities import Encoder
from pairbounds.theory.bounds.theorem18_penalty import duality_gap, penalised_excess
from pairbounds.theory.spectrum.triplets import Spectrum
from tests.bounds.checks import CHECKS
from tests.bounds.checks.check import Case
from tests.bounds.test_every_bound import arguments_of
from tests.bounds.test_witnesses import (
    BIT_VALUES,
    WITNESSES,
    penalised_bits,
    two_bits,
    two_captions_of_a_class,
)

OFF = 1e-4

# Bounds that each allowance weakens, on one of their cases at least.
MOVED = {
    "upper": """
        probe-mse probe-error sharp-probe-mse sharp-probe-error image-error-by-pairs
        image-error-haochen zero-shot near-optimal-error
        sharp-near-optimal-error multihop-near-optimal-error zero-shot-near-optimal cheeger-below
        class-partition class-leaks trained-mse trained-error trained-error-by-margins trained-mse-below
        penalised-error multihop-penalised-encoder-mse induced-alignment pair-alignment
    """,
    "lower": """
        near-optimal-error sharp-near-optimal-error multihop-near-optimal-error
        zero-shot-near-optimal cheeger-above trained-mse trained-error trained-error-by-margins
        trained-mse-below
    """,
    "rounding": """
        probe-mse probe-error sharp-probe-mse sharp-probe-error sharp-probe-mse-below
        image-error-by-pairs image-error-haochen zero-shot
        near-optimal-error sharp-near-optimal-error multihop-near-optimal-error
        zero-shot-near-optimal cheeger-above multihop-mse multihop-error
        multihop-mse-below imbalance-error local-multihop-error trained-mse trained-error
        trained-error-by-margins trained-mse-below penalised-mse penalised-mse-below penalised-error
        penalised-encoder-mse penalised-encoder-error multihop-penalised-encoder-mse
        penalised-encoder-mse-by-duality counted-mse
    """,
}
# By how many times the allowance, worked out by hand: of two nodes with `α_T = 0.18`, `σ_2 = 0.8`.
A, GAP = 0.18, 0.36
TIMES = {
    ("probe-mse", "upper"): 1.6 * A / GAP**2,
    ("image-error-by-pairs", "upper"): 6.4 * A / GAP**2,
    ("cheeger-below", "upper"): 0.8,
    ("class-leaks", "upper"): 1.6,
    ("induced-alignment", "upper"): 3.2,
    ("pair-alignment", "upper"): 2.0,
    ("probe-mse", "rounding"): 1 / GAP,
    ("sharp-probe-error", "rounding"): 2 / GAP,
    ("sharp-probe-mse-below", "rounding"): 1.0,
}
ALLOWANCES = {
    "upper": lambda triplets: {"upper_values": np.minimum(1, triplets.upper_values + OFF)},
    "lower": lambda triplets: {"lower_values": np.maximum(0, triplets.lower_values - OFF)},
    "rounding": lambda triplets: {"rounding": triplets.rounding + OFF},
}


def saying(triplets: Spectrum, **said) -> Spectrum:
    """The same triplets, which say of themselves something else."""
    other = replace(triplets)
    vars(other).update(said)  # as what is computed once and kept
    return other


def weakened(name: str, arguments: tuple[PairGraph, Spectrum, int, Encoder], **said) -> float:
    """By how many times `OFF` a claim gets weaker where the spectrum says so; negative where it gets sharper."""
    graph, triplets, k, encoder = arguments
    ends = {"upper_values": triplets.upper_values, "lower_values": triplets.lower_values, "rounding": triplets.rounding}
    values = []
    for told in ({}, said):
        other = saying(triplets, **(ends | told))
        values.append(BOUNDS[name](graph, other, k, replace(encoder, spectrum=other)))
    return (values[1] - values[0]) / OFF * (-1 if BOUNDS[name].relation == ">=" else 1)


@pytest.mark.parametrize("allowance", ALLOWANCES)
@pytest.mark.parametrize("name", BOUNDS)
def test_what_may_be_off_weakens_a_claim(name, allowance):
    said = ALLOWANCES[allowance]
    cases = (arguments_of(checks.case()) for checks in [CHECKS[name], *WITNESSES.get(name, [])])
    moved = [weakened(name, arguments, **said(arguments[1])) for arguments in cases]
    assert min(moved) > -1e-6
    assert name not in MOVED[allowance].split() or max(moved) > 1e-3
    if (name, allowance) in TIMES:
        assert moved[0] == pytest.approx(TIMES[name, allowance], rel=0.01)


@pytest.mark.parametrize(("k", "beyond"), [(4, 0.0), (2, (1 - 0.5 / 0.8) ** 2 * np.sum(BIT_VALUES**2))])
def test_the_excess_of_a_penalised_loss_is_off_by_a_rounding_of_its_terms(k, beyond):
    """Excess of `‖F Gᵀ‖² - 2 <F Gᵀ, Ā> + μ (‖F‖² + ‖G‖²)` over the least, with what is beyond the width."""
    graph, triplets, _, encoder = arguments_of(penalised_bits(0.5, k, 0.01, 1.1))
    size = 0.5 * float(
        graph.left_marginal @ encoder.left**2 @ np.ones(k) + graph.right_marginal @ encoder.right**2 @ np.ones(k)
    )
    plain, off = (penalised_excess(replace(encoder, spectrum=saying(triplets, rounding=r))) for r in (0.0, OFF))
    scale = max(float(np.sum((BIT_VALUES - 0.5) ** 2)), encoder.loss_scale)
    assert (off - plain) / OFF == pytest.approx(scale + size + beyond)


def test_a_duality_gap_is_off_by_a_rounding_of_its_norm_and_of_its_terms():
    graph, triplets, _, encoder = arguments_of(penalised_bits(0.76, 3, -0.001))
    root = np.sqrt(graph.left_marginal)[:, None], np.sqrt(graph.right_marginal)[:, None]
    residual = graph.normalized.toarray() - (root[0] * encoder.left) @ (root[1] * encoder.right).T
    size = 0.76 * float(np.sum((root[0] * encoder.left) ** 2) + np.sum((root[1] * encoder.right) ** 2))
    whole, along = float(np.sum(BIT_VALUES**2)), float(np.sum(residual * graph.normalized.toarray()))
    for r in (0.0, 1e-6):
        share = 0.76 / (np.linalg.norm(residual, 2) + r * encoder.loss_scale)
        gap = (1 + share**2) * float(np.sum(residual**2)) + size - 2 * share * along
        expected = gap + r * (1 + share) ** 2 * (whole + encoder.loss_scale + size)
        found = duality_gap(replace(encoder, spectrum=saying(triplets, rounding=r)))
        assert found == pytest.approx(expected, abs=1e-10)


def test_what_is_spared_by_imbalance_is_rounded_down():
    """`2 (Σ K + r) - Σ_c (3 (K_c - r - √p_c r / (1 - σ²))₊² / p_c - p_c)₊`, from dense vectors."""
    graph, triplets, k, _ = arguments_of(CHECKS["imbalance-error"].case())
    masses = np.bincount(graph.left_labels, weights=graph.left_marginal)
    labels = np.sqrt(graph.left_marginal)[:, None] * np.eye(len(masses))[graph.left_labels]
    missed, gap = masses - np.sum((triplets.left[:, :k].T @ labels) ** 2, axis=0), 1 - triplets.upper_values[k] ** 2
    for r in (0.0, 1e-3):
        least = 1.5 * np.maximum(0, missed - r - np.sqrt(masses) * r / gap) ** 2 / masses
        expected = 2 * (missed.sum() + r) - np.maximum(0, 2 * least - masses).sum()
        found = BOUNDS["imbalance-error"](graph, saying(triplets, rounding=r), k)
        assert found == pytest.approx(expected, rel=1e-9)


def test_the_hinge_of_classes_is_rounded_up():
    """Weights and scores are powers of two, so that without an allowance the value is exact."""
    arguments = arguments_of(two_captions_of_a_class())
    assert 15 / 8 + 1e-15 < BOUNDS["mean-classifier-any"](*arguments) < 15 / 8 + 1e-10


def test_classes_that_fall_apart_are_no_division_by_0():
    apart = Case(PairGraph(np.eye(2), [0, 0]), 1, np.array([[1.0], [-1.0]]))
    assert BOUNDS["class-variance"](*arguments_of(apart)) == np.inf
    assert BOUNDS["image-error-rate"](*arguments_of(Case(PairGraph(np.eye(4), [0, 0, 1, 1], [0, 0, 1, 1]), 4))) == 0


@pytest.mark.parametrize("k", [2, 4])  # within the rank, and at it
@pytest.mark.parametrize(("share", "apart"), [(0.5, True), (1.0, False)])
def test_values_no_further_apart_than_round_off_are_one_to_theorem_3(share, apart, k):
    graph, triplets, _, _ = arguments_of(two_bits(features=False, k=k))
    values = triplets.singular_values
    told = saying(triplets, rounding=share * (values[k - 1] - values[k]))
    if apart:
        assert BOUNDS["mmcl-is-sscl"](graph, told, k) == pytest.approx(-np.sum(BIT_VALUES[:k] ** 4))
    else:
        with pytest.raises(HypothesisError, match="fails"):
            BOUNDS["mmcl-is-sscl"](graph, told, k)

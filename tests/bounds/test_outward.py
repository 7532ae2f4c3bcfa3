"""Outward rounding: the error allowances of a spectrum weaken every bound that uses it.

The allowances of a spectrum are a few units in the last place, which no test can tell from the round-off of the
processor. So they are made a ten-thousandth here, one at a time: a value that takes the plain number in the place of a
rounded one does not move.
"""

from dataclasses import replace

import numpy as np
import pytest

from pairbounds import BOUNDS, HypothesisError, PairGraph
from pairbounds.theory.bounds.measured import Encoder
from pairbounds.theory.graph.singular_triplets import Spectrum
from tests.bounds.checks import CHECKS
from tests.bounds.checks.check import Case
from tests.bounds.test_every_bound import arguments_of
from tests.bounds.test_witnesses import BIT_VALUES, WITNESSES, two_bits

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
        penalised-encoder-mse-by-duality counted-mse probe-error-by-connectivity
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


def with_allowances(triplets: Spectrum, **changes) -> Spectrum:
    """The same triplets with other allowances."""
    other = replace(triplets)
    vars(other).update(changes)  # cached properties
    return other


def weakened(name: str, arguments: tuple[PairGraph, Spectrum, int, Encoder], **moved) -> float:
    """Change of a claim by other allowances, in multiples of `OFF`: positive if the claim is weaker."""
    graph, triplets, k, encoder = arguments
    ends = {"upper_values": triplets.upper_values, "lower_values": triplets.lower_values, "rounding": triplets.rounding}
    values = []
    for changes in ({}, moved):
        other = with_allowances(triplets, **(ends | changes))
        values.append(BOUNDS[name](graph, other, k, replace(encoder, spectrum=other)))
    return (values[1] - values[0]) / OFF * (-1 if BOUNDS[name].relation == ">=" else 1)


@pytest.mark.parametrize("allowance", ALLOWANCES)
@pytest.mark.parametrize("name", BOUNDS)
def test_an_allowance_for_error_weakens_a_claim(name, allowance):
    changes = ALLOWANCES[allowance]
    cases = (arguments_of(checks.case()) for checks in [CHECKS[name], *WITNESSES.get(name, [])])
    moved = [weakened(name, arguments, **changes(arguments[1])) for arguments in cases]
    assert min(moved) > -1e-6
    assert name not in MOVED[allowance].split() or max(moved) > 1e-3
    if (name, allowance) in TIMES:
        assert moved[0] == pytest.approx(TIMES[name, allowance], rel=0.01)


def test_disconnected_classes_cause_no_division_by_0():
    apart = Case(PairGraph(np.eye(2), [0, 0]), 1, np.array([[1.0], [-1.0]]))
    for name in ("class-variance", "probe-error-by-connectivity"):
        assert BOUNDS[name](*arguments_of(apart)) == np.inf
    assert BOUNDS["image-error-rate"](*arguments_of(Case(PairGraph(np.eye(4), [0, 0, 1, 1], [0, 0, 1, 1]), 4))) == 0


@pytest.mark.parametrize("k", [2, 4])  # within the rank, and at it
@pytest.mark.parametrize(("share", "apart"), [(0.5, True), (1.0, False)])
def test_theorem_3_rejects_values_that_differ_by_round_off(share, apart, k):
    graph, triplets, _, _ = arguments_of(two_bits(features=False, k=k))
    values = triplets.singular_values
    perturbed = with_allowances(triplets, rounding=share * (values[k - 1] - values[k]))
    if apart:
        assert BOUNDS["mmcl-is-sscl"](graph, perturbed, k) == pytest.approx(-np.sum(BIT_VALUES[:k] ** 4))
    else:
        with pytest.raises(HypothesisError, match="fails"):
            BOUNDS["mmcl-is-sscl"](graph, perturbed, k)

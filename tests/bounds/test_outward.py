"""Outward rounding: what a spectrum says that it may be off by counts against every claim that rests on it.

The allowances of a spectrum are a few units in the last place, which no test can tell from the round-off of the
processor. So they are made a ten-thousandth here, one at a time: a value that takes the plain number in the place of a
rounded one does not move.
"""

from dataclasses import replace

import numpy as np
import pytest

from tests.bounds.checks import CHECKS
from tests.bounds.checks.check import Case, two_nodes
from tests.bounds.test_every_bound import arguments_of
from tests.bounds.test_mutants import WITNESSES, thrice
from theory import BOUNDS, PairGraph
from theory.bounds import Encoder
from theory.spectra import Spectrum

OFF = 1e-4

# By how many times the allowance each claim gets weaker, on the first of its cases that shows it: more than 0, or of
# two nodes with `α_T = 0.18`, `σ_2 = 0.8` worked out by hand.
SOME = None
A, GAP = 0.18, 0.36
UPPER = {
    "probe-mse": 1.6 * A / GAP**2,
    "probe-error": 3.2 * A / GAP**2,
    "probe-error-by-alpha": 3.2 * A / GAP**2,
    "sharp-probe-mse": 1.6 * A / GAP**2,
    "sharp-probe-error": 3.2 * A / GAP**2,
    "image-error-by-pairs": 6.4 * A / GAP**2,
    "image-error-by-alpha": 6.4 * A / GAP**2,
    "image-error-haochen": 3.2 * A / GAP**2,
    "zero-shot": SOME,
    "near-optimal-mse": SOME,
    "near-optimal-error": SOME,
    "sharp-near-optimal-error": SOME,
    "multihop-near-optimal-error": SOME,
    "zero-shot-any": SOME,
    "zero-shot-near-optimal": SOME,
    "cheeger-below": 0.8,
    "class-partition": 0.8,
    "class-leaks": 1.6,
    "trained-mse": SOME,
    "trained-error": SOME,
    "trained-error-by-margins": SOME,
    "trained-mse-below": SOME,
    "penalised-error": SOME,
    "two-hop-penalised-mse": SOME,
    "two-hop-mse": SOME,
    "multihop-penalised-encoder-mse": SOME,
    "induced-alignment": 3.2,
    "pair-alignment": 2.0,
}
LOWER = {
    "near-optimal-mse": SOME,
    "near-optimal-error": SOME,
    "sharp-near-optimal-error": SOME,
    "multihop-near-optimal-error": SOME,
    "zero-shot-near-optimal": SOME,
    "cheeger-above": SOME,
    "trained-mse": SOME,
    "trained-error": SOME,
    "trained-error-by-margins": SOME,
    "trained-mse-below": SOME,
    "walk-vote-error": SOME,
}
ROUNDING = {
    "probe-mse": 1 / GAP,
    "probe-error": 1 / GAP,
    "probe-error-by-alpha": 1 / GAP,
    "sharp-probe-mse": 1 / GAP,
    "sharp-probe-error": 2 / GAP,
    "sharp-probe-mse-below": 1.0,
    "image-error-by-pairs": 1 / GAP,
    "image-error-by-alpha": 1 / GAP,
    "image-error-haochen": 1 / GAP,
    "zero-shot": SOME,
    "near-optimal-mse": SOME,
    "near-optimal-error": SOME,
    "sharp-near-optimal-error": SOME,
    "multihop-near-optimal-error": SOME,
    "zero-shot-any": SOME,
    "zero-shot-near-optimal": SOME,
    "probe-error-by-connectivity": SOME,
    "cheeger-above": SOME,
    "multihop-mse": SOME,
    "multihop-error": SOME,
    "multihop-mse-below": SOME,
    "imbalance-error": SOME,
    "local-multihop-error": SOME,
    "walk-vote-error": SOME,
    "trained-mse": SOME,
    "trained-error": SOME,
    "trained-error-by-margins": SOME,
    "trained-mse-below": SOME,
    "penalised-mse": SOME,
    "penalised-mse-below": SOME,
    "penalised-error": SOME,
    "multihop-penalised-error": SOME,
    "two-hop-penalised-mse": SOME,
    "two-hop-mse": SOME,
    "penalised-encoder-mse": SOME,
    "penalised-encoder-error": SOME,
    "multihop-penalised-encoder-mse": SOME,
    "penalised-encoder-mse-by-duality": SOME,
    "counted-mse": SOME,
    "counted-error": SOME,
}
ALLOWANCES = {
    "upper": (UPPER, lambda triplets: {"upper_values": np.minimum(1, triplets.upper_values + OFF)}),
    "lower": (LOWER, lambda triplets: {"lower_values": np.maximum(0, triplets.lower_values - OFF)}),
    "rounding": (ROUNDING, lambda triplets: {"rounding": triplets.rounding + OFF}),
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
    moving, said = ALLOWANCES[allowance]
    cases = (arguments_of(checks.case()) for checks in [CHECKS[name], *WITNESSES.get(name, [])])
    moved = [weakened(name, arguments, **said(arguments[1])) for arguments in cases]
    assert min(moved) > -1e-6
    if name in moving:
        assert max(moved) > 1e-3
        assert moving[name] is SOME or moved[0] == pytest.approx(moving[name], rel=0.01)


def test_the_counted_gap_is_rounded_down_and_its_numerator_up():
    """Of `(α_T + r) / (g - r)` at `g = 0.68` both count."""
    arguments = arguments_of(Case(thrice(two_nodes(0.1)), 2))
    expected = 1 / 0.68 + 0.18 / 0.68**2
    assert weakened("counted-mse", arguments, rounding=OFF) == pytest.approx(expected, rel=0.01)

"""The four checks, for every bound: a sweep, an equality case, a tightened bound, a violated hypothesis."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from pairbounds import BOUNDS, Bound, HypothesisError, PairGraph, check_bounds
from pairbounds.theory.bounds.measured import QUANTITIES, Encoder
from pairbounds.theory.bounds.scoring import embedded
from pairbounds.theory.graph.singular_triplets import Spectrum
from tests.bounds.checks import CHECKS
from tests.bounds.checks.check import QUICK, Case, Checks
from tests.families import GRAPHS, embeddings

SIZE = 18


def arguments_of(case: Case) -> tuple[PairGraph, Spectrum, int, Encoder]:
    """The arguments that a bound is called with."""
    encoder = embedded(case.graph, case.k, case.features, case.penalty)
    if case.critic is not None:
        encoder = Encoder.critic(case.graph, encoder.spectrum, case.critic)
    return case.graph, encoder.spectrum, case.k, encoder


def test_every_bound_has_checks():
    unchecked = [BOUNDS[name].evaluate.__module__ for name in BOUNDS.keys() - CHECKS.keys()]
    files = {f"tests/bounds/checks/{module.rpartition('.')[2].partition('_')[0]}.py" for module in unchecked}
    assert not files, f"add a check in {', '.join(sorted(files))}"
    assert CHECKS.keys() == BOUNDS.keys()


# 1. A sweep: no bound is ever violated.


@pytest.mark.parametrize("family", GRAPHS)
@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_every_bound_holds_on_every_family(family, seed):
    """Claims about encoders are of the optimum at every other width, and of random features on the other graph.

    Bounds of `SEARCHED` are evaluated at the widths of the optimum.
    """
    graph = GRAPHS[family](np.random.default_rng([seed, 1]), SIZE)
    smaller = min(graph.shape)
    for turn, k in enumerate(sorted({1, 2, smaller // 2, smaller - 1, smaller} - {0})):
        features = embeddings(graph, k, seed) if (turn + seed) % 2 else None
        options = {"penalty": 0.6, "critic": embeddings(graph, 3, seed), "bounds": QUICK if turn % 2 else None}
        table = check_bounds(graph, k, features, **options)
        violated = table[~table["holds"]]
        assert violated.empty, f"k={k}:\n{violated.to_string()}"


# 2. On an equality case the bound says all but exactly what is measured; or it has the value worked out by hand.


def pinned_down(claim: Bound, checks: Checks) -> bool:
    """Test that a case shows a bound to have its constants; `test_witnesses.py` has more cases."""
    assert checks.within < 0.1
    arguments = arguments_of(checks.case())
    value = claim(*arguments)
    if checks.value is not None:
        return value == pytest.approx(checks.value, rel=1e-5, abs=0)
    measured = QUANTITIES[claim.quantity].measure(arguments[3])
    gap = {"<=": value - measured, ">=": measured - value, "=": -abs(value - measured)}[claim.relation]
    return -1e-9 <= gap <= max(checks.within * abs(measured), 1e-12)


# 3. A tightened bound must fail, and check_bounds must say so.


@pytest.mark.parametrize("name", BOUNDS)
def test_a_tightened_bound_fails(name, monkeypatch):
    """The value is multiplied by 0.9, or by 1.1 if that is the stronger claim."""
    claim, checks = BOUNDS[name], CHECKS[name]

    def evaluate(*arguments: Any) -> float:
        value = claim(*arguments)
        return value * (1.1 if claim.relation == ">=" and value > 0 else 0.9)

    monkeypatch.setitem(BOUNDS, name, replace(claim, evaluate=evaluate))
    assert not pinned_down(BOUNDS[name], checks)
    assert checks.value is not None or not checks.case().row(name)["holds"]


# 4. A violated hypothesis raises, and becomes a row with a note.


@pytest.mark.parametrize("name", [name for name in BOUNDS if name in CHECKS and CHECKS[name].violated])
def test_a_violated_hypothesis_raises(name):
    make, message = CHECKS[name].violated
    case = make()
    arguments = arguments_of(case)
    with pytest.raises(HypothesisError, match=message):
        BOUNDS[name](*arguments)
        QUANTITIES[BOUNDS[name].quantity].measure(arguments[3])
    row = case.row(name)
    assert not row["applicable"]
    assert row["note"].startswith("not applicable: ")
    assert np.isnan(row["value"])

"""The four teeth, for every bound: a sweep, an equality case, a tightened bound, a violated hypothesis."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from tests.families import FAMILIES
from theory import BOUNDS, Bound, HypothesisError, PairGraph, check_bounds, spectrum
from theory.bounds import QUANTITIES, Encoder
from theory.spectra import Spectrum

SIZE = 18


def case(graph: PairGraph, k: int, features: Any = None) -> tuple[PairGraph, Spectrum, int, Encoder]:
    """What a bound is called with."""
    triplets = spectrum(graph, min(k + 1, *graph.joint.shape)).padded(k + 1)
    encoder = Encoder.optimum(graph, triplets, k) if features is None else Encoder.of(graph, triplets, k, features)
    return graph, triplets, k, encoder


def random_features(graph: PairGraph, k: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.standard_normal((graph.n_left, k)), rng.standard_normal((graph.n_right, k))


# 1. A sweep: no bound is ever violated.


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("seed", range(3))
def test_every_bound_holds_on_every_family(family, seed):
    graph = FAMILIES[family](np.random.default_rng([seed, 1]), SIZE)
    smaller = min(graph.joint.shape)
    for k in sorted({1, 2, 3, smaller // 2, smaller - 1, smaller} - {0}):
        for features in (None, random_features(graph, k, seed)):
            table = check_bounds(graph, k, features)
            violated = table[~table["holds"].fillna(True)]
            assert violated.empty, f"k={k}:\n{violated.to_string()}"


@pytest.mark.slow
def test_a_thousand_random_graphs():
    """Identities to 1e-9 relative, no bound violated."""
    rng = np.random.default_rng(2024)
    names = list(FAMILIES)
    for number in range(1_000):
        graph = FAMILIES[names[number % len(names)]](rng, int(rng.integers(8, 40)))
        k = int(rng.integers(1, min(graph.joint.shape) + 1))
        features = None if number % 2 else random_features(graph, k, number)
        table = check_bounds(graph, k, features)
        assert table["holds"].fillna(True).all(), f"graph {number}, k={k}:\n{table.to_string()}"
        identities = table[(table["relation"] == "=") & table["holds"].notna()]
        np.testing.assert_allclose(identities["measured"], identities["value"], rtol=1e-9, atol=1e-12)


# 2. An equality case: for each bound a graph on which it says exactly, or all but exactly, what is measured.


def two_nodes(error: float) -> PairGraph:
    """Two images, two captions, each caption shared with probability `error`: σ_2 = 1 - 2 error."""
    return PairGraph([[1 - error, error], [error, 1 - error]], [0, 1], [0, 1])


def spread_errors() -> PairGraph:
    """Images of 40 classes; one caption names class 0 and one pair in a hundred of it is any other class."""
    weights = np.r_[0.99, np.full(39, 0.01 / 39)]
    return PairGraph(weights[:, None], np.arange(40), [0])


@dataclass(frozen=True)
class Equality:
    graph: Callable[[], PairGraph]
    k: int = 1


EQUALITY = {
    "factorisation": Equality(lambda: two_nodes(0.1)),
    "optimum": Equality(lambda: two_nodes(0.1)),
    "excess-loss": Equality(lambda: two_nodes(0.1)),
    "mmcl-is-sscl": Equality(lambda: two_nodes(0.1)),
    "induced-labelling-error": Equality(spread_errors),
    "probe-mse": Equality(lambda: two_nodes(0.1)),
    "probe-error": Equality(lambda: two_nodes(0.1)),
    "probe-error-by-alpha": Equality(lambda: two_nodes(0.005)),
    "sharp-probe-mse": Equality(lambda: two_nodes(0.1)),
    "sharp-probe-error": Equality(lambda: two_nodes(0.1)),
    "sharp-probe-mse-below": Equality(lambda: two_nodes(0.5)),
}


def gap(claim: Bound, arguments: tuple[PairGraph, Spectrum, int, Encoder]) -> float:
    """By how much a bound holds; negative where it is violated."""
    measured, value = QUANTITIES[claim.quantity].measure(arguments[3]), claim(*arguments)
    return {"<=": value - measured, ">=": measured - value, "=": -abs(value - measured)}[claim.relation]


def tightened(claim: Bound) -> Bound:
    """The bound with its constant 0.9 times what it is, or 1.1 times where that is the stronger claim."""

    def evaluate(*arguments: Any) -> float:
        value = claim.evaluate(*arguments)
        return value * (1.1 if claim.relation == ">=" and value > 0 else 0.9)

    return replace(claim, evaluate=evaluate)


@pytest.mark.parametrize("name", BOUNDS)
def test_equality_case(name):
    arguments = case(EQUALITY[name].graph(), EQUALITY[name].k)
    measured = QUANTITIES[BOUNDS[name].quantity].measure(arguments[3])
    assert abs(gap(BOUNDS[name], arguments)) <= 0.01 * abs(measured)
    assert gap(BOUNDS[name], arguments) >= -1e-12


# 3. A tightened bound must fail.


@pytest.mark.parametrize("name", BOUNDS)
def test_a_tightened_bound_fails(name):
    arguments = case(EQUALITY[name].graph(), EQUALITY[name].k)
    assert gap(tightened(BOUNDS[name]), arguments) < -1e-3


def test_the_table_reports_a_tightened_bound_as_violated(monkeypatch):
    for name, claim in BOUNDS.items():
        monkeypatch.setitem(BOUNDS, name, tightened(claim))
        table = check_bounds(EQUALITY[name].graph(), EQUALITY[name].k).set_index("bound")
        assert not table.loc[name, "holds"]
        monkeypatch.setitem(BOUNDS, name, claim)


# 4. A violated hypothesis raises, and becomes a row with a note.


def unlabelled() -> tuple[PairGraph, int, Any]:
    return PairGraph(np.random.default_rng(0).random((6, 5))), 2, None


def without_right_labels() -> tuple[PairGraph, int, Any]:
    return PairGraph(np.random.default_rng(0).random((6, 5)), [0, 1, 0, 1, 0, 1]), 2, None


def left_features_only() -> tuple[PairGraph, int, Any]:
    return two_nodes(0.1), 1, np.ones((2, 1))


def tied_values() -> tuple[PairGraph, int, Any]:
    return FAMILIES["cycle"](np.random.default_rng(0), 9), 2, None


VIOLATED = {
    "factorisation": (left_features_only, "right embedding"),
    "excess-loss": (left_features_only, "right embedding"),
    "mmcl-is-sscl": (tied_values, "σ_k > σ_"),
    "induced-labelling-error": (without_right_labels, "no right labels"),
    "probe-mse": (unlabelled, "no left labels"),
    "probe-error": (unlabelled, "no left labels"),
    "probe-error-by-alpha": (without_right_labels, "no right labels"),
    "sharp-probe-mse": (unlabelled, "no left labels"),
    "sharp-probe-error": (unlabelled, "no left labels"),
    "sharp-probe-mse-below": (unlabelled, "no left labels"),
}
WITHOUT_HYPOTHESES = {"optimum"}


@pytest.mark.parametrize("name", sorted(BOUNDS.keys() - WITHOUT_HYPOTHESES))
def test_a_violated_hypothesis_raises(name):
    make, message = VIOLATED[name]
    graph, k, features = make()
    arguments = case(graph, k, features)
    with pytest.raises(HypothesisError, match=message):
        BOUNDS[name](*arguments)
        QUANTITIES[BOUNDS[name].quantity].measure(arguments[3])
    row = check_bounds(graph, k, features).set_index("bound").loc[name]
    assert row["note"].startswith("not applicable: ")
    assert np.isnan(row["value"])


def test_the_tables_above_speak_of_every_bound():
    assert EQUALITY.keys() == BOUNDS.keys()
    assert VIOLATED.keys() | WITHOUT_HYPOTHESES == BOUNDS.keys()

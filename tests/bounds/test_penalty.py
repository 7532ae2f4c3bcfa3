"""Theorem 18 against naive oracles: where the penalised optimum cuts, excess, duality gap, ties at the penalty."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairbounds import BOUNDS, PairGraph, check_bounds, label_energy, spectrum
from pairbounds.theory.bounds.measured import Encoder
from pairbounds.theory.bounds.scoring import embedded
from pairbounds.theory.bounds.theorem18_penalty import duality_gap, penalised_excess
from tests.families import ANY_SEED, GRAPHS, family_graph

OF_OPTIMUM = [name for name, claim in BOUNDS.items() if claim.subject == "penalised optimum"]


def random_graph(seed: int, size: int = 14) -> tuple[PairGraph, np.random.Generator]:
    rng = np.random.default_rng(seed)
    return GRAPHS[list(GRAPHS)[seed % len(GRAPHS)]](rng, size), rng


def noisy(encoder: Encoder, rng: np.random.Generator, size: float) -> Encoder:
    """The encoder with noise on both sides."""
    f, g = (side + size * rng.standard_normal(side.shape) for side in (encoder.left, encoder.both_sides))
    return replace(encoder, left=f, right=g, is_given=True)


def penalised_loss(encoder: Encoder) -> float:
    """From its definition, densely."""
    graph, f, g = encoder.graph, encoder.left, encoder.both_sides
    scores = f @ g.T
    p, q, joint = graph.left_marginal, graph.right_marginal, graph.joint.toarray()
    loss = np.sum(-2 * joint * scores + np.outer(p, q) * scores**2)
    return float(loss + encoder.penalty * (p @ np.sum(f**2, axis=1) + q @ np.sum(g**2, axis=1)))


@given(seed=ANY_SEED, penalty=st.floats(0.02, 0.98), k=st.integers(1, 8))
def test_the_squared_error_is_the_label_energy_that_is_cut(seed, penalty, k):
    """The values up to the penalty are lost, and those beyond the width; values near the penalty may go either way."""
    graph, _ = random_graph(seed)
    k = min(k, *graph.shape)
    triplets = spectrum(graph, min(graph.shape))
    values = triplets.singular_values
    if np.abs(values - penalty).min() < 1e-9 or triplets.tied(k):
        return
    is_kept = np.arange(len(values)) < k
    is_kept &= values > penalty
    lost = 1 - label_energy(graph, triplets)[is_kept].sum()
    assert embedded(graph, k, penalty=penalty).probe.mse == pytest.approx(lost, abs=1e-9)


@given(seed=ANY_SEED, penalty=st.floats(0.02, 0.98), size=st.sampled_from([0.0, 1e-3, 0.1, 1.0]))
def test_no_encoder_is_below_the_minimum_and_the_duality_gap_is_above_the_excess(seed, penalty, size):
    """At several widths. At the widest the excess is exact."""
    graph, rng = random_graph(seed)
    wide = min(graph.shape)
    lowest = -np.sum(np.maximum(0, spectrum(graph, wide).singular_values - penalty) ** 2)
    for k in (1, 1 + wide // 4, wide):
        encoder = noisy(embedded(graph, k, penalty=penalty), rng, size)
        excess = penalised_loss(encoder) - lowest
        assert excess >= -1e-9
        assert penalised_excess(encoder) >= excess - 1e-12
        assert duality_gap(encoder) >= excess - 1e-9 * max(1, excess)
    assert penalised_excess(encoder) == pytest.approx(excess, rel=1e-9, abs=1e-9)
    if size == 0:
        assert duality_gap(encoder) < 1e-9


@pytest.mark.parametrize("family", ["dense_random", "many_components", "cycle", "latent_captions"])
@pytest.mark.parametrize("n_values", [2, pytest.param(100, marks=pytest.mark.slow)])
def test_a_penalty_at_a_singular_value_to_the_last_bit(family, n_values):
    """The cut in float64 and that in truth may differ there; both are bounded. At all values, or at some."""
    graph = family_graph(family, 3, 14)
    triplets = spectrum(graph, min(graph.shape))
    values = np.unique(triplets.singular_values.round(9))
    for k in (2, min(graph.shape)):
        for value in values[:: -(-len(values) // n_values)]:
            nearest = triplets.singular_values[np.abs(triplets.singular_values - value).argmin()]
            for penalty in (nearest, np.nextafter(nearest, 0), np.nextafter(nearest, 1)):
                if not 0 < penalty < 1:
                    continue
                table = check_bounds(graph, k, bounds=OF_OPTIMUM, triplets=triplets, penalty=float(penalty))
                assert table["holds"].all(), f"penalty={penalty!r}, k={k}:\n{table[~table['holds']].to_string()}"


def test_ties_that_the_penalty_cuts_do_not_change_the_optimum():
    """`P = I₄` with light links: at k = 2 the optimum is one of many; penalised at any width it is the only one."""
    graph = PairGraph(np.eye(4) + 0.05, [0, 0, 1, 1])
    table = check_bounds(graph, 2, penalty=0.95).set_index("bound")
    assert "measured on one optimum among many" in table.loc["probe-mse", "note"]
    assert table.loc["penalised-mse", "note"] == ""
    assert table.loc["penalised-mse", "measured_least"] == table.loc["penalised-mse", "measured_most"]
    cut_by_the_width = check_bounds(graph, 2, penalty=0.5).set_index("bound")
    assert "measured on one optimum among many" in cut_by_the_width.loc["penalised-mse", "note"]

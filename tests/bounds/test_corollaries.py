"""Each corollary names a bound of the same cost that is never weaker."""

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given

from pairbounds import BOUNDS, PairGraph, check_bounds, optimal_embeddings
from pairbounds.theory.attack.starts import random_candidate
from tests.families import ANY_SEED

COROLLARIES = {name: claim for name, claim in BOUNDS.items() if claim.corollary_of is not None}
ROUND_OFF = 1e-6  # a cut at a mean is off by the root of a rounding


@pytest.mark.parametrize("name", COROLLARIES)
def test_a_corollary_names_a_bound_on_the_same_error_that_is_no_corollary(name):
    claim, better = COROLLARIES[name], BOUNDS[COROLLARIES[name].corollary_of]
    assert better.corollary_of is None
    assert (better.subject, better.relation) == (claim.subject, claim.relation)
    assert better.quantity == claim.quantity or (claim.quantity, better.quantity) == ("probe_error", "probe_mse")
    assert name not in ("probe-error", "multihop-error")


@given(seed=ANY_SEED)
def test_a_corollary_is_never_below_the_bound_that_beats_it(seed):
    candidate = random_candidate(np.random.default_rng(seed), with_features=True, with_penalty=True)
    names = {*COROLLARIES, *(claim.corollary_of for claim in COROLLARIES.values())}
    given_here = {"penalty": candidate.penalty, "critic": candidate.features, "bounds": sorted(names)}
    table = check_bounds(candidate.graph, candidate.k, candidate.features, **given_here).set_index("bound")
    for name, claim in COROLLARIES.items():
        weaker, better = table.loc[name], table.loc[claim.corollary_of]
        if weaker["applicable"]:
            assert better["applicable"]
            factor = 1 if weaker["quantity"] == better["quantity"] else 2
            assert weaker["value"] >= factor * better["value"] * (1 - ROUND_OFF) - ROUND_OFF


def test_the_highest_level_is_used_if_the_width_exceeds_the_number_of_levels():
    """All values but the first are alike: without the highest level theorem 17 was nine times theorem 7."""
    n, k = 64, 30
    basis, values = (
        scipy.linalg.hadamard(n) / np.sqrt(n),
        np.r_[1.0, np.linspace(1.02, 0.98, k - 1) * 0.01, np.zeros(n - k)],
    )
    graph = PairGraph((basis * values) @ basis.T / n, np.arange(n) == 0)
    f, g = optimal_embeddings(graph, k)
    names = ["trained-error", "sharp-near-optimal-error"]
    better, weaker = check_bounds(graph, k, (f, 0.95 * g), bounds=names).set_index("bound")["value"][names]
    assert better <= weaker

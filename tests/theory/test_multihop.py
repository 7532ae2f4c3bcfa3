import tracemalloc

import numpy as np
import pytest
import scipy.optimize
import scipy.sparse as sp
from numpy.polynomial.chebyshev import chebvander

from pairbounds import HypothesisError, PairGraph, Spectrum, check_bounds, label_energy, spectrum
from pairbounds.theory.quantities import multihop_consistency
from pairbounds.theory.quantities import multihop_consistency as module
from pairbounds.theory.quantities.hop_scores import filtered_margins
from pairbounds.theory.quantities.multihop_consistency import (
    TIE,
    JacobiMatrix,
    consistency_curve,
    default_order,
    gauss_rule,
    label_measure,
    mass_below,
    mass_up_to,
    radau_rule,
    rule_of_all_moments,
    tail_at_least,
    tail_at_most,
)
from tests.families import GRAPHS, family_graph, targets

STEPS = [1, 2, 4, 8]
RICH = [
    "dense_random",
    "sparse_random",
    "heavy_tailed",
    "tall",
    "wide",
    "cycle",
    "latent_captions",
    "latent_augmentations",
]


@pytest.fixture
def columns(request, monkeypatch):
    """Number of columns of Ỹ in a block: all, or one."""
    monkeypatch.setattr(multihop_consistency, "BLOCK_BYTES", request.param)


in_any_blocks = pytest.mark.parametrize("columns", [2**30, 0], indirect=True, ids=["at once", "class by class"])


def naive_measure(graph: PairGraph) -> tuple[np.ndarray, np.ndarray]:
    """Places σ_i² and label energies c_i over the whole left side, null space included, largest first."""
    vectors, values, _ = np.linalg.svd(graph.normalized.toarray(), full_matrices=True)
    places = np.pad(values, (0, graph.n_left - len(values))) ** 2
    return places, np.sum((targets(graph).T @ vectors) ** 2, axis=0)


def all_triplets(graph: PairGraph) -> Spectrum:
    smaller = min(graph.shape)
    return spectrum(graph, smaller).leading(smaller + 1)


# The consistency curve.


@in_any_blocks
@pytest.mark.parametrize("family", GRAPHS)
def test_the_curve_against_powers_of_the_induced_walk(columns, family):
    """Matrix powers of the walk that `P_T` defines, and the two ends' labels compared node by node."""
    graph = family_graph(family, size=12)
    step = graph.induced().joint.toarray() / graph.left_marginal[:, None]
    walk = np.diag(graph.left_marginal)
    same_label = graph.left_labels[:, None] == graph.left_labels
    for consistency in consistency_curve(graph, 7):
        assert consistency == pytest.approx(walk[same_label].sum(), abs=1e-13)
        walk = walk @ step


# The Jacobi matrix.


def moments(jacobi: JacobiMatrix, count: int) -> np.ndarray:
    nodes, weights = rule_of_all_moments(jacobi)
    return np.array([weights @ nodes**power for power in range(count + 1)])


@in_any_blocks
@pytest.mark.parametrize("order", [1, 8])
@pytest.mark.parametrize("family", GRAPHS)
def test_the_jacobi_matrix_holds_the_moments(columns, family, order):
    """a_0..a_{2m}, and of a complete measure all of them. One hop is read off more."""
    graph = family_graph(family)
    for m in (order, 1):
        jacobi = label_measure(graph, m)
        n_moments = 3 * m if jacobi.complete else 2 * m
        np.testing.assert_allclose(moments(jacobi, n_moments), consistency_curve(graph, n_moments), atol=1e-12)


@in_any_blocks
@pytest.mark.parametrize(
    ("family", "atoms"), [("split_by_class", [1]), ("identity", [1]), ("one_class", [1]), ("rank_one", [0, 1])]
)
def test_a_measure_of_few_atoms_is_recovered_exactly(columns, family, atoms):
    graph = family_graph(family)
    jacobi = label_measure(graph, 8)
    assert jacobi.complete
    np.testing.assert_allclose(gauss_rule(jacobi)[0], atoms, atol=1e-14)
    places, energy = naive_measure(graph)
    for x in (0, 0.5, 1):
        assert mass_up_to(jacobi, x) == pytest.approx(energy[places <= x + 1e-9].sum(), abs=1e-14)
        assert mass_below(jacobi, x) == pytest.approx(energy[places < x - 1e-9].sum(), abs=1e-14)


def test_the_memory_does_not_grow_with_the_classes(monkeypatch):
    monkeypatch.setattr(multihop_consistency, "BLOCK_BYTES", 2**22)
    rng = np.random.default_rng(19)
    left, right = np.repeat(np.arange(10_000), 3), rng.integers(400, size=30_000)
    joint = sp.coo_array((np.ones(30_000), (left, right)), shape=(10_000, 400))
    for classes in (2, 500):
        graph = PairGraph(joint, left[::3] % classes)
        assert graph.normalized.nnz
        for measure, blocks in (
            (lambda g: label_measure(g, 4), 2),
            (lambda g: consistency_curve(g, 4), 2),
            (lambda g: filtered_margins(g, [np.ones(8)]), 1.5),  # of two blocks at once it would be more
        ):
            tracemalloc.start()
            measure(graph)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert peak < blocks * 2**22 < 10_000 * 500 * 8 / 4


# How many hops.


@pytest.mark.parametrize(("products", "order"), [(0, module.SMALLEST_ORDER), (5.9, 5), (1000, module.ORDER)])
def test_the_default_order_follows_its_cost(products, order, monkeypatch):
    """A hop leads over every pair twice, for every class: ten million pairs with a hundred classes have all hops."""
    assert (
        2 * 10_000_000 * 100 * module.ORDER < module.LANCZOS_PRODUCTS < 2 * 10_000_000 * 1_000 * module.SMALLEST_ORDER
    )
    graph = family_graph("latent_captions")
    classes = len(np.unique(graph.left_labels))
    monkeypatch.setattr(module, "LANCZOS_PRODUCTS", int(products * 2 * graph.joint.nnz * classes))
    assert default_order(graph) == order
    assert label_measure(graph) is label_measure(graph, order)
    assert check_bounds(graph, 3)["note"].str.contains(f"order={order} instead of").any() == (order < module.ORDER)


@pytest.mark.parametrize("measure", [consistency_curve, label_measure])
def test_bad_input(measure):
    for order in (-1, 1.5, True):
        with pytest.raises(ValueError, match="is not an integer"):
            measure(family_graph("cycle"), order)
    with pytest.raises(HypothesisError, match="no left labels"):
        measure(PairGraph(np.ones((3, 3))), 2)


# Quadrature rules.


@pytest.mark.parametrize("family", GRAPHS)
def test_the_rules_have_the_moments_of_the_measure(family):
    jacobi = label_measure(family_graph(family, 1, 15), 3)
    steps = len(jacobi.diagonal)
    for rule, exact in ((gauss_rule(jacobi), 2 * steps - 1), (radau_rule(jacobi, -0.25), 2 * steps)):
        nodes, weights = rule
        degree = min(exact, 2 * len(jacobi.off_diagonal)) if not jacobi.complete else exact
        result = [weights @ nodes**power for power in range(degree + 1)]
        np.testing.assert_allclose(result, moments(jacobi, degree), atol=1e-12)
    if not jacobi.complete:
        assert np.abs(radau_rule(jacobi, -0.25)[0] + 0.25).min() < 1e-12


def test_a_rule_with_a_node_where_a_gauss_rule_has_one_stays_a_rule():
    jacobi = JacobiMatrix(np.array([0.5, 0.5]), np.array([0.5, 0.3]))  # Gauss nodes at 0 and 1
    for x in (0.0, -1e-17, -1e-12):
        nodes, weights = radau_rule(jacobi, x)
        assert weights @ nodes[:, None] ** np.arange(4) == pytest.approx([1, 0.5, 0.5, 0.5], abs=1e-6)


# The bounds of the mass.


def extremal_mass(
    places: np.ndarray, energy: np.ndarray, node: float, degree: int, sign: int, slack: float = 0.0
) -> float:
    """The largest mass up to node (sign 1), or the least below it (sign -1), over measures on a grid of [0, 1], or of
    an interval that is longer by slack at both ends, with the same moments: a linear programme. The grid narrows the
    choice by little.
    """
    grid = np.unique(np.r_[np.linspace(-slack, 1 + slack, 1001), places, node])
    reached = (grid <= node) if sign > 0 else (grid < node)
    on_grid, of_graph = (chebvander(2 * nodes - 1, degree).T for nodes in (grid, places))
    result = scipy.optimize.linprog(-sign * reached.astype(float), A_eq=on_grid, b_eq=of_graph @ energy)
    assert result.success, result.message
    return -sign * result.fun


@pytest.mark.parametrize(("order", "slack"), [(1, 0.0), (2, 0.0), (3, 0.0), (2, 0.05)])
@pytest.mark.parametrize("family", ["sparse_random", "tall", "cycle", "latent_captions"])
def test_no_measure_on_the_interval_does_more_and_one_does_as_much(family, order, slack):
    """Sharp on [0, 1], whether or not the Gauss-Radau rule has a node outside; and where all may be off by a slack."""
    graph = family_graph(family)
    places, energy = naive_measure(graph)
    places = np.round(np.clip(places, 0, 1), 12)  # ties are ties on the grid
    jacobi = label_measure(graph, order)
    for node in (places[1], places[3], 0.9 * places[1], 0.37):
        largest = extremal_mass(places, energy, node + slack, 2 * order, 1, slack)
        smallest = extremal_mass(places, energy, node - slack, 2 * order, -1, slack)
        off = slack or module.ROUND_OFF
        assert largest - 1e-6 <= mass_up_to(jacobi, node, slack=off) <= largest + 0.01
        assert smallest + 1e-6 >= mass_below(jacobi, node, slack=off) >= smallest - 0.01


def test_an_atom_at_the_cut_is_counted_despite_round_off():
    """Lanczos knows an atom to round-off: without stepping outward its mass is missed now and then."""
    rng = np.random.default_rng(17)
    missed = 0
    for number in range(24):
        graph = GRAPHS[RICH[number % len(RICH)]](rng, 12)
        places, energy = naive_measure(graph)
        for order in (4, 8, 12):
            jacobi = label_measure(graph, order)
            for x in places:
                apart = np.abs(places - x)
                allowed = 1e-14 + 1e-14 / min([1.0, *apart[apart > TIE]])
                up_to, below = energy[places <= x + TIE].sum(), energy[places < x - TIE].sum()
                assert np.sqrt(mass_up_to(jacobi, x)) >= np.sqrt(up_to) - allowed
                assert np.sqrt(mass_below(jacobi, x)) <= np.sqrt(below) + allowed
                missed += np.sqrt(mass_up_to(jacobi, x, slack=0)) < np.sqrt(up_to) - allowed
    assert missed > 0


def test_moments_on_the_boundary_of_what_is_possible():
    """Mean 1/2 and variance 1/4 leave one measure on [0, 1], half at 0 and half at 1: no rule has a node elsewhere."""
    jacobi = JacobiMatrix(np.array([0.5]), np.array([0.5]))
    for x in (0.2, 0.5, 0.8):
        for slack in (0, module.ROUND_OFF):
            largest, smallest = mass_up_to(jacobi, x, slack=slack), mass_below(jacobi, x, slack=slack)
            assert smallest - 1e-12 <= 0.5 <= largest + 1e-12
            assert (smallest, largest) == pytest.approx((0.5, 0.5), abs=1e-12 if slack else 1)


# The tail beyond the k-th value.


def test_the_interval_holds_the_tail_on_random_graphs():
    """Twelve checks of each, at the graphs' own widths; and more hops never say less."""
    rng = np.random.default_rng(15)
    names = list(GRAPHS)
    for number in range(2 * len(names)):
        graph = GRAPHS[names[number % len(names)]](rng, int(rng.integers(8, 40)))
        triplets = all_triplets(graph)
        energy = label_energy(graph, triplets)
        smaller = min(graph.shape)
        for k in (1, int(rng.integers(1, smaller + 1)), smaller):
            tail = 1 - energy[:k].sum()
            upper = [tail_at_most(graph, triplets, k, order) for order in STEPS]
            lower = [tail_at_least(graph, triplets, k, order) for order in STEPS]
            assert max(lower) - triplets.rounding <= tail <= min(upper) + triplets.rounding
            assert max(upper) <= 1
            assert np.diff(upper).max() <= 4 * np.sqrt(triplets.rounding)
            assert np.diff(lower).min() >= -4 * np.sqrt(triplets.rounding)


@pytest.mark.parametrize("cut", [0.0, 0.7])
@pytest.mark.parametrize("rounding", [1e-4, 1e-2])
@pytest.mark.parametrize("k", [1, 2, 3])
def test_the_tail_allows_for_values_and_vectors_that_are_off(k, rounding, cut):
    """By amounts that are large enough to see; with a step aside or without, whichever says more."""
    graph = family_graph("dense_random")
    triplets, jacobi = all_triplets(graph), label_measure(graph)
    low, high = triplets.singular_values - 0.02, triplets.singular_values + 0.01
    vars(triplets).update(lower_values=low, upper_values=high, rounding=rounding)
    upper_bounds, lower_bounds = [1.0], [0.0]
    for gap, aside in ((low[k - 1] ** 2 - high[k] ** 2, 0.0), (np.sqrt(rounding), np.sqrt(rounding))):
        upper, lower = max(cut, high[k]) ** 2 + aside, max(cut, low[k]) ** 2 - aside
        if gap > 0:
            upper_bounds.append(np.sqrt(mass_up_to(jacobi, upper, slack=rounding)) + rounding / gap)
            lower_bounds.append(np.sqrt(mass_below(jacobi, lower, slack=rounding)) - rounding / gap)
    assert tail_at_most(graph, triplets, k, cut=cut) == pytest.approx(min(upper_bounds) ** 2, rel=1e-12)
    assert tail_at_least(graph, triplets, k, cut=cut) == pytest.approx(max(lower_bounds) ** 2, rel=1e-12)

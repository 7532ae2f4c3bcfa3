import gc
import tracemalloc
import weakref

import numpy as np
import pytest
import scipy.optimize
import scipy.sparse as sp

from pairbounds import (
    HypothesisError,
    PairGraph,
    check_bounds,
    emoji_graph,
    induced_labelling_error,
    label_energy,
    spectrum,
)
from pairbounds.theory.quantities import hop_products, hop_scores, label_blocks
from pairbounds.theory.quantities import multihop as module
from pairbounds.theory.quantities.consistency import class_masses
from pairbounds.theory.quantities.hop_scores import filtered_margins
from pairbounds.theory.quantities.label_blocks import by_class, first_half_hop
from pairbounds.theory.quantities.multihop import (
    FAR,
    TIE,
    JacobiMatrix,
    consistency_curve,
    default_hops,
    gauss_rule,
    label_measure,
    mass_below,
    mass_up_to,
    moments,
    radau_rule,
    tail_at_least,
    tail_at_most,
)
from pairbounds.theory.spectrum import triplets as spectra
from pairbounds.theory.spectrum.triplets import Spectrum
from tests.families import GRAPHS

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
    """How many columns of Ỹ are taken at a time: all, by dense products of most graphs, or one, by sparse ones."""
    monkeypatch.setattr(label_blocks, "BLOCK_BYTES", request.param)
    monkeypatch.setattr(hop_products, "PLACES", request.param)


def blocks(class_by_class):
    """Run a test for all columns of Ỹ at once, and class by class."""
    both = pytest.mark.parametrize("columns", [2**30, class_by_class], indirect=True, ids=["at once", "class by class"])
    return lambda test: pytest.mark.usefixtures("columns")(both(test))


in_any_blocks = blocks(0)
# What a bound makes of a measure: that of blocks is the same up to round-off, as the tests of the Jacobi matrix show.
in_any_blocks_slowly = blocks(pytest.param(0, marks=pytest.mark.slow))


def family_graph(family: str, seed: int = 0, size: int = 18) -> PairGraph:
    return GRAPHS[family](np.random.default_rng([seed, 15]), size)


def naive_measure(graph: PairGraph) -> tuple[np.ndarray, np.ndarray]:
    """Places σ_i² and label energies c_i over the whole left side, null space included, largest first."""
    vectors, values, _ = np.linalg.svd(graph.normalized.toarray(), full_matrices=True)
    targets = np.sqrt(graph.left_marginal)[:, None] * (graph.left_labels[:, None] == np.unique(graph.left_labels))
    places = np.pad(values, (0, graph.n_left - len(values))) ** 2
    return places, np.sum((targets.T @ vectors) ** 2, axis=0)


def matrix_of(jacobi: JacobiMatrix, *more: float) -> np.ndarray:
    return np.diag([*jacobi.diagonal, *more]) + sum(np.diag(jacobi.off_diagonal, side) for side in (1, -1))


def all_triplets(graph: PairGraph) -> Spectrum:
    smaller = min(graph.joint.shape)
    return spectrum(graph, smaller).leading(smaller + 1)


# The consistency curve.


@in_any_blocks
@pytest.mark.parametrize("family", GRAPHS)
def test_the_curve_against_powers_of_the_induced_walk(family):
    """Matrix powers of the walk that `P_T` defines, and the two ends' labels compared node by node."""
    graph = family_graph(family, size=12)
    step = graph.induced().joint.toarray() / graph.left_marginal[:, None]
    walk = np.diag(graph.left_marginal)
    for consistency in consistency_curve(graph, 7):
        naive = sum(
            walk[x, other]
            for x in range(graph.n_left)
            for other in range(graph.n_left)
            if graph.left_labels[x] == graph.left_labels[other]
        )
        assert consistency == pytest.approx(naive, abs=1e-13)
        walk = walk @ step


@pytest.mark.parametrize("family", GRAPHS)
def test_the_curve_starts_at_one_and_falls_ever_more_slowly(family):
    graph = family_graph(family)
    curve = consistency_curve(graph, 10)
    assert curve.shape == (11,)
    assert curve[0] == pytest.approx(1, abs=1e-14)
    assert curve[1] == pytest.approx(1 - induced_labelling_error(graph), abs=1e-13)
    assert np.diff(curve).max() <= 1e-14
    assert np.diff(curve, 2).min() >= -1e-14


def test_on_a_connected_graph_the_curve_ends_at_chance():
    graph = family_graph("dense_random")
    assert consistency_curve(graph, 200)[-1] == pytest.approx(np.sum(class_masses(graph) ** 2), abs=1e-13)


# The Jacobi matrix.


@in_any_blocks
@pytest.mark.parametrize("hops", STEPS)
@pytest.mark.parametrize("family", GRAPHS)
def test_the_jacobi_matrix_holds_the_moments(family, hops):
    """a_0..a_{2m}, whatever stands in the next corner; of a complete measure all of them."""
    graph = family_graph(family)
    jacobi = label_measure(graph, hops)
    known = 3 * hops if jacobi.complete else 2 * hops
    matrix = matrix_of(jacobi) if jacobi.complete else matrix_of(jacobi, 0.3)
    moments = [np.linalg.matrix_power(matrix, power)[0, 0] for power in range(known + 1)]
    np.testing.assert_allclose(moments, consistency_curve(graph, known), atol=1e-12)


@in_any_blocks
@pytest.mark.parametrize(
    ("family", "atoms"), [("split_by_class", [1]), ("identity", [1]), ("one_class", [1]), ("rank_one", [0, 1])]
)
@pytest.mark.parametrize("hops", [2, 8])
def test_a_measure_of_few_atoms_is_known_completely(family, atoms, hops):
    graph = family_graph(family)
    jacobi = label_measure(graph, hops)
    assert jacobi.complete
    np.testing.assert_allclose(np.linalg.eigvalsh(matrix_of(jacobi)), atoms, atol=1e-14)
    places, energy = naive_measure(graph)
    for place in (0, 0.5, 1):
        assert mass_up_to(jacobi, place) == pytest.approx(energy[places <= place + 1e-9].sum(), abs=1e-14)
        assert mass_below(jacobi, place) == pytest.approx(energy[places < place - 1e-9].sum(), abs=1e-14)


@pytest.mark.parametrize("width", [1, 2])
@pytest.mark.parametrize("hops", STEPS)
@pytest.mark.parametrize("family", GRAPHS)
def test_blocks_of_columns_add_up(family, hops, width, monkeypatch):
    """Seven classes or all nodes'. An entry is known to round-off over the product of the couplings that lead to it."""
    joint = family_graph(family).joint
    labels = np.random.default_rng(18).integers(7, size=joint.shape[0])
    whole = label_measure(PairGraph(joint, labels), hops)
    monkeypatch.setattr(label_blocks, "BLOCK_BYTES", width * ((hops + 2) * min(joint.shape) + 3 * max(joint.shape)) * 8)
    monkeypatch.setattr(module, "_bidiagonalised", counted := Counted(module._bidiagonalised))
    joined = label_measure(PairGraph(joint, labels), hops)
    assert counted.calls == -(-len(np.unique(labels)) // width)
    common = min(len(whole.off_diagonal), len(joined.off_diagonal))
    known = np.cumprod(np.r_[1.0, whole.off_diagonal[:common]])
    for ours, theirs, loss in (
        (joined.diagonal, whole.diagonal, known),
        (joined.off_diagonal, whole.off_diagonal, known[1:]),
    ):
        assert np.max(np.abs(ours[:common] - theirs[:common]) * loss[:common], initial=0) <= module.ROUND_OFF
    if len(whole.off_diagonal) != len(joined.off_diagonal):  # where one of them stops, the other goes on by round-off
        longer = max(whole.off_diagonal, joined.off_diagonal, key=len)
        assert known[-1] * longer[common] <= module.ROUND_OFF


class Counted:
    def __init__(self, function):
        self.function, self.calls = function, 0

    def __call__(self, *arguments):
        self.calls += 1
        return self.function(*arguments)


@pytest.mark.parametrize("count", [0, 5, 16])
@pytest.mark.parametrize("family", GRAPHS)
def test_the_measure_gives_the_curve(family, count):
    graph = family_graph(family)
    np.testing.assert_allclose(moments(label_measure(graph), count), consistency_curve(graph, count), atol=1e-13)


def test_moments_beyond_those_known_are_refused():
    with pytest.raises(ValueError, match="count=5 is above 4, the moments known"):
        moments(label_measure(family_graph("dense_random"), 2), 5)
    complete = family_graph("rank_one")  # atoms at 0 and 1
    np.testing.assert_allclose(
        moments(label_measure(complete, 2), 40)[1:], np.sum(class_masses(complete) ** 2), atol=1e-14
    )


def test_the_memory_does_not_grow_with_the_classes(monkeypatch):
    monkeypatch.setattr(label_blocks, "BLOCK_BYTES", 2**22)
    monkeypatch.setattr(hop_scores, "KEPT_BYTES", 0)
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


def test_what_hangs_on_the_last_digits_is_left_out(monkeypatch):
    """Remainders of 1/16 let a perturbation grow fourfold with each: to 16 in three steps."""
    jacobi = JacobiMatrix(np.full(5, 0.5), np.full(5, 1 / 16))
    monkeypatch.setattr(module, "GROWTH", 16)
    assert [len(part) for part in vars(jacobi.determined()).values()] == [3, 3]
    monkeypatch.setattr(module, "NOTHING", 1 / 16)
    assert [len(part) for part in vars(jacobi.determined()).values()] == [3, 2]


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_remainder_of_nothing_at_all_ends_the_steps(value):
    block = sp.csc_array([[value], [1 - value]])
    for jacobi in (
        module._bidiagonalised(np.diag([1.0, 0.0]), block, 2, 0.0),
        module._lanczos(lambda vector: (value, value * vector), np.ones(1), 2, 0.0),
    ):
        assert (jacobi.diagonal.tolist(), jacobi.off_diagonal.tolist()) == ([value], [])


# How many hops.


@pytest.mark.parametrize("family", GRAPHS)
def test_the_first_half_hop_reads_sparse_labels(family, monkeypatch):
    monkeypatch.setattr(hop_products, "PLACES", 0)
    matrix, targets, _ = by_class(family_graph(family))
    dense = matrix.toarray()
    for half in (first_half_hop(matrix, targets), first_half_hop(dense, targets)):
        np.testing.assert_allclose(half, dense.T @ targets.toarray(), atol=1e-15)


@pytest.mark.parametrize(
    ("products", "hops"),
    [(0, module.FEWEST_HOPS), (5, 5), (5.9, 5), (module.HOPS, module.HOPS), (1000, module.HOPS)],
)
def test_hops_by_what_they_cost(products, hops, monkeypatch):
    """A hop leads over every pair twice, for every class."""
    graph = family_graph("latent_captions")
    classes = len(np.unique(graph.left_labels))
    monkeypatch.setattr(module, "HOPS_PRODUCTS", int(products * 2 * graph.joint.nnz * classes))
    assert default_hops(graph) == hops
    assert len(label_measure(graph).diagonal) == hops
    assert label_measure(graph) is label_measure(graph, hops)
    assert len(label_measure(graph, 7).diagonal) == 7
    monkeypatch.setattr(module, "HOPS_PRODUCTS", 2 * graph.joint.nnz * graph.n_left * module.HOPS)
    assert default_hops(PairGraph(graph.joint)) == module.HOPS  # of so few pairs, whatever their labels


def test_ten_million_pairs_have_all_hops_with_a_hundred_classes_and_the_fewest_with_a_thousand():
    assert 2 * 10_000_000 * 100 * module.HOPS < module.HOPS_PRODUCTS < 2 * 10_000_000 * 1_000 * module.FEWEST_HOPS


def test_bounds_by_fewer_hops_say_so_and_are_those_asked_for_by_name(monkeypatch):
    graph, same = family_graph("latent_captions"), family_graph("latent_captions")
    asked = check_bounds(same, 3, hops=2, penalty=0.3)
    whole = check_bounds(family_graph("latent_captions"), 3, penalty=0.3)
    monkeypatch.setattr(module, "HOPS_PRODUCTS", 0)
    fewer = check_bounds(graph, 3, penalty=0.3)
    noted = fewer["note"].str.contains("by 2 hops: ")
    assert noted.sum() == 10
    np.testing.assert_array_equal(fewer["value"], asked["value"])
    assert (fewer["value"] != whole["value"])[noted].any()
    np.testing.assert_array_equal(fewer["value"][~noted], whole["value"][~noted])
    for table in (asked, whole):
        assert not table["note"].str.contains("hops").any()
    assert fewer["holds"].dropna().all()


def test_the_measure_is_computed_once_and_does_not_outlive_its_graph():
    graph = family_graph("dense_random")
    assert label_measure(graph, 3) is label_measure(graph, 3)
    assert len(label_measure(graph, 4).diagonal) == 4
    watched = weakref.ref(graph)
    del graph
    gc.collect()
    assert watched() is None


@pytest.mark.parametrize("family", [*RICH, "rank_one"])
def test_fewer_hops_are_read_off_where_more_are_known(family):
    graph, again = family_graph(family), family_graph(family)
    label_measure(graph, 6)
    for hops in (1, 3):
        read, computed = label_measure(graph, hops), label_measure(again, hops)
        np.testing.assert_allclose(read.diagonal, computed.diagonal, atol=1e-14)
        np.testing.assert_allclose(read.off_diagonal, computed.off_diagonal, atol=1e-14)


@pytest.mark.parametrize("hops", [-1, 1.5, True])
def test_hops_are_counted(hops):
    graph = family_graph("cycle")
    with pytest.raises(ValueError, match="hops="):
        consistency_curve(graph, hops)
    with pytest.raises(ValueError, match="hops="):
        label_measure(graph, hops)


def test_missing_labels_are_named():
    for measure in (consistency_curve, label_measure):
        with pytest.raises(HypothesisError, match="no left labels"):
            measure(PairGraph(np.ones((3, 3))), 2)


# Quadrature rules.


@pytest.mark.parametrize("family", GRAPHS)
def test_the_rules_have_the_moments_of_the_measure(family):
    jacobi = label_measure(GRAPHS[family](np.random.default_rng(1), 15), 3)
    steps = len(jacobi.diagonal)
    for rule, exact in ((gauss_rule(jacobi), 2 * steps - 1), (radau_rule(jacobi, -0.25), 2 * steps)):
        nodes, weights = rule
        degree = min(exact, 2 * len(jacobi.off_diagonal)) if not jacobi.complete else exact
        found = [weights @ nodes**power for power in range(degree + 1)]
        np.testing.assert_allclose(found, moments(jacobi, degree), atol=1e-12)
    if not jacobi.complete:
        assert np.abs(radau_rule(jacobi, -0.25)[0] + 0.25).min() < 1e-12


def test_a_rule_with_a_node_where_a_gauss_rule_has_one_stays_a_rule():
    jacobi = JacobiMatrix(np.array([0.5, 0.5]), np.array([0.5, 0.3]))  # Gauss nodes at 0 and 1
    for place in (0.0, -1e-17, -1e-12):
        nodes, weights = radau_rule(jacobi, place)
        assert weights @ nodes[:, None] ** np.arange(4) == pytest.approx([1, 0.5, 0.5, 0.5], abs=1e-6)


# The bounds of the mass.


def chebyshev_moments(places: np.ndarray, degree: int) -> np.ndarray:
    return np.polynomial.chebyshev.chebvander(2 * places - 1, degree).T


def extremal_mass(
    places: np.ndarray, energy: np.ndarray, node: float, degree: int, sign: int, slack: float = 0.0
) -> float:
    """The largest mass up to node (sign 1), or the least below it (sign -1), over measures on a grid of [0, 1], or of
    an interval that is longer by slack at both ends, with the same moments: a linear programme. The grid narrows the
    choice by little.
    """
    grid = np.unique(np.r_[np.linspace(-slack, 1 + slack, 1001), places, node])
    reached = (grid <= node) if sign > 0 else (grid < node)
    equalities = chebyshev_moments(grid, degree)
    found = scipy.optimize.linprog(
        -sign * reached.astype(float), A_eq=equalities, b_eq=chebyshev_moments(places, degree) @ energy
    )
    assert found.success, found.message
    return -sign * found.fun


@in_any_blocks_slowly
@pytest.mark.parametrize(("hops", "slack"), [(1, 0.0), (2, 0.0), (3, 0.0), (2, 0.05)])
@pytest.mark.parametrize("family", RICH)
def test_no_measure_on_the_interval_does_more_and_one_does_as_much(family, hops, slack):
    """Sharp on [0, 1], whether or not the Gauss-Radau rule has a node outside; and where all may be off by a slack."""
    graph = family_graph(family)
    places, energy = naive_measure(graph)
    places = np.round(np.clip(places, 0, 1), 12)  # ties are ties on the grid
    jacobi = label_measure(graph, hops)
    for node in (places[1], places[3], 0.9 * places[1], 0.37):
        most = extremal_mass(places, energy, node + slack, 2 * hops, 1, slack)
        least = extremal_mass(places, energy, node - slack, 2 * hops, -1, slack)
        off = slack or module.ROUND_OFF
        assert most - 1e-6 <= mass_up_to(jacobi, node, slack=off) <= most + 0.01
        assert least + 1e-6 >= mass_below(jacobi, node, slack=off) >= least - 0.01


@in_any_blocks_slowly
@pytest.mark.parametrize("family", GRAPHS)
def test_every_polynomial_that_qualifies_gives_a_weaker_bound(family):
    """`((1 - t) / (1 - b))^j` is non-negative on [0, 1], and at least 1 up to b; j = 1 is theorem 4."""
    graph = family_graph(family)
    places, energy = naive_measure(graph)
    for node in (0.05, 0.4, 0.9, float(places[2])):
        if node > 0.999:
            continue
        for hops in STEPS:
            mass = mass_up_to(label_measure(graph, hops), node)
            for power in range(1, 2 * hops + 1):
                assert mass <= energy @ (np.clip(1 - places, 0, 1) / (1 - node)) ** power + 1e-9


def test_one_moment_alone_is_theorem_4_cut_at_one():
    for family in RICH:
        graph = family_graph(family)
        places, energy = naive_measure(graph)
        for node in (0.1, 0.5, 0.9):
            cut = min(1, induced_labelling_error(graph) / (1 - node))
            assert extremal_mass(places, energy, node, 1, 1) == pytest.approx(cut, abs=0.002)


def test_on_the_line_two_moments_can_fall_behind_theorem_4():
    """Why the ends of [0, 1] matter. Bits a (in every caption), z (in none) and c (flipped at times); `y = a and z`.

    Energy 3/4 at σ² = 1 and 1/4 at 0, none at `σ_3² = 1/2`. At k = 2 theorem 4 says 1/2; the mean and variance alone,
    for a measure on the line (Cantelli), 3/4; for a measure on [0, 1] the truth, 1/4.
    """
    flip = (1 - np.sqrt(0.5)) / 2
    joint = np.kron(np.kron(np.eye(2), np.ones((2, 1))), [[1 - flip, flip], [flip, 1 - flip]])
    graph = PairGraph(joint, [a & z for a in (0, 1) for z in (0, 1) for _ in (0, 1)])
    triplets = spectrum(graph, 3)
    node = triplets.singular_values[2] ** 2
    assert node == pytest.approx(0.5)
    _, mean, square = consistency_curve(graph, 2)
    variance = square - mean**2
    assert variance / (variance + (mean - node) ** 2) == pytest.approx(0.75)
    assert induced_labelling_error(graph) / (1 - node) == pytest.approx(0.5)
    assert tail_at_most(graph, triplets, 2, hops=1) == pytest.approx(0.25)


@in_any_blocks_slowly
@pytest.mark.parametrize("count", [64, pytest.param(200, marks=pytest.mark.slow)])
def test_an_atom_at_the_place_is_counted_whatever_its_round_off(count):
    """Lanczos knows an atom to round-off: without stepping outward its mass is missed now and then."""
    rng = np.random.default_rng(17)
    missed = 0
    for number in range(count):
        graph = GRAPHS[RICH[number % len(RICH)]](rng, 12)
        places, energy = naive_measure(graph)
        for hops in (4, 8, 12):
            jacobi = label_measure(graph, hops)
            for place in places:
                apart = np.abs(places - place)
                allowed = 1e-14 + 1e-14 / min([1.0, *apart[apart > TIE]])
                up_to, below = energy[places <= place + TIE].sum(), energy[places < place - TIE].sum()
                assert np.sqrt(mass_up_to(jacobi, place)) >= np.sqrt(up_to) - allowed
                assert np.sqrt(mass_below(jacobi, place)) <= np.sqrt(below) + allowed
                missed += np.sqrt(mass_up_to(jacobi, place, slack=0)) < np.sqrt(up_to) - allowed
    assert missed > 0


def test_places_at_and_beyond_the_ends():
    jacobi = label_measure(family_graph("dense_random"), 4)
    assert not jacobi.complete
    for place in (1, 1.5):
        assert mass_up_to(jacobi, place) == 1
    for place in (-0.5, 0):
        assert mass_below(jacobi, place) == 0
    assert mass_up_to(jacobi, -0.5) >= 0
    assert mass_below(jacobi, 1.5) <= 1


def test_ends_too_far_apart_for_double_precision_are_left_out(monkeypatch):
    jacobi = JacobiMatrix(np.array([0.5]), np.array([0.25]))
    least = mass_up_to(jacobi, 0.6, slack=0.0)
    lowest, highest = module._corners(jacobi, np.array([0.0, 1.0]))
    monkeypatch.setattr(module, "FAR", highest - lowest)
    assert mass_up_to(jacobi, 0.6, slack=0.0) > least


def test_moments_on_the_boundary_of_what_is_possible():
    """Mean 1/2 and variance 1/4 leave one measure on [0, 1], half at 0 and half at 1: no rule has a node elsewhere."""
    jacobi = JacobiMatrix(np.array([0.5]), np.array([0.5]))
    for place in (0.2, 0.5, 0.8):
        assert mass_up_to(jacobi, place) == pytest.approx(0.5, abs=1e-12)
        assert mass_below(jacobi, place) == pytest.approx(0.5, abs=1e-12)
        assert mass_up_to(jacobi, place, slack=0) >= 0.5
        assert mass_below(jacobi, place, slack=0) <= 0.5


def test_a_node_at_the_tolerance_is_at_the_place_and_weight_that_is_lost_counts_against(monkeypatch):
    above, below = (JacobiMatrix(np.array([0.5 + aside]), np.array([])) for aside in (TIE, -TIE))
    assert mass_up_to(above, 0.5, slack=0.0) == 1
    assert mass_below(below, 0.5, slack=0.0) == 0
    monkeypatch.setattr(module, "extremal_rule", lambda *_: (np.array([0.2, 0.8]), np.array([0.4, 0.5])))
    assert mass_up_to(above, 0.5) == 0.5
    assert mass_below(above, 0.5) == 0.4


@pytest.mark.parametrize("far", [1e4, FAR])
@pytest.mark.parametrize("sign", [-1, 1])
def test_an_entry_that_stands_for_infinity_costs_no_digits(far, sign):
    """The rule is that without it, moved by no more than 1 / far."""
    jacobi = JacobiMatrix(np.array([0.3, 0.6, 0.5]), np.array([0.2, 0.3, 0.25]))
    values, vectors = np.linalg.eigh(matrix_of(JacobiMatrix(jacobi.diagonal, jacobi.off_diagonal[:-1])))
    nodes, weights = module._rule(jacobi, [sign * far], [])
    kept = np.abs(nodes) < 2
    np.testing.assert_allclose(nodes[kept], values, atol=1 / far)
    np.testing.assert_allclose(weights[kept], vectors[0] ** 2, atol=1 / far)


# The tail beyond the k-th value.


@in_any_blocks_slowly
@pytest.mark.parametrize("count", [81, pytest.param(400, marks=pytest.mark.slow)])
def test_the_interval_holds_the_tail_on_random_graphs(count):
    """Twelve checks of each, at the graphs' own widths; and more hops never say less."""
    rng = np.random.default_rng(15)
    names = list(GRAPHS)
    for number in range(count):
        graph = GRAPHS[names[number % len(names)]](rng, int(rng.integers(8, 40)))
        triplets = all_triplets(graph)
        energy = label_energy(graph, triplets)
        smaller = min(graph.joint.shape)
        for k in (1, int(rng.integers(1, smaller + 1)), smaller):
            tail = 1 - energy[:k].sum()
            upper = [tail_at_most(graph, triplets, k, hops) for hops in STEPS]
            lower = [tail_at_least(graph, triplets, k, hops) for hops in STEPS]
            about = f"graph {number} ({names[number % len(names)]}), k={k}: {lower} {tail} {upper}"
            assert min(upper) >= tail - triplets.rounding, about
            assert max(lower) <= tail + triplets.rounding, about
            assert max(upper) <= 1, about
            assert np.diff(upper).max() <= 4 * np.sqrt(triplets.rounding), about
            assert np.diff(lower).min() >= -4 * np.sqrt(triplets.rounding), about


@in_any_blocks_slowly
@pytest.mark.parametrize("joined", [10.0**-digits for digits in range(6, 16)])
def test_the_interval_holds_at_a_tie_that_is_all_but_exact(joined):
    """Two components joined by a hair, twice: `σ_3` and `σ_4` differ by `joined`, and round-off mixes their vectors."""
    rng = np.random.default_rng(16)
    pair = [[1 - joined, joined], [joined, 1 - joined]]
    for _ in range(10):
        joint = np.kron(pair, rng.random((6, 5)))
        graph = PairGraph(joint, rng.integers(2, size=12))
        triplets = all_triplets(graph)
        for k in (1, 3, 5, 7):
            tail = 1 - label_energy(graph, triplets)[:k].sum()
            for hops in STEPS:
                assert tail_at_most(graph, triplets, k, hops) >= tail - triplets.rounding
                assert tail_at_least(graph, triplets, k, hops) <= tail + triplets.rounding


@in_any_blocks_slowly
@pytest.mark.parametrize("tol", [1e-3, 1e-6])
@pytest.mark.parametrize("family", GRAPHS)
def test_the_interval_holds_for_unconverged_triplets(family, tol, monkeypatch):
    monkeypatch.setattr(spectra, "DENSE_SIDE", 0)  # so that small graphs go by ARPACK
    graph = family_graph(family, size=60)
    k = 3
    triplets = spectrum(graph, k + 1, method="sparse", tol=tol)
    tail = 1 - label_energy(graph, triplets)[:k].sum()
    assert tail_at_most(graph, triplets, k) >= tail - triplets.rounding
    assert tail_at_least(graph, triplets, k) <= tail + triplets.rounding


@in_any_blocks_slowly
@pytest.mark.parametrize("hops", STEPS)
@pytest.mark.parametrize("family", GRAPHS)
def test_never_behind_theorem_4_cut_at_one(family, hops):
    """Up to what rounding outward costs, which is the more the smaller the gap."""
    graph = family_graph(family)
    triplets = all_triplets(graph)
    for k in range(1, min(graph.joint.shape)):
        gaps = 1 - triplets.upper_values[k] ** 2, np.diff(-(triplets.singular_values[k - 1 : k + 1] ** 2))[0]
        if min(gaps) < 1e-6:
            continue
        cut = min(1, induced_labelling_error(graph) / gaps[0])
        assert tail_at_most(graph, triplets, k, hops) <= cut + 4 * triplets.rounding / min(gaps)


def test_a_larger_estimate_of_the_next_value_keeps_the_bound_valid():
    graph = family_graph("latent_augmentations")
    jacobi = label_measure(graph)
    masses = [mass_up_to(jacobi, place) for place in np.linspace(0, 1, 400)]
    assert np.diff(masses).min() >= -1e-12


@pytest.mark.parametrize("cut", [0.0, 0.7])
@pytest.mark.parametrize("rounding", [1e-4, 1e-2])
@pytest.mark.parametrize("k", [1, 2, 3])
def test_the_tail_allows_for_values_and_vectors_that_are_off(k, rounding, cut):
    """By amounts that are large enough to see; with a step aside or without, whichever says more."""
    graph = family_graph("dense_random")
    triplets, jacobi = all_triplets(graph), label_measure(graph)
    low, high = triplets.singular_values - 0.02, triplets.singular_values + 0.01
    vars(triplets).update(lower_values=low, upper_values=high, rounding=rounding)
    most, least = [1.0], [0.0]
    for gap, aside in ((low[k - 1] ** 2 - high[k] ** 2, 0.0), (np.sqrt(rounding), np.sqrt(rounding))):
        upper, lower = max(cut, high[k]) ** 2 + aside, max(cut, low[k]) ** 2 - aside
        if gap > 0:
            most.append(np.sqrt(mass_up_to(jacobi, upper, slack=rounding)) + rounding / gap)
            least.append(np.sqrt(mass_below(jacobi, lower, slack=rounding)) - rounding / gap)
    assert tail_at_most(graph, triplets, k, cut=cut) == pytest.approx(min(most) ** 2, rel=1e-12)
    assert tail_at_least(graph, triplets, k, cut=cut) == pytest.approx(max(least) ** 2, rel=1e-12)


@pytest.mark.parametrize("said", [{}, {"lower_values": np.ones(19), "upper_values": np.ones(19)}])
def test_without_a_gap_the_bound_is_finite(said):
    graph = family_graph("identity")
    triplets = all_triplets(graph)
    vars(triplets).update(said)
    assert tail_at_most(graph, triplets, 3) == 1
    assert tail_at_least(graph, triplets, 3) == 0


def test_emoji_captions_say_more_in_several_hops():
    """Categories. Theorem 4 is vacuous at 100 dimensions; 12 moments halve it, and 16 do better."""
    graph = emoji_graph()
    triplets = spectrum(graph, 201)
    energy = label_energy(graph, triplets)
    for k, single, half_dozen, true in ((100, 1.088, 0.478, 0.336), (200, 0.737, 0.335, 0.234)):
        theorem_4 = induced_labelling_error(graph) / (1 - triplets.upper_values[k] ** 2)
        bounds = [tail_at_most(graph, triplets, k, hops) for hops in (1, 2, 4, 6, 8)]
        assert theorem_4 == pytest.approx(single, abs=5e-4)
        assert bounds[3] == pytest.approx(half_dozen, abs=5e-4)
        assert 1 - energy[:k].sum() == pytest.approx(true, abs=5e-4)
        assert bounds[3] < theorem_4 / 2
        assert np.all(np.diff(bounds) < 0)
        assert tail_at_least(graph, triplets, k) < true < bounds[-1]

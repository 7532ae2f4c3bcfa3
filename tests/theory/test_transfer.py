import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory import PairGraph, probe, spectrum
from theory.bounds import Encoder
from theory.transfer import classes_by_domains, transfer_bound

WEIGHTS = [(4.0, 2.0, 1.5, 0.5), (1.0, 0.4, 0.3, 0.1), (2.0, 1.2, 0.9, 0.3)]


def optimum(graph, k):
    return Encoder.optimum(graph, spectrum(graph, min(k + 1, *graph.joint.shape)), k).left


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize(("r", "m"), [(2, 2), (3, 2), (2, 4), (4, 3)])
def test_induced_pairs_have_the_weights_and_the_spectrum(weights, r, m):
    graph = classes_by_domains(r, m, **dict(zip(("rho", "alpha", "beta", "gamma"), weights, strict=True)))
    same_class, same_domain = (np.equal.outer(side, side) for side in np.divmod(np.arange(r * m), m))
    rho, alpha, beta, gamma = weights
    expected = np.select([same_class & same_domain, same_class, same_domain], [rho, alpha, beta], gamma)
    np.testing.assert_allclose(graph.induced().joint.toarray(), expected / expected.sum(), atol=1e-14)
    degree = expected[0].sum()
    own, of_class, of_domain = rho - alpha - beta + gamma, m * (alpha - gamma), r * (beta - gamma)
    values = [degree, *[own + of_class] * (r - 1), *[own + of_domain] * (m - 1), *[own] * ((r - 1) * (m - 1))]
    squares = np.sort(values)[::-1] / degree
    np.testing.assert_allclose(spectrum(graph, r * m).singular_values ** 2, squares, atol=1e-12)


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize(("r", "m"), [(2, 2), (3, 2), (2, 4), (4, 3)])
@pytest.mark.parametrize("sources", [1, 2])
def test_the_head_of_some_domains_is_right_on_all_others(weights, r, m, sources):
    if sources == m:
        return
    graph = classes_by_domains(r, m, **dict(zip(("rho", "alpha", "beta", "gamma"), weights, strict=True)))
    source, k = np.arange(r * m) % m < sources, r + m - 1
    features = optimum(graph, k)
    fitted = probe(graph, features, labelled=source)
    assert fitted.held_out_error == 0
    scores = features @ fitted.coefficients
    np.testing.assert_allclose(scores[~source], np.eye(r)[graph.left_labels[~source]] - 1 / r, atol=1e-9)
    # Features of both together have no score off the source: every class ties.
    assert probe(graph, optimum(graph, r * m), labelled=source).held_out_error == 1


def test_where_the_class_outweighs_the_domain_the_classes_alone_are_learnt():
    graph = classes_by_domains(3, 4, rho=2, alpha=1, beta=0.4, gamma=0.2)
    source, features = np.arange(12) % 4 == 1, optimum(graph, 3)
    fitted = probe(graph, features, labelled=source)
    assert fitted.held_out_error == 0
    np.testing.assert_allclose(features @ fitted.coefficients, np.eye(3)[graph.left_labels], atol=1e-9)


def test_where_pairs_join_other_classes_of_other_domains_the_head_is_wrong_throughout():
    """γ above α and β: the second feature is the class in one domain and the opposite in the other."""
    diagonal = np.array([[1, 0], [0, 1], [0, 1], [1, 0]])  # captions of classes 0, 1 in domains 0, 1, and of the rest
    graph = PairGraph(np.hstack([np.eye(4), diagonal, np.full((4, 1), 0.5)]), [0, 0, 1, 1])
    pairs = graph.induced().joint.toarray()[0]
    assert pairs[3] > max(pairs[1], pairs[2])
    fitted = probe(graph, optimum(graph, 2), labelled=[0, 2])
    assert fitted.held_out_error == 1
    assert fitted.error == pytest.approx(0.5)


def wrong(graph, scores):
    others = scores.copy()
    nodes = np.arange(graph.n_left)
    others[nodes, graph.left_labels] = -np.inf
    return scores[nodes, graph.left_labels] <= others.max(axis=1)


@given(st.integers(0, 2**32))
def test_the_bound_on_any_graph_from_its_definition(seed):
    rng = np.random.default_rng(seed)
    n_left, n_right = rng.integers(2, 9, size=2)
    joint = rng.random((n_left, n_right)) ** rng.integers(1, 9)
    labels = rng.permutation(np.arange(n_left) % 2)
    graph, source = PairGraph(joint, labels), rng.permutation(np.arange(n_left) < rng.integers(1, n_left))
    scores = rng.random() * np.eye(2)[labels] + 0.3 * rng.random() * rng.standard_normal((n_left, 2))
    pairs, mass = graph.induced().joint.toarray(), graph.left_marginal
    away = np.sum((scores[:, None] - scores) ** 2, axis=2)
    across = np.outer(~source, source)
    varied = np.sum(pairs * away * across)
    missed = mass[source] @ np.sum((scores - np.eye(2)[labels])[source] ** 2, axis=1)
    reached = np.sum(pairs * across * np.equal.outer(labels, labels), axis=1) / mass
    budget = 2 * (np.sqrt(varied) + np.sqrt(missed)) ** 2
    errs = wrong(graph, scores) & ~source
    assert mass[errs] @ reached[errs] <= budget * (1 + 1e-9)
    bound = transfer_bound(graph, scores, source)
    assert mass[errs].sum() / mass[~source].sum() <= bound
    # What the budget pays for, the cheapest nodes first.
    paid, left = 0.0, budget
    for node in sorted(np.flatnonzero(~source), key=lambda x: reached[x]):
        share = min(1.0, left / (mass[node] * reached[node])) if reached[node] > 0 else 1.0
        paid, left = paid + share * mass[node], left - share * mass[node] * reached[node]
    assert bound == pytest.approx(min(1.0, paid / mass[~source].sum()), rel=1e-6)


def test_the_bound_says_something_where_classes_are_well_joined_across_domains():
    """The scores are the classes: across, pairs of weight γ differ by 2, and those of weight α lead to the source."""
    graph = classes_by_domains(2, 2, rho=1, alpha=0.9, beta=0.1, gamma=0.08)
    features = optimum(graph, 2)
    scores = features @ probe(graph, features, labelled=[0, 2]).coefficients
    assert transfer_bound(graph, scores, [0, 2]) == pytest.approx(4 * 0.08 / 0.9)


def test_bad_arguments():
    graph = classes_by_domains(2, 2, rho=1, alpha=0.5, beta=0.3, gamma=0.1)
    with pytest.raises(ValueError, match="come of no captions"):
        classes_by_domains(2, 2, rho=1, alpha=0.1, beta=0.3, gamma=0.2)
    with pytest.raises(ValueError, match="two of each"):
        classes_by_domains(1, 2, rho=1, alpha=0.5, beta=0.3, gamma=0.1)
    with pytest.raises(ValueError, match="there is no target"):
        transfer_bound(graph, np.ones((4, 2)), [0, 1, 2, 3])
    with pytest.raises(ValueError, match="a column for each class"):
        transfer_bound(graph, np.ones((4, 3)), [0])

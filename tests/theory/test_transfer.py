import numpy as np
import pytest
from hypothesis import given

from pairbounds import PairGraph, optimal_embeddings, probe, spectrum
from pairbounds.theory.bounds.measured import Encoder
from tests.families import ANY_SEED

WEIGHTS = [(4.0, 2.0, 1.5, 0.5), (1.0, 0.4, 0.3, 0.1), (2.0, 1.2, 0.9, 0.3)]
SIZES = [(2, 2), (3, 2), (2, 4), (4, 3)]  # numbers of classes and domains
on_products = pytest.mark.parametrize(("weights", "r", "m"), [(shares, *size) for shares in WEIGHTS for size in SIZES])


def classes_by_domains(r, m, rho, alpha, beta, gamma):
    """Image `c m + d` is of class c in domain d; captions name both, the class alone, the domain alone, or neither."""
    weights = (rho - alpha - beta + gamma, m * (alpha - gamma), r * (beta - gamma), r * m * gamma)
    classes, domains = np.repeat(np.arange(r), m), np.tile(np.arange(m), r)
    captions = [np.eye(r * m), np.eye(r)[classes], np.eye(m)[domains], np.ones((r * m, 1))]
    joint = np.hstack([weight * side for weight, side in zip(weights, captions, strict=True)])
    return PairGraph(joint, classes, drop_isolated=True)


def optimum(graph, k):
    """`U_k`, whitened."""
    return Encoder.optimum(graph, spectrum(graph, min(k + 1, *graph.shape)), k).left


@on_products
def test_induced_pairs_have_the_weights_and_the_spectrum(weights, r, m):
    graph = classes_by_domains(r, m, *weights)
    same_class, same_domain = (np.equal.outer(side, side) for side in np.divmod(np.arange(r * m), m))
    rho, alpha, beta, gamma = weights
    expected = np.select([same_class & same_domain, same_class, same_domain], [rho, alpha, beta], gamma)
    np.testing.assert_allclose(graph.induced().joint.toarray(), expected / expected.sum(), atol=1e-14)
    degree = expected[0].sum()
    of_pair, of_class, of_domain = rho - alpha - beta + gamma, m * (alpha - gamma), r * (beta - gamma)
    values = [
        degree,
        *[of_pair + of_class] * (r - 1),
        *[of_pair + of_domain] * (m - 1),
        *[of_pair] * ((r - 1) * (m - 1)),
    ]
    squares = np.sort(values)[::-1] / degree
    np.testing.assert_allclose(spectrum(graph, r * m).singular_values ** 2, squares, atol=1e-12)


@on_products
@pytest.mark.parametrize("sources", [1, 2])
def test_the_head_of_some_domains_is_right_on_all_others(weights, r, m, sources):
    if sources == m:
        return
    graph = classes_by_domains(r, m, *weights)
    source, k = np.arange(r * m) % m < sources, r + m - 1
    features = optimum(graph, k)
    fitted = probe(graph, features, labelled=source)
    assert fitted.held_out_error == 0
    scores = features @ fitted.coefficients
    np.testing.assert_allclose(scores[~source], np.eye(r)[graph.left_labels[~source]] - 1 / r, atol=1e-9)
    # Features of both together have no score off the source: every class ties.
    assert probe(graph, optimum(graph, r * m), labelled=source).held_out_error == 1


@pytest.mark.parametrize(("k", "scores"), [(3, [0.634, -0.366]), (4, [0.268, 0])])
def test_the_optimum_that_is_not_whitened_has_other_scores_off_the_source(k, scores):
    """A false form of theorem 25 (b, c), for `U_k Σ_k^{1/2} R`: squared errors are less, and none is wrong."""
    graph, rng = classes_by_domains(2, 2, 4, 2, 2, 1), np.random.default_rng(0)
    features = optimal_embeddings(graph, k)[0]
    for rotation in (np.eye(k), *(np.linalg.qr(rng.standard_normal((k, k)))[0] for _ in range(3))):
        fitted = probe(graph, features @ rotation, labelled=[0, 2])
        assert fitted.held_out_error == 0
        result = (features @ rotation @ fitted.coefficients)[[1, 3]]
        np.testing.assert_allclose(result, [scores, scores[::-1]], atol=1e-3)
        misses = np.mean(np.sum((result - np.eye(2)) ** 2, axis=1))
        assert misses == pytest.approx({3: 0.268, 4: 0.536}[k], abs=1e-3)


def test_if_pairs_join_other_classes_across_domains_the_head_is_always_wrong():
    """γ above α and β: the second feature is the class in one domain and the opposite in the other."""
    diagonal = np.array([[1, 0], [0, 1], [0, 1], [1, 0]])  # captions of classes 0, 1 in domains 0, 1, and of the rest
    graph = PairGraph(np.hstack([np.eye(4), diagonal, np.full((4, 1), 0.5)]), [0, 0, 1, 1])
    pairs = graph.induced().joint.toarray()[0]
    assert pairs[3] > max(pairs[1], pairs[2])
    fitted = probe(graph, optimum(graph, 2), labelled=[0, 2])
    assert fitted.held_out_error == 1
    assert fitted.error == pytest.approx(0.5)


def both_sides(graph, scores, source):
    """`Σ p q` over the targets that are wrong or tied, and `2 (√V + √ε_S)²`, of the remark to theorem 25."""
    labels, pairs = graph.left_labels, graph.induced().joint.toarray()
    label_scores = np.take_along_axis(scores, labels[:, None], axis=1)
    wrong = ~source & (np.sum(scores >= label_scores, axis=1) > 1)
    across = pairs * np.outer(~source, source) * np.equal.outer(labels, labels)
    varied = np.sum(across * np.sum((scores[:, None] - scores) ** 2, axis=2))
    missed = np.sum(across @ np.sum((scores - np.eye(2)[labels]) ** 2, axis=1))
    return np.sum(across[wrong]), 2 * (np.sqrt(varied) + np.sqrt(missed)) ** 2


@given(ANY_SEED)
def test_scores_err_on_no_more_targets_than_the_pairs_of_their_class_allow(seed):
    rng = np.random.default_rng(seed)
    n_left, n_right = rng.integers(2, 9, size=2)
    labels = rng.permutation(np.arange(n_left) % 2)
    graph = PairGraph(rng.random((n_left, n_right)) ** rng.integers(1, 9), labels)
    scores = rng.random() * np.eye(2)[labels] + 0.3 * rng.random() * rng.standard_normal((n_left, 2))
    errs, allowed = both_sides(graph, scores, rng.permutation(np.arange(n_left) < rng.integers(1, n_left)))
    assert errs <= allowed * (1 + 1e-9)


@pytest.mark.parametrize("part", [0, 0.25, 1])
@pytest.mark.parametrize("beside", [0, 0.1])
def test_the_bound_is_attained_by_scores_between_those_of_a_tie(part, beside):
    """A target node ties, the scores of its class in the source lie on the way to the tie, and all others are right.

    Pairs of two classes, of weight `beside`, do not count.
    """
    graph = PairGraph([[0.2, beside], [0.3, 0], [0, 0.4], [0, 0.1]], [0, 0, 1, 1])
    scores = np.eye(2)[graph.left_labels]
    scores[0], scores[1] = [1 - part / 2, part / 2], [0.5, 0.5]
    errs, allowed = both_sides(graph, scores, np.array([True, False, True, False]))
    assert errs == pytest.approx(allowed) == pytest.approx(graph.induced().joint[0, 1])

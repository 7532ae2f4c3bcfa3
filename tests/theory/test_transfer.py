import numpy as np
import pytest

from pairbounds import PairGraph, probe, spectrum
from pairbounds.theory.bounds.measured import Encoder

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


def test_if_pairs_join_other_classes_across_domains_the_head_is_always_wrong():
    """γ above α and β: the second feature is the class in one domain and the opposite in the other."""
    diagonal = np.array([[1, 0], [0, 1], [0, 1], [1, 0]])  # captions of classes 0, 1 in domains 0, 1, and of the rest
    graph = PairGraph(np.hstack([np.eye(4), diagonal, np.full((4, 1), 0.5)]), [0, 0, 1, 1])
    pairs = graph.induced().joint.toarray()[0]
    assert pairs[3] > max(pairs[1], pairs[2])
    fitted = probe(graph, optimum(graph, 2), labelled=[0, 2])
    assert fitted.held_out_error == 1
    assert fitted.error == pytest.approx(0.5)

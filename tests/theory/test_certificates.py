from fractions import Fraction

import mpmath as mp
import numpy as np
import pytest
import scipy.linalg
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from pairbounds import PairGraph, check_bounds, spectrum
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.spectrum import certificates as module
from pairbounds.theory.spectrum.certificates import certify, deflated_end, with_certificate
from tests.families import ANY_RNG, GRAPHS, dense_values, family_graph, slow_decay


@pytest.mark.parametrize("proof_side", [module.PROOF_SIDE, 0])
@pytest.mark.parametrize("family", GRAPHS)
def test_a_certified_value_is_above_the_true_one_and_close(family, proof_side, monkeypatch):
    monkeypatch.setattr(module, "PROOF_SIDE", proof_side)
    graph = family_graph(family, 0, 40)
    for k in (1, 12):
        result = certify(graph, spectrum(graph, k + 1), k)
        true = dense_values(graph)[k]
        assert result.upper >= true - 1e-15
        assert result.upper <= true + (1e-6 if proof_side else 2e-3)
        assert result.method == ("cholesky" if proof_side else "probes")
        assert (result.confidence == 1) == (proof_side > 0)


@given(ANY_RNG, st.integers(1, 10))
def test_the_proof_does_not_depend_on_the_vectors(rng, k):
    """Any basis gives a true upper bound: a wrong one only a looser one."""
    graph = PairGraph(rng.random((15, 12)) ** 4)
    right, _ = np.linalg.qr(rng.standard_normal((12, k)))
    left, _ = np.linalg.qr(rng.standard_normal((15, k)))
    guess = Spectrum(np.zeros(k), left, right, np.zeros(k), "dense").leading(k + 1)
    assert certify(graph, guess, k).upper >= dense_values(graph)[k] - 1e-15


@pytest.mark.parametrize("proof_side", [module.PROOF_SIDE, 0])
def test_a_skipped_value_is_noticed(proof_side, monkeypatch):
    """Triplets that pass every residual check, and lack the third: only the certificate can tell."""
    monkeypatch.setattr(module, "PROOF_SIDE", proof_side)
    graph = slow_decay(np.random.default_rng(1), 300, 200)
    everything = spectrum(graph, 8)
    indices = [0, 1, 3, 4, 5, 6, 7]
    values, residuals = everything.singular_values[indices], everything.residuals[indices]
    skipped = Spectrum(values, everything.left[:, indices], everything.right[:, indices], residuals, "sparse")
    assert skipped.residuals.max() < 1e-12
    repaired, certificate = with_certificate(graph, skipped, 6)
    assert everything.singular_values[2] - 1e-12 <= certificate.upper < 1.2 * everything.singular_values[2]
    assert repaired.upper_values[6] >= certificate.upper


def test_check_bounds_uses_certificates_on_request():
    graph = family_graph("latent_captions", 3)
    plain, proved = check_bounds(graph, 4), check_bounds(graph, 4, certified=True)
    assert proved["holds"].all()
    values = [table.set_index("bound").loc["probe-error", "value"] for table in (plain, proved)]
    assert values[0] <= values[1] <= values[0] * (1 + 1e-6)


def second_value_squared(graph: PairGraph) -> Fraction:
    """`σ_2²` of two images and two captions, exactly: the squared determinant, since `σ_1 = 1`."""
    (a, b), (c, d) = [[Fraction(x) for x in row] for row in graph.joint.toarray().tolist()]
    return (a * d - b * c) ** 2 / ((a + b) * (c + d) * (a + c) * (b + d))


def test_a_factorisation_fooled_by_round_off_proves_nothing():
    """Thresholds a rounding or two below the true value: plain Cholesky runs to its end on many of them."""
    rng, fooled = np.random.default_rng(4), 0
    for _ in range(300):
        graph = PairGraph(rng.random((2, 2)) + 0.01)
        true, basis = second_value_squared(graph), np.sqrt(graph.right_marginal)[:, None]
        threshold = float(true)
        while Fraction(threshold) >= true:
            threshold = np.nextafter(threshold, 0)
        matrix = graph.normalized
        plain = threshold * np.eye(2) - ((matrix.T @ matrix).toarray() - basis @ basis.T)
        fooled += scipy.linalg.lapack.dpotrf(plain)[1] == 0
        assert not module.is_proved(matrix, basis, threshold)
        assert module.is_proved(matrix, basis, float(true) * (1 + 1e-12) + 1e-13)
        result = certify(graph, spectrum(graph, 2), 1)
        assert Fraction(result.upper) ** 2 >= true
    assert fooled > 30


@pytest.mark.parametrize("shape", [(700, 3), (2000, 2), (1, 60)])
def test_rounding_of_the_marginals_enters_the_certificate(shape):
    """A sum of many equal weights drifts: the whole matrix is off, by many times the rounding of an entry."""
    graph = PairGraph(np.full(shape, 0.1))
    with mp.workdps(40):
        weights = mp.matrix(graph.joint.toarray().tolist())
        rows, columns = ([mp.fsum(w[i, :]) for i in range(w.rows)] for w in (weights, weights.T))
        off = max(
            abs(mp.mpf(value) * mp.sqrt(rows[i] * columns[j]) / weights[i, j] - 1)
            for (i, j), value in np.ndenumerate(graph.normalized.toarray())
        )
    assert off <= module.normalising_error(graph)
    if shape[0] > 1:
        assert off > max(20 * module.EPS, module.normalising_error(graph) / 10)


def test_round_off_of_a_thousandth_counts_at_every_step_of_the_proof(monkeypatch):
    """`G - V Vᵀ = diag(0, 0.19)`: what is proved is where the allowance ends, by hand, for columns of 2 and 1 entries.

    Of `0.19 + d` twice the allowance, `2 u (2 + 2 ‖|V|‖² + 5 (0.19 + d + 2) + 4 (0.19 + 2 d))`, has to be below d.
    """
    u = 1e-3 / 2
    monkeypatch.setattr(module, "EPS", 2 * u)
    matrix, basis = sp.csr_array([[0.6, 0], [0.8, 0], [0, 1]]), np.diag([1, 0.9])
    least = 2 * u * (4 + 5 * 2.19 + 4 * 0.19) / (1 - 26 * u)
    assert module.is_proved(matrix, basis, 0.19 + least * (1 + 1e-9))
    assert not module.is_proved(matrix, basis, 0.19 + least * (1 - 1e-9))


@pytest.mark.parametrize("proof_side", [module.PROOF_SIDE, 0])
def test_the_error_of_the_normalised_matrix_is_added(proof_side, monkeypatch):
    monkeypatch.setattr(module, "PROOF_SIDE", proof_side)
    graph = family_graph("dense_random", 3)
    triplets = spectrum(graph, 2)
    plain = certify(graph, triplets, 1).upper
    monkeypatch.setattr(module, "normalising_error", lambda _: 1e-3)
    assert certify(graph, triplets, 1).upper == pytest.approx(plain + 1e-3, rel=1e-12)


@pytest.mark.parametrize("error", [0.0, 1e-9, 1e-6])
def test_the_upper_end_of_probes_holds_with_the_largest_allowed_errors(error):
    """Products are off by exactly the error that is declared, in the direction that hides the leading vector."""
    rng = np.random.default_rng(11)
    values = np.r_[0.6, rng.uniform(0, 0.5, 299)]
    basis = np.linalg.qr(rng.standard_normal((300, 300)))[0]
    matrix, leading = basis * values @ basis.T, basis[:, :1]

    def product(columns: np.ndarray) -> np.ndarray:
        exact = matrix @ columns
        return exact - error * np.linalg.norm(columns, axis=0) * np.sign(leading.T @ exact) * leading

    none = np.empty((300, 0)), np.empty(0)
    for seed in range(2):
        start = np.random.default_rng(seed).standard_normal((300, 2))
        assert 0.6 - 1e-12 <= deflated_end(product, *none, start, 0.5, rounding=error) <= 0.72
        assert 0.6 <= deflated_end(product, *none, start, 0.61, rounding=error) <= 0.63

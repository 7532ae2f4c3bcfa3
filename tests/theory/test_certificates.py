import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.families import FAMILIES, slow_decay
from theory import PairGraph, check_bounds, spectrum
from theory import certificates as module
from theory.certificates import certify, with_certificate
from theory.spectra import Spectrum


def true_value(graph: PairGraph, k: int) -> float:
    return float(np.linalg.svd(graph.normalized.toarray(), compute_uv=False)[k])


@pytest.mark.parametrize("proof_side", [module.PROOF_SIDE, 0])
@pytest.mark.parametrize("family", FAMILIES)
def test_a_certified_value_is_above_the_true_one_and_close(family, proof_side, monkeypatch):
    monkeypatch.setattr(module, "PROOF_SIDE", proof_side)
    graph = FAMILIES[family](np.random.default_rng(0), 40)
    for k in (1, 4, 12):
        found = certify(graph, spectrum(graph, k + 1), k)
        true = true_value(graph, k)
        assert found.upper >= true - 1e-15
        assert found.upper <= true + (1e-6 if proof_side else 2e-3)
        assert found.method == ("cholesky" if proof_side else "lanczos")
        assert (found.confidence == 1) == (proof_side > 0)


@given(st.integers(0, 2**31), st.integers(1, 10))
def test_the_proof_does_not_depend_on_the_vectors(seed, k):
    """Any basis gives a true upper bound: a wrong one only a looser one."""
    rng = np.random.default_rng(seed)
    graph = PairGraph(rng.random((15, 12)) ** 4)
    right, _ = np.linalg.qr(rng.standard_normal((12, k)))
    left, _ = np.linalg.qr(rng.standard_normal((15, k)))
    guess = Spectrum(np.zeros(k), left, right, np.zeros(k), "dense").leading(k + 1)
    assert certify(graph, guess, k).upper >= true_value(graph, k) - 1e-15


def test_a_skipped_value_is_noticed():
    """Triplets that pass every residual check, and lack the third: only the certificate can tell."""
    graph = slow_decay(np.random.default_rng(1), 300, 200)
    everything = spectrum(graph, 8)
    kept = [0, 1, 3, 4, 5, 6, 7]
    skipped = Spectrum(
        everything.singular_values[kept],
        everything.left[:, kept],
        everything.right[:, kept],
        everything.residuals[kept],
        "sparse",
    )
    assert skipped.residuals.max() < 1e-12
    repaired, certificate = with_certificate(graph, skipped, 6)
    assert certificate.upper >= everything.singular_values[2] - 1e-12
    assert repaired.upper_values[6] >= certificate.upper


def test_beyond_the_last_value_there_is_nothing_to_prove():
    graph = PairGraph(np.random.default_rng(2).random((6, 4)))
    assert certify(graph, spectrum(graph, 4).leading(5), 4).upper == 0


def test_check_bounds_uses_it_when_asked():
    graph = FAMILIES["captions"](np.random.default_rng(3), 18)
    plain, proved = check_bounds(graph, 4), check_bounds(graph, 4, certified=True)
    assert proved["holds"].all()
    values = [table.set_index("bound").loc["probe-error", "value"] for table in (plain, proved)]
    assert values[0] <= values[1] <= values[0] * (1 + 1e-6)

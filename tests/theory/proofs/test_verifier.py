"""The parts of the verifier against naive oracles: it may say no where the truth is yes, never yes where it is no."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairbounds import PairGraph, spectrum
from pairbounds.theory.proofs.places import BITS, places
from pairbounds.theory.proofs.proof import exact_graph
from tests.families import ANY_RNG
from tests.theory.proofs.verifier import saved, verifier


@given(ANY_RNG, st.integers(-8, 8))
def test_a_matrix_called_definite_is_so_after_any_rounding(rng, least):
    n, scale = 4, 10**4
    orthogonal, _ = np.linalg.qr(rng.standard_normal((n, n)))
    matrix = np.rint((orthogonal * np.r_[least * 150, rng.integers(1, scale, n - 1)]) @ orthogonal.T).astype(int)
    matrix = np.tril(matrix) + np.tril(matrix, -1).T
    lower = [row[: i + 1] for i, row in enumerate(matrix.tolist())]
    if verifier.definite(lower):
        signs = np.array(list(product([-1, 1], repeat=n)))
        worst = min(float(np.linalg.eigvalsh(matrix - np.outer(s, s) - np.eye(n)).min()) for s in signs)
        assert worst > 0
    else:
        shift = n * (int(np.sqrt(matrix.diagonal().max())) + 2)
        assert np.linalg.eigvalsh(matrix).min() < 3 * shift  # it gives up only near the edge


@given(ANY_RNG)
def test_a_polynomial_said_to_be_above_a_square_is(rng):
    p, s = ([Fraction(int(c), 8) for c in rng.integers(-9, 10, rng.integers(1, 6))] for _ in range(2))
    low, high = sorted(Fraction(int(end), 16) for end in rng.integers(0, 17, 2))
    places = [low + (high - low) * Fraction(i, 200) for i in range(201)]
    differences = [sum(c * t**j for j, c in enumerate(p)) - sum(c * t**j for j, c in enumerate(s)) ** 2 for t in places]
    answer = verifier.above_square(p, s, low, high, verifier.Work(0))
    if answer:
        assert min(differences) >= 0
    else:
        assert min(differences) < Fraction(1, 100)  # below it somewhere, or nearly


@pytest.mark.parametrize("shape", [(5, 8), (8, 5), (6, 6)])
def test_bounds_of_values_are_proved_on_their_side_only(tmp_path, shape):
    rng = np.random.default_rng(0)
    graph = PairGraph(rng.random(shape) ** 3, np.arange(shape[0]) % 2)
    squares = spectrum(graph, min(shape)).singular_values ** 2
    parsed = verifier.read(saved(graph, tmp_path))
    for k in range(1, min(shape)):
        interval = places(graph, exact_graph(graph), k)
        values = verifier.Values(parsed, BITS)
        assert float(interval.at_most) == pytest.approx(squares[k], abs=1e-12)
        assert float(interval.at_least) == pytest.approx(squares[k - 1], abs=1e-10)
        assert values.at_most(interval.at_most, interval.basis)
        assert values.at_least(interval.at_least, interval.basis)
        assert not values.at_most(Fraction(squares[k] - 1e-12), interval.basis)
        assert not values.at_least(Fraction(squares[k - 1] + 1e-12), interval.basis)

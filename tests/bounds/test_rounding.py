"""Rounding in clusters, near-ties and ill-conditioned encoders, where exact bounds hold too."""

from functools import partial

import numpy as np
import pytest

from pairbounds import BOUNDS, PairGraph, bound, check_bounds, induced_labelling_error, optimal_embeddings, spectrum
from pairbounds.theory.bounds.measured import QUANTITIES
from pairbounds.theory.bounds.precise import PreciseSubject, measure
from pairbounds.theory.bounds.scoring import embedded
from pairbounds.theory.bounds.theorem34_few_labels import few_labels_balanced_mse
from pairbounds.theory.bounds.theorem36_caption_noise import corrected_for_noise, noisy_consistency
from pairbounds.theory.bounds.theorem38_shift import shifted_error
from pairbounds.theory.bounds.theorem39_prompts import prompt_ensemble
from tests.families import block_diagonal, dense_values, require_all_hold, row_of


def weakly_linked(seed: int, link: float, blocks: int = 110) -> PairGraph:
    """Blocks joined by links of a given weight: as many values in a cluster below 1 as there are blocks."""
    rng = np.random.default_rng(seed)
    joint = block_diagonal([rng.random((7, 6)) + 0.3 for _ in range(blocks)]).tolil()
    for i in range(blocks):
        joint[7 * i, 6 * int(rng.integers(blocks))] += link * (1 + rng.random())
    labels = rng.integers(0, 5, blocks)
    return PairGraph(joint.tocsr(), np.repeat(labels, 7), np.repeat(labels, 6))


@pytest.mark.parametrize("link", [1e-12, 1e-8])
@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_clusters_that_the_sparse_route_can_hardly_resolve(link, seed):
    graph, k = weakly_linked(seed, link), 30
    result = spectrum(graph, k + 1, method="sparse")
    true = dense_values(graph)
    assert np.all(result.upper_values >= np.minimum(1, true[: k + 1]) - 1e-14)  # the dense values round off, too
    np.testing.assert_allclose(result.singular_values, true[: k + 1], atol=1e-8)
    require_all_hold(check_bounds(graph, k, triplets=result))


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("classes", [1, 2])
def test_a_gap_of_a_trillionth(seed, classes):
    """The computed vectors turn by round-off over the gap, and the measured error with them."""
    rng = np.random.default_rng(seed)
    graph = PairGraph(np.eye(6) + 1e-12 * rng.random((6, 6)), np.arange(6) % classes, np.arange(6) % classes)
    for k in (1, 2, 5):
        require_all_hold(check_bounds(graph, k))


def factorisation_of(graph, k, features):
    """Both sides of theorem 1, their allowance for round-off, and the true loss."""
    encoder = embedded(graph, k, features)
    round_off = encoder.spectrum.rounding * encoder.loss_scale
    true = measure("spectral_loss", PreciseSubject(graph, k, features)).value
    return encoder.loss, BOUNDS["factorisation"](graph, encoder.spectrum, k, encoder), round_off, true


@pytest.mark.parametrize("condition", [1, 1e3, 1e6, 1e9])
@pytest.mark.parametrize("size", [1e-9, 1, 1e9])
def test_the_errors_of_both_sides_of_theorem_1_are_within_their_allowances(condition, size):
    rng = np.random.default_rng([int(condition), int(size)])
    graph = PairGraph(rng.random((9, 7)))
    f, g = optimal_embeddings(graph, 4)
    first, second = (np.linalg.qr(rng.standard_normal((4, 4)))[0] for _ in range(2))
    stretch = condition ** np.array([0.5, 0, 0, -0.5])
    dependent = rng.standard_normal((9, 4))
    dependent[:, 1] = dependent[:, 0] + dependent[:, 1] / condition
    dependent[:, 2] = 0
    for features in (
        ((size * f @ first * stretch) @ second, (g @ first / stretch) @ second),
        (size * dependent, rng.standard_normal((7, 4))),
    ):
        measured, value, round_off, true = factorisation_of(graph, 4, features)
        assert round_off < 1e-12 * size * (1 + size) * condition
        assert abs(measured - true) < round_off / 10
        assert abs(value - true) < round_off / 10


def test_residuals_of_a_sparse_spectrum_hide_no_violation():
    """The tolerance of a quantity that has nothing to do with the spectrum does not grow with its residuals."""
    graph = weakly_linked(3, 1e-5)
    assert 0 < induced_labelling_error(graph) < 1e-4
    bound("nothing-crosses", quantity="induced_labelling_error", status="conjecture")(lambda graph, spectrum, k: 0.0)
    triplets = spectrum(graph, 31, method="sparse", tol=1e-2)
    row = row_of("nothing-crosses", graph, 30, triplets=triplets)
    assert not row["holds"]
    assert row["tightness"] == np.inf


def test_vacuous_means_no_better_than_guessing():
    graph = PairGraph([[0.9, 0.1], [0.1, 0.9], [0.1, 0.9]], [0, 1, 1], [0, 1])
    guess = 1 - graph.left_marginal[1:].sum()
    assert QUANTITIES["probe_error"].guess(graph) == pytest.approx(guess)
    assert QUANTITIES["probe_mse"].guess(graph) == pytest.approx(2 * guess * (1 - guess))
    for name, factor in (("better", 0.999), ("vacuous", 1.001)):
        bound(name, quantity="probe_error", status="conjecture")(lambda *_, factor=factor: guess * factor)
    rows = check_bounds(graph, 1).set_index("bound").loc[["better", "vacuous"]]
    assert rows["guess"].tolist() == pytest.approx([guess, guess])
    assert rows["vacuous"].tolist() == [False, True]


SHARES = np.r_[0.5, 0.5 - 2.0**-19, np.full(64, 2.0**-25)]  # exact in single precision, in which their sum is not 1


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (partial(few_labels_balanced_mse, 0.1), ([0.3, 0.7], [1.1, 2.3], [3, 7])),
        (partial(shifted_error, 0.1), (SHARES, SHARES[::-1])),
        (prompt_ensemble, (SHARES.reshape(3, 11, 2), [0.4, 0.7, 0.8])),
        (partial(noisy_consistency, share=0.1), ([1, 0.7], [0.3, 0.7])),
        (partial(corrected_for_noise, share=0.1), ([1, 0.3], [1, 0.7], [0.3, 0.7])),
        (partial(corrected_for_noise, share=0.5), ([1, 0.5], [1, 0.68], [0.3, 0.7])),
    ],
)
def test_arguments_in_single_precision_are_converted_to_double(function, arguments):
    single = [np.array(argument, dtype=np.float32) for argument in arguments]
    np.testing.assert_allclose(function(*single), function(*(np.float64(array) for array in single)), rtol=1e-12)

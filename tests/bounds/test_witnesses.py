"""Values worked out by hand, and further equality cases: no constant, exponent, root or term may be another."""

from collections.abc import Callable
from dataclasses import replace
from math import log, sqrt

import numpy as np
import pytest
import scipy.linalg
import scipy.sparse.linalg

from pairbounds import BOUNDS, PairGraph
from pairbounds.theory.bounds.measured import QUANTITIES, Encoder
from pairbounds.theory.graph.singular_triplets import Spectrum, residual_norms
from tests.bounds.checks import CHECKS
from tests.bounds.checks.check import Case, Checks, tie, two_nodes
from tests.bounds.checks.theorem09 import two_exponential_tails
from tests.bounds.checks.theorem17 import both_bits, largest_eigenvalue
from tests.bounds.test_every_bound import pinned_down


def one_caption_of_two() -> Case:
    """All of the embedding along one of two pairs that nothing connects: ε = 1, q = 1/2, and the error is 1."""
    constant = np.array([[1.0, 0.0], [1.0, 0.0]])
    return Case(PairGraph(np.eye(2), [0, 1], [0, 1]), 2, (constant, constant))


def two_bits(features: bool = True, k: int = 2) -> Case:
    """Two independent bits, kept at 0.9 and 0.8, four classes: σ is 1, 0.9, 0.8, 0.72, a quarter of the energy at each.

    `α = 1 - 0.9 * 0.95`. The features are the optimum at k = 2, but for 0.8 in the place of σ_2 = 0.9: ε = 0.01.
    """
    joint = np.kron(two_nodes(0.1).joint.toarray(), two_nodes(0.05).joint.toarray())
    signs = np.column_stack([np.ones(4), np.tile([1.0, -1.0], 2)])
    return Case(PairGraph(joint, np.arange(4), np.arange(4)), k, (signs * [1, 0.8], signs) if features else None)


def half_of_three_classes_astray() -> Case:
    """A caption for each of three classes, half of it images of the other two."""
    return Case(PairGraph(np.eye(3) + 0.5 * (1 - np.eye(3)), np.arange(3), np.arange(3)))


def two_values() -> Case:
    """The optimum at k = 2, σ = 1, 0.8."""
    return Case(two_nodes(0.1), 2)


def two_pairs_each(images: int, share: float) -> Case:
    """Two captions of a class each, of so many images each; the critic gives every image its caption with `share`."""
    joint, score = np.kron(np.eye(2), np.ones((images, 1))), log(share / (1 - share))
    critic = score * joint, np.eye(2)
    return Case(PairGraph(joint, np.repeat([0, 1], images), [0, 1]), 1, critic=critic)


BIT_VALUES = np.array([1, 0.9, 0.8, 0.72])


def penalised_bits(penalty: float, k: int, off: float, stretch: float = 1.0) -> Case:
    """The two bits and their penalised optimum of width k, but for its first part in `F Gᵀ`, which is off.

    With `stretch` the two sides of that part are of unequal size, and what they are above the least is in excess too.
    """
    first, second = np.tile([1, -1], 2), np.repeat([1, -1], 2)
    bits = np.column_stack([np.ones(4), first, second, first * second])[:, :k]
    shares, scale = np.maximum(0, BIT_VALUES[:k] - penalty), np.r_[stretch, np.ones(k - 1)]
    shares[0] += off
    return Case(two_bits().graph, k, (bits * np.sqrt(shares) * scale, bits * np.sqrt(shares) / scale), penalty)


def by_hops(penalty: float, excess: float, rounding: float = 0.0) -> float:
    """The two bits: the root of the tail, a step function, and what `√(p_max ε)` adds at each of the t tried."""
    t = penalty + (1 - penalty) / (1 + np.exp(-np.linspace(-14, 5, 48)))
    tails = np.mean(t[:, None] ** 2 + rounding >= BIT_VALUES**2, axis=1)
    return float(np.min(np.sqrt(tails) + (sqrt(excess) + rounding) / 2 / (t - penalty)) ** 2)


def by_duality(penalty: float, first: float) -> float:
    """The gap of the two bits at `X = diag(first, 0.14, 0.04, 0)`, of residual `Ā - X`."""
    x = np.array([first, 0.14, 0.04, 0])
    residual = BIT_VALUES - x
    z = penalty * residual / residual.max()
    return float(np.sum(residual**2 + 2 * penalty * x - 2 * z * BIT_VALUES + z**2))


def blind() -> Case:
    """All images at the origin: every one is a tie, and nothing is explained."""
    return Case(two_nodes(0.1), 1, (np.zeros((2, 1)), np.zeros((2, 1))))


def thrice(graph: PairGraph) -> PairGraph:
    """Three copies of each node: the same values, and zeros."""
    return PairGraph(np.kron(graph.joint.toarray(), np.ones((3, 3))), np.repeat(graph.left_labels, 3))


def every_image_a_class() -> Case:
    """More classes than operator norms are computed for. All σ are 1, and the encoder has 1/2 instead: ε = 130 / 4."""
    n = 130
    return Case(PairGraph(np.eye(n), np.arange(n)), n, (np.eye(n), n / 2 * np.eye(n)))


ALPHA, ALPHA_T = 1 - 0.9 * 0.95, (0.19 + 0.36 + 1 - 0.72**2) / 4
REMAINING = (0.36 + 1 - 0.72**2) / 4
OFF_SUBSPACE = sqrt(0.01 / (0.81 - 0.64))
NEAR_ZERO_SHOT = sqrt(2 * ALPHA - ALPHA_T) + sqrt(0.25) * OFF_SUBSPACE + sqrt(0.65 * ALPHA_T / 0.36)
SINE = 50 * sqrt(1e-4 / 4)  # of an angle: √(1/4 + (1 - s/25)²/4) + s √(ε/4) is least, ½ (cos + sin), at 1 - s/25 = tan
STRETCHED = 1e-4 + 0.5 * 0.51 * (1.21 + 1 / 1.21 - 2)
BEYOND = (1 - 0.5 / 0.8) ** 2 * (0.8**2 + 0.72**2)  # of values that exceed the penalty, and the width
NEAR = (sqrt(ALPHA_T / 0.36) + OFF_SUBSPACE / 2) ** 2, (sqrt(0.5) + OFF_SUBSPACE / 2) ** 2
# Of 0.81, 0.64 and 0.5184 the mean, and with their variance what the largest can be.
MEAN = (0.81 + 0.64 + 0.72**2) / 3
BY_VARIANCE = MEAN + sqrt(2 * ((0.81**2 + 0.64**2 + 0.72**4) / 3 - MEAN**2))

# Of both bits at σ = 0.9, 0.8: S_i = σ_i² - 0.72², and η over √ε at the thresholds S_3, where g = 1, and S_2.
S = 1 - 0.72**2, 0.9**2 - 0.72**2, 0.8**2 - 0.72**2
OFF_HARD = sqrt(largest_eigenvalue(1 / S[0], 1 / S[1] + 1 / S[2]))
OFF_SOFT, LOWERED = sqrt(largest_eigenvalue(1 / S[0], 2 / S[1])), sqrt(S[2] / S[1])
REST_SOFT = sqrt((1 + (1 - LOWERED) ** 2) / 8)
# Of two of the four images (1 + γ_g) / 2 is the first, of one the second, and the last is further ahead.
SOFT_MARGINS = (1 + LOWERED / 2) / 2, 1 - LOWERED / 4
SOFT_BUDGET = (REST_SOFT / 2 + 0.2 * OFF_SOFT) ** 2


def in_doubt(budget: float) -> float:
    """N where the third bit counts half: margins of 1/4 on half of the mass, 3/4 and 5/4 on a quarter each."""
    return 3 / 4 + (budget - (2 * (1 / 4) ** 2 + (3 / 4) ** 2) / 8) / ((5 / 4) ** 2 / 2)


def worked_out(case: Callable[[], Case], value: float) -> Checks:
    """A witness whose value is known by hand."""
    return Checks(case, None, value=value)


def four_classes() -> Case:
    """Both bits at 0.9 and 0.8, and a class for each image: every margin is 1/2, and `‖(I - Π) Ỹ‖²` is 1/4."""
    bits = both_bits(0.8, 1e-4)
    return replace(bits, graph=PairGraph(bits.graph.joint, np.arange(4)))


WITNESSES: dict[str, list[Checks]] = {
    "optimum": [worked_out(two_values, -1 - 0.8**2)],
    "mmcl-is-sscl": [worked_out(two_values, -1 - 0.8**4)],
    "sharp-probe-mse": [worked_out(lambda: two_bits(features=False), REMAINING / 0.36)],
    "image-error": [worked_out(tie, 2 * (1 + 0.1))],
    "induced-labelling-error": [worked_out(half_of_three_classes_astray, 1 - (1 / 2) ** 2 - 2 * (1 / 4) ** 2)],
    "zero-shot": [worked_out(two_bits, 2 * (sqrt(2 * ALPHA - ALPHA_T) + 0.8 * sqrt(ALPHA_T / 0.36)) ** 2)],
    "near-optimal-error": [worked_out(two_bits, 2 * NEAR[0])],
    "sharp-near-optimal-error": [worked_out(two_bits, 2 * NEAR[1])],
    "multihop-near-optimal-error": [worked_out(two_bits, 2 * NEAR[1])],
    "penalised-error": [worked_out(lambda: Case(two_nodes(0.1), 2, penalty=0.9), 2 * 0.18 / 0.19)],
    "penalised-encoder-mse": [
        worked_out(lambda: penalised_bits(0.76, 3, 0.01), (1 + 2 * SINE * sqrt(1 - SINE**2)) / 4),
        worked_out(lambda: penalised_bits(0.76, 3, 1), 1),
    ],
    "multihop-penalised-encoder-mse": [
        worked_out(lambda: penalised_bits(0.5, 4, 0.01, 1.1), by_hops(0.5, STRETCHED)),
        worked_out(lambda: penalised_bits(0.5, 2, 0.01), by_hops(0.5, 1e-4 + BEYOND)),
        worked_out(lambda: penalised_bits(0.76, 3, 1), 1),
    ],
    "penalised-encoder-mse-by-duality": [
        worked_out(lambda: penalised_bits(0.76, 3, -0.001), by_hops(0.76, by_duality(0.76, 0.239)))
    ],
    "zero-shot-near-optimal": [Checks(one_caption_of_two, None), worked_out(two_bits, 2 * NEAR_ZERO_SHOT**2)],
    "class-leaks": [
        worked_out(lambda: two_bits(features=False), 0.19 + 0.36 + 0.36),
        worked_out(lambda: Case(PairGraph(two_bits().graph.joint, [0, 1, 0, 1]), 3), 0.19),
    ],
    "trained-mse": [
        worked_out(lambda: both_bits(0.8, 1e-4), (sqrt(1 / 8) + 0.01 * OFF_HARD) ** 2),
        worked_out(lambda: both_bits(0.8, 0.04), (REST_SOFT + 0.2 * OFF_SOFT) ** 2),
        worked_out(every_image_a_class, 1 / 4),
        Checks(blind, None),
    ],
    "trained-error": [
        worked_out(lambda: both_bits(0.8, 1e-4), 2 * ((sqrt(1 / 8) / 2 + 0.01 * OFF_HARD) / (3 / 4)) ** 2),
        worked_out(
            lambda: both_bits(0.8, 0.04), 1 / 2 + (SOFT_BUDGET - SOFT_MARGINS[0] ** 2 / 4) / (SOFT_MARGINS[1] ** 2 / 2)
        ),
        Checks(blind, None),
    ],
    "trained-error-by-margins": [
        worked_out(four_classes, 4e-4 / S[2]),
        worked_out(lambda: both_bits(0.8, 1e-4), 2 * 1e-4 * (largest_eigenvalue(1, 2) + 1 / 8) / S[2] / (1 / 2) ** 2),
        worked_out(
            lambda: both_bits(0.7, 0.03),
            in_doubt((sqrt(0.03 * (largest_eigenvalue(1, 1) + 1 / 8) / (0.81 - 0.63**2)) + sqrt(1 / 8) / 2) ** 2),
        ),
        worked_out(
            lambda: both_bits(0.5, 0.02), in_doubt((sqrt(0.02 / 8 / (0.5**2 - 0.45**2)) + sqrt(1 / 8) / 2) ** 2)
        ),
    ],
    "trained-mse-below": [
        worked_out(lambda: both_bits(0.8, 1e-4), 1 - (sqrt(7 / 8) + sqrt(1e-4 / 8 / S[2])) ** 2),
        worked_out(lambda: both_bits(0.8, 0.02), 0.0),
    ],
    "counted-mse": [
        worked_out(lambda: two_bits(features=False, k=1), ALPHA_T / (1 - BY_VARIANCE)),
        worked_out(lambda: Case(thrice(two_nodes(0.1)), 2), 0.18 / (1 - 0.64 / 2)),
    ],
    "local-multihop-error": [Checks(tie, None)],
    "imbalance-error": [worked_out(lambda: Case(PairGraph(np.eye(4), [0, 1, 2, 2])), 2 * (1 - (1 + 1 + 2**2) / 4**2))],
    "cheeger-above": [worked_out(tie, sqrt(4 * 0.36 / 3))],
    "vote": [
        worked_out(lambda: two_pairs_each(1, 0.9), -2 * log(0.9) / log(2)),
        worked_out(lambda: two_pairs_each(1, 0.72), -2 * log(0.72) / log(2)),
        worked_out(lambda: two_pairs_each(1, 0.5), 1),
    ],
    "vote-by-node": [worked_out(lambda: two_pairs_each(1, 0.9), -2 * log(0.9) / log(2))],
    "vote-of-others": [worked_out(lambda: two_pairs_each(2, 0.9), -4 * log(0.9) / log(2))],
}


def test_the_constant_of_theorem_9_cannot_be_smaller():
    """Windows of 8 on a line of 3,000 nodes are within 1.4% of the bound, which refutes 1.28 instead of 4/3."""
    graph = two_exponential_tails(3_000, 8, 0.04, 1.1)
    adjacency = graph.normalized @ graph.normalized.T
    values, left = scipy.sparse.linalg.eigsh(adjacency.tocsc(), 2, sigma=1 + 1e-6)  # a line is factorised at once
    sigma, left = np.sqrt(values[::-1]), left[:, ::-1]
    right = graph.normalized.T @ left / sigma
    residuals = residual_norms(graph.normalized, left, sigma, right)
    triplets = Spectrum(np.minimum(1, sigma), left, right, residuals, "inverse")
    assert residuals.max() < 1e-12
    arguments = graph, triplets, 1
    claim = BOUNDS["cheeger-above"]
    measured = QUANTITIES["conductance"].measure(Encoder.optimum(*arguments))
    assert measured <= claim(*arguments) < measured / 0.986
    assert sqrt(1.28 / (4 / 3)) * claim(*arguments) < measured


@pytest.mark.parametrize("name", BOUNDS)
def test_every_witness_has_its_value(name):
    """`make mutation` changes every constant, exponent, root and term, and one of these fails."""
    for witness in [CHECKS[name], *WITNESSES.get(name, [])]:
        assert pinned_down(BOUNDS[name], witness)

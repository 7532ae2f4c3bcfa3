"""Encoders as a stranger would bring them: (n_left, k) and (n_right, k), unrelated to the graph or its optimum."""

import numpy as np

from tests.fuzz.specimen import Features

LARGEST_DECADES = (2, 8, 16, 40, 300)  # of the scales of columns


def factorised(weights):
    """The factors of the normalised matrix, and the roots of the marginals."""
    joint = weights / weights.max()
    left, right = (np.sqrt(joint.sum(axis=axis)) for axis in (1, 0))
    # A node whose mass underflows has no optimum in float64; what matters is that there are numbers.
    left, right = (np.maximum(side, 1e-150) for side in (left, right))
    return np.linalg.svd(joint / left[:, None] / right), left, right


def unrelated(rng, weights, k) -> Features:
    return rng.standard_normal((weights.shape[0], k)), rng.standard_normal((weights.shape[1], k))


def constant(rng, weights, k) -> Features:
    """One value for all nodes."""
    f, g = rng.standard_normal((2, k))
    return np.tile(f, (weights.shape[0], 1)), np.tile(g, (weights.shape[1], 1))


def tied(rng, weights, k) -> Features:
    """Entries -1, 0 and 1: nodes with equal features, and equal scores."""
    return tuple(rng.integers(-1, 2, size=(n, k)).astype(float) for n in weights.shape)


def zero_columns(rng, weights, k) -> Features:
    f, g = unrelated(rng, weights, k)
    f[:, rng.random(k) < 0.5] = 0
    g[:, rng.random(k) < 0.5] = 0
    return f, g


def scaled_columns(rng, weights, k) -> Features:
    decades = rng.choice(LARGEST_DECADES)
    scale = 10.0 ** rng.uniform(-decades / 2, decades / 2, k)
    f, g = unrelated(rng, weights, k)
    return f * scale, g / scale


def of_any_size(rng, weights, k) -> Features:
    """Each side, or their product alone, of a size between the ends of float64."""
    decades = rng.uniform(-300, 300, 2)
    f, g = unrelated(rng, weights, k)
    return f * 10.0 ** decades[0], g * 10.0 ** rng.choice([decades[1], -decades[0]])


def rank_deficient(rng, weights, k) -> Features:
    rank = int(rng.integers(1, k + 1))
    mixing = rng.standard_normal((rank, k))
    return tuple(rng.standard_normal((n, rank)) @ mixing for n in weights.shape)


def nearly_dependent(rng, weights, k) -> Features:
    """All columns one, but for a ten-millionth to a quadrillionth."""
    size = 10.0 ** -rng.uniform(5, 15)
    return tuple(rng.standard_normal((n, 1)) + size * rng.standard_normal((n, k)) for n in weights.shape)


def optimum(_rng, weights, k) -> Features:
    """`U_k Σ_k^{1/2}` and `W_k Σ_k^{1/2}`, unweighted."""
    (u, sigma, w_t), left, right = factorised(weights)
    root = np.sqrt(sigma[:k])
    return u[:, :k] * root / left[:, None], w_t[:k].T * root / right[:, None]


def optimum_with_noise(rng, weights, k) -> Features:
    size = 10.0 ** -rng.uniform(0, 8)
    return tuple(
        side + size * noise for side, noise in zip(optimum(rng, weights, k), unrelated(rng, weights, k), strict=True)
    )


def optimum_in_bad_coordinates(rng, weights, k) -> Features:
    """The optimum, times a matrix and its inverse: the same loss and subspace."""
    f, g = optimum(rng, weights, k)
    first, second = (np.linalg.qr(rng.standard_normal((k, k)))[0] for _ in range(2))
    scale = 10.0 ** rng.uniform(-4, 4, k)
    return f @ (first * scale) @ second, g @ (first / scale) @ second


ENCODERS = {
    encoder.__name__: encoder
    for encoder in (
        unrelated,
        constant,
        tied,
        zero_columns,
        scaled_columns,
        of_any_size,
        rank_deficient,
        nearly_dependent,
        optimum,
        optimum_with_noise,
        optimum_in_bad_coordinates,
    )
}

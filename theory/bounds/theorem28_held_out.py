"""Theorem 28, from samples alone: the excess loss of a trained encoder, with a confidence.

In words: The loss on fresh pairs, less the least loss on the pairs that it was trained on, bounds how far an encoder is
from the best one of its width whose scores are bounded; nothing needs to be known of the distribution.

The n training pairs are independent, with the empirical values σ̂_i, and so are the m fresh ones, of which the encoder
is independent. L_R is the least population loss of width k with `|f·g| <= R`: `-Σ σ_i²` where the optimum's scores are.
With probability `1 - δ`, T is an upper end of the loss at level `1 - δ/2`, `L = ln(2 / δ)`, `b = 2 R + R² + k`,
`v = R² (2 + √k)²` and `t = (Σ σ̂_i² + (R + 1)² - 1) / (n - 1) + √(2 v L / ⌊n/2⌋) + b L / (3 ⌊n/2⌋)`.

Proof: `docs/theorems/theorem28.md`. Source: new here. Cost: one spectrum of the sample, O(m k).
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.confidence import bernstein_deviation
from pairbounds.theory.quantities.probes import as_features
from pairbounds.theory.spectrum.triplets import spectrum


def excess_from_samples(
    counts: ArrayLike,
    f: ArrayLike,
    g: ArrayLike,
    left: ArrayLike,
    right: ArrayLike,
    largest: float,
    *,
    level: float = 0.95,
) -> float:
    """The population loss of an encoder above that of the best with scores up to R, at most, with probability `level`.

    `ValueError`: fewer than two training pairs or four fresh ones; R not positive; level not in (0, 1); shapes that do
    not fit.

    Parameters
    ----------
    counts : (n_left, n_right), counts of each pair in the sample that the encoder was trained on
    f : (n_left, k), g : (n_right, k)
        The encoder; 0 for nodes that it has not seen.
    left, right : (m,), the ends of the fresh pairs, as rows of f and of g, in random order
    largest : R, the bound of the scores of the encoder that it is compared with
    """
    table = np.asarray(counts, dtype=np.float64)
    rows, columns = np.asarray(left, dtype=np.int64), np.asarray(right, dtype=np.int64)
    if rows.shape != columns.shape or rows.ndim != 1 or len(rows) < 4 or table.sum() < 2:
        raise ValueError(f"{table.sum():g} training pairs and {len(rows)} fresh ones: give 2, and 4 with both ends")
    if not largest > 0 or not 0 < level < 1:
        raise ValueError(f"largest={largest!r} and level={level!r}: scores above 0 and a confidence in (0, 1)")
    features, texts = as_features(f, len(table), "f"), as_features(g, table.shape[1], "g")
    k, log = features.shape[1], math.log(2 / (1 - level))
    sample = PairGraph(table, drop_isolated=True)
    fitted = float(np.sum(spectrum(sample, min(k, *sample.shape)).singular_values ** 2))
    n, blocks = int(table.sum()), int(table.sum()) // 2
    summand_limit, size = 2 * largest + largest**2 + k, largest * (2 + math.sqrt(k))
    deviation = float(bernstein_deviation(size**2, summand_limit, log, blocks))
    diagonal = (fitted + (largest + 1) ** 2 - 1) / (n - 1)
    tested = _loss_at_most(features[rows], texts[columns], features, texts, log)
    return float(max(0.0, tested + fitted + diagonal + deviation))


def _loss_at_most(first: FloatArray, second: FloatArray, f: FloatArray, g: FloatArray, log: float) -> float:
    """T, from the features of both ends of the fresh pairs, (m, k) each."""
    blocks = len(first) // 2
    (x, y), (s, t) = ((ends[:blocks], ends[blocks : 2 * blocks]) for ends in (first, second))
    matched = np.sum(x * s, axis=1) + np.sum(y * t, axis=1)
    crossed = np.sum(x * t, axis=1) ** 2 + np.sum(y * s, axis=1) ** 2
    values = crossed / 2 - matched
    largest = float(np.linalg.norm(f, axis=1).max() * np.linalg.norm(g, axis=1).max())
    spread = math.sqrt(2 * float(values.var(ddof=1)) * (log + math.log(2)) / blocks)
    return float(values.mean()) + spread + 7 * (4 * largest + largest**2) * (log + math.log(2)) / (3 * (blocks - 1))


STATEMENTS = (
    Statement(
        "excess-from-samples",
        excess_from_samples,
        "tests/bounds/test_held_out_pairs.py",
        "`L(f, g) - L_R <= T + Σ_{i <= k} σ̂_i² + t`: the excess over the best encoder of the width whose scores are at "
        "most R, by the loss on fresh pairs, the least loss on the training pairs, and a deviation.",
        kept="less information: samples alone",
    ),
)

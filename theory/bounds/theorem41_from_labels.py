"""Theorem 41: the squared error of the probe that sees all labels, from N labels, without bias.

In words: From N labelled images one can estimate, without bias for every N, the squared error that a linear probe on
given features would have if it saw every label.

f is whitened under p, with the unlabelled images too, never with N alone. Images are drawn (a) independently from p,
(b) without replacement from n images of equal mass, (c) independently from each class c of known mass p_c,
`N_c >= 2` of each. On images of (c), (a) is wrong; on those of (a), (c) is right too, given numbers `N_c >= 2`.

The interval, a percentile bootstrap of images without the pairs of an image and its copy, is an approximation and no
theorem. With less than `LEAST_LABELS` images, or `LEAST_OF_CLASS` of a class in (c), there is none. For features that
live on few images it covers too seldom: 52% on the worst of 20 emoji embeddings. For (b) it is too wide.

Proof: `docs/theorems/theorem41.md`. Source: put together here. Cost: O(N k), and that for each resample.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from pairbounds.infrastructure.arrays import FloatArray, without_torch
from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.quantities.probes import as_features

LEAST_LABELS = 100  # images, below which there is no interval
LEAST_OF_CLASS = 5  # images of each class that is drawn by itself, likewise
BLOCK = 2**22  # weights of resamples at a time
TESTS = "tests/bounds/test_from_labels.py"
Draws = list[tuple[float, list[FloatArray]]]  # of strata drawn by themselves: weight of a pair, features by class


class Estimate(NamedTuple):
    """An estimate, its interval (NaN without one), and a note that says why there is none."""

    value: float
    low: float
    high: float
    note: str


def unbiased_probe_mse(features: Any, labels: Any) -> float:
    """Estimate (a), `E_S ε̂ = ε₂(f)`: `ε̂ = 1 - Σ_{i≠j} f(x_i)·f(x_j) 1[y_i = y_j] / (N (N - 1))`.

    Features are whitened, (N, k), and labels (N,), of N independent images.
    """
    return _value(_draws(features, labels, None))


def unbiased_probe_mse_without_replacement(features: Any, labels: Any, population: int) -> float:
    """Estimate (b), `E_S ε̂' = ε₂(f)`: `ε̂' = ((n - 1) ε̂ + 1 - k) / n`, without replacement from n of equal mass."""
    return float(_corrected(unbiased_probe_mse(features, labels), len(features), features.shape[1], population))


def unbiased_balanced_probe_mse(features: Any, labels: Any, masses: Mapping[Any, float]) -> float:
    """Estimate (c), `E_S ε̂'' = ε₂(f)`: `ε̂'' = 1 - Σ_c p_c² / (N_c (N_c - 1)) Σ_{i≠j in c} f(x_i)·f(x_j)`.

    From N_c images of each class; `masses` has the p_c of every class, by label.
    """
    return _value(_draws(features, labels, masses))


def probe_mse_from_labels(
    features: Any,
    labels: Any,
    *,
    other: Any = None,
    population: int | None = None,
    masses: Mapping[Any, float] | None = None,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
    least: int = LEAST_LABELS,
) -> Estimate:
    """Estimate of ε₂ from labelled images, with a bootstrap interval; or of the difference of two embeddings.

    `ValueError`: fewer than two images, or than two of a class in (c); masses that do not sum to 1, or lack a class; a
    population below N, or together with masses.

    Parameters
    ----------
    features : (N, k), whitened under the population, of the labelled images
    labels : (N,), of any kind
    other : (N, k'), whitened features of the same images: the estimate is then ε₂ of `features` less that of these
    population : n, for images drawn without replacement (b)
    masses : p_c by label, for images drawn from each class by itself (c)
    level, resamples, seed : of the bootstrap
    least : images, below which there is no interval; fewer only to study it
    """
    if population is not None and masses is not None:
        raise ValueError("population is of images drawn without regard to class, and masses of balanced ones: give one")
    sizes = [sum(map(len, parts)) for _, parts in _draws(features, labels, masses)]
    note = ""
    if sum(sizes) < least:
        note = f"no interval: {sum(sizes)} labelled images are too few, label {least}"
    elif masses is not None and min(sizes) < LEAST_OF_CLASS:
        note = f"no interval: a class has {min(sizes)} labelled images, label {LEAST_OF_CLASS}"
    resampling: dict[str, Any] = {"resamples": 0 if note else resamples, "seed": seed}
    estimates = resampled_probe_mse(features, labels, population=population, masses=masses, **resampling)
    if other is not None:
        estimates -= resampled_probe_mse(other, labels, population=population, masses=masses, **resampling)
    low, high = (np.nan, np.nan) if note else np.quantile(estimates[1:], [(1 - level) / 2, (1 + level) / 2])
    return Estimate(float(estimates[0]), float(low), float(high), note)


def resampled_probe_mse(
    features: Any,
    labels: Any,
    *,
    population: int | None = None,
    masses: Mapping[Any, float] | None = None,
    energy: float | None = None,
    resamples: int,
    seed: int,
) -> FloatArray:
    """Estimate of ε₂, and its values on bootstrap samples of the images, (1 + resamples,).

    Parameters are those of `probe_mse_from_labels`, and energy: mean of `‖f‖²` over the population in (b), by default
    k, that of whitened features. Embeddings of the same images have the same bootstrap samples.
    """
    draws = _draws(features, labels, masses)
    values = np.append(_value(draws), _bootstrap(draws, resamples, seed))
    if population is None:
        return values
    return np.asarray(_corrected(values, len(features), features.shape[1] if energy is None else energy, population))


def _draws(features: Any, labels: Any, masses: Mapping[Any, float] | None) -> Draws:
    """Features by class; the classes are strata of their own if their masses are given."""
    names = np.asarray(without_torch(labels))
    rows = as_features(features, len(names), "features")
    if masses is None:
        if len(rows) < 2:
            raise ValueError(f"{len(rows)} labelled images: give two")
        return [(1 / (len(rows) * (len(rows) - 1)), [rows[names == name] for name in np.unique(names)])]
    parts = {name: rows[names == name] for name in masses}
    if sum(map(len, parts.values())) < len(rows) or abs(sum(masses.values()) - 1) > 1e-6:
        raise ValueError("masses lack a class of the labels, or do not sum to 1: give the mass of every class")
    too_few = [name for name, part in parts.items() if len(part) < 2]
    if too_few:
        raise ValueError(f"class {too_few[0]!r} has {len(parts[too_few[0]])} labelled images: give two of each class")
    return [(masses[name] ** 2 / (len(part) * (len(part) - 1)), [part]) for name, part in parts.items()]


def _value(draws: Draws) -> float:
    """One less the weighted sum over pairs of two images, by `‖Σ f‖² - Σ ‖f‖²`."""
    return 1 - float(sum(w * (np.sum(part.sum(axis=0) ** 2) - np.sum(part**2)) for w, parts in draws for part in parts))


def _bootstrap(draws: Draws, resamples: int, seed: int) -> FloatArray:
    """Estimates of resamples, (resamples,). A pair of two images has in the mean `1 - 1/N` of its weight."""
    rng, estimates = np.random.default_rng(seed), np.ones(resamples)
    for weight, parts in draws:
        size = sum(map(len, parts))
        step = max(1, BLOCK // size)
        ends = np.cumsum([0, *map(len, parts)])
        for start in range(0, resamples, step):
            block = estimates[start : start + step]
            counts = rng.multinomial(size, np.full(size, 1 / size), size=len(block)).astype(np.float64)
            for part, first, end in zip(parts, ends, ends[1:], strict=False):
                times = counts[:, first:end]
                pairs = np.sum((times @ part) ** 2, axis=1) - times**2 @ np.sum(part**2, axis=1)
                block -= weight * size / (size - 1) * pairs
    return estimates


def _corrected(value: Any, n_labels: int, energy: float, population: int) -> Any:
    """(b) from (a); the energy of whitened features is k."""
    if population < n_labels:
        raise ValueError(f"{n_labels} images cannot be drawn from {population} without replacement")
    return ((population - 1) * value + 1 - energy) / population


STATEMENTS = (
    Statement("unbiased-probe-mse", unbiased_probe_mse, TESTS, kept="less information: N labels"),
    Statement(
        "unbiased-probe-mse-without-replacement",
        unbiased_probe_mse_without_replacement,
        TESTS,
        kept="less information: N labels",
    ),
    Statement("unbiased-balanced-probe-mse", unbiased_balanced_probe_mse, TESTS, kept="less information: N labels"),
)

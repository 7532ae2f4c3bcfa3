"""Question: how many labelled images does a probe need? Theorem 34, and measured errors of probes."""

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from pairbounds.infrastructure.arrays import SIDES, FloatArray, IntArray, rounded
from pairbounds.theory.bounds.theorem34_few_labels import FewLabels
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import class_indicators, required_labels
from pairbounds.theory.quantities.factorisation import optimal_embeddings
from pairbounds.theory.questions.answer import Answer

SIZES = tuple(25 * 2**power for power in range(6))  # labelled images, 25 to 800
WIDTHS = (8, 16, 32, 64)
RIDGES = (1e-3, 1e-2, 1e-1, 1.0, 10.0)  # for second moments of about 1; chosen by leave-one-out
PROBES = ("class_means", "ridge", "logistic", "nearest_mean")


def labels_needed_report(
    graph: PairGraph,
    widths: int | tuple[int, ...] | None = None,
    *,
    target: float = 0.1,
    balanced: bool = False,
    draws: int = 20,
    seed: int = 0,
) -> Answer:
    """Guaranteed and measured 0-1 errors of probes of the optimum with N labelled images.

    Parameters
    ----------
    graph : with left labels, of which a probe gets N
    widths : of the optimum; by default `WIDTHS` up to the smaller side
    target : 0-1 error
    balanced : draw N/r images of each of r classes, instead of N images by mass
    draws : number of independent samples of labelled images, drawn with replacement
    seed : of the draws

    Returns
    -------
    Answer, whose table has for each N of `SIZES`, up to half of the images, a row for each width, smallest measured
        error first, with the columns labels, width, guaranteed (34′, for class means), class_means (classifier of
        theorem 34), ridge (penalty by leave-one-out), logistic, nearest_mean, and spread (largest standard error of the
        measured errors). Measured errors are means over draws, on held-out images.

    Raises
    ------
    ValueError : no labels, or one class; a target not in (0, 1); fewer than 50 images; a width out of range
    """
    if not 0 < target < 1:
        raise ValueError(f"target={target!r} is not an error between 0 and 1")
    labels = required_labels(graph, "left")
    classes = len(np.unique(labels))
    step = classes if balanced else 1
    sizes = [size // step * step for size in SIZES if step <= size <= graph.n_left / 2]
    if not sizes or classes < 2:
        least = f"{2 * max(step, SIZES[0])} images of 2 classes"
        raise ValueError(f"the graph has {graph.n_left} images of {classes} classes: at least {least} are needed")
    smaller = min(graph.shape)
    if widths is None:
        widths = tuple(sorted({min(k, smaller) for k in WIDTHS}))
    embeddings = {k: FewLabels.of(graph, optimal_embeddings(graph, k)[0]) for k in np.atleast_1d(widths).tolist()}
    rows = []
    for size in sizes:
        samples = list(_draws(graph, labels, size, balanced, draws, seed))
        for k, embedding in embeddings.items():
            errors = pd.DataFrame(
                _errors(graph, embedding.features, labels, nodes, weights) for nodes, weights in samples
            )
            guaranteed = embedding.error_at_most(size, balanced=balanced)
            spread = float(errors.std().max()) / math.sqrt(draws)
            rows.append({"labels": size, "width": k, "guaranteed": guaranteed, **errors.mean(), "spread": spread})
    table = pd.DataFrame(rows)
    best = table[list(PROBES)].min(axis=1)
    table = table.iloc[np.lexsort((best, table["labels"]))].reset_index(drop=True)
    table.attrs[SIDES] = {"guaranteed": "<="}
    return Answer(table, tuple(_words(table, embeddings, target, balanced, draws)))


def _draws(
    graph: PairGraph, labels: IntArray, size: int, balanced: bool, draws: int, seed: int
) -> Iterator[tuple[IntArray, FloatArray]]:
    """Labelled images of each draw, (size,), and their weights: 1/N, or `p_c / N_c` if balanced."""
    rng, masses = np.random.default_rng([seed, size]), graph.left_marginal
    every = np.arange(len(labels))
    strata = [every[labels == c] for c in np.unique(labels)] if balanced else [every]
    shares = [masses[members].sum() for members in strata]
    count = size // len(strata)
    for _ in range(draws):
        parts = [
            rng.choice(members, count, p=masses[members] / share) for members, share in zip(strata, shares, strict=True)
        ]
        yield np.concatenate(parts), np.repeat(shares, count) / count


def _errors(
    graph: PairGraph, features: FloatArray, labels: IntArray, nodes: IntArray, weights: FloatArray
) -> dict[str, float]:
    """0-1 error of each of `PROBES` on the held-out images, by mass."""
    from sklearn.linear_model import LogisticRegression, RidgeClassifierCV

    drawn_labels, drawn_features = labels[nodes], features[nodes]
    classes = np.unique(drawn_labels)
    if len(classes) == 1:
        predicted = dict.fromkeys(PROBES, np.full(len(labels), classes[0]))
    else:
        indicators = class_indicators(drawn_labels, classes)
        sums = indicators.T @ (weights[:, None] * drawn_features)
        centres = (indicators.T @ drawn_features) / indicators.sum(axis=0)[:, None]
        ridge = RidgeClassifierCV(alphas=RIDGES, fit_intercept=False)
        ridge.fit(drawn_features, drawn_labels, sample_weight=weights)
        logistic = LogisticRegression(max_iter=2_000)
        logistic.fit(drawn_features, drawn_labels, sample_weight=weights * len(nodes))
        by_sum = classes[np.argmax(features @ sums.T, axis=1)]
        by_distance = classes[np.argmax(features @ centres.T - np.sum(centres**2, axis=1) / 2, axis=1)]
        by_probe = [by_sum, ridge.predict(features), logistic.predict(features), by_distance]
        predicted = dict(zip(PROBES, by_probe, strict=True))
    return {name: held_out_error(graph, nodes, classified) for name, classified in predicted.items()}


def held_out_error(graph: PairGraph, nodes: IntArray, predicted: IntArray) -> float:
    """0-1 error by mass of the predicted classes, (n_left,), on the images other than `nodes`."""
    wrong = predicted != required_labels(graph, "left")
    return float(np.average(np.delete(wrong, nodes), weights=np.delete(graph.left_marginal, nodes)))


def _words(
    table: pd.DataFrame, embeddings: dict[int, FewLabels], target: float, balanced: bool, draws: int
) -> Iterator[str]:
    how = "as many of each class" if balanced else "drawn by mass"
    yield (
        f"Labelled images are {how}. Measured: mean 0-1 errors on images that were not drawn, of {draws} draws; the "
        "optimum knows the pairs of all images. Widths are ranked by measured errors, never by a bound: a bound may "
        "fall where the error rises."
    )
    guarantees = []
    for k, embedding in embeddings.items():
        count = embedding.labels_needed(target, balanced=balanced)
        limit = rounded(min(1.0, 2 * embedding.mse), "<=", ".3g")
        what = f"from {count:,} labels on" if math.isfinite(count) else f"by no number (limit {limit})"
        guarantees.append(f"width {k} {what}")
    yield f"Theorem 34 guarantees a mean error of {target:g} of class means at {', '.join(guarantees)}."
    best = table.drop_duplicates("labels")
    reached = best[best[list(PROBES)].min(axis=1) <= target]
    row = (reached if len(reached) else best.iloc[[-1]]).iloc[0]
    probe = str(row[list(PROBES)].astype(float).idxmin())
    error = f"{row[probe]:.3g} ({probe.replace('_', ' ')}, width {row['width']:.0f}, {row['labels']:.0f} labels)"
    if len(reached):
        yield f"So: label {row['labels']:.0f} images; the measured error is {error}."
    else:
        yield f"So: label more than the file can show; the measured error is {error}, above {target:g}."

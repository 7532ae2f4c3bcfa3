"""Question: at which similarity should captions or images be merged? Measured on held-out images.

Merged captions have smaller singular values and a larger α_T (theorem 30), so the best level is a compromise. Merged
images share their captions and keep their labels; singular values also fall. Theorem 15 chooses the level on half of
the images. The error is that of an encoder on the other half.

With features, the encoder is linear in the leading principal components of the features of seen images. Among these
encoders of width k it is the best on the graph of the seen images (theorem 4, last remark). Without features, it is
the optimum of that graph. It extends to other images by `f_i(x) = E[w_i(l) | x] / σ_i` over captions of seen images;
this equals `f_i` on seen images. The error is that of a linear probe fitted to the seen images.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.infrastructure.outward import KEY
from pairbounds.infrastructure.progress import Bar
from pairbounds.theory.bounds.quantities import Encoder
from pairbounds.theory.bounds.registry import BOUNDS
from pairbounds.theory.bounds.theorem30_coarser_captions import MOST_POOLED, coarser, pooled, pooled_pairs
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.confidence import student_half
from pairbounds.theory.quantities.consistency import class_indicators, induced_labelling_error, required_labels
from pairbounds.theory.quantities.probes import as_features, probe
from pairbounds.theory.quantities.scores import linear_standing, score_noise
from pairbounds.theory.questions.answer import Answer
from pairbounds.theory.questions.merging import (
    AS_THEY_ARE,
    Levels,
    falling_sizes,
    near_duplicates,
    nested_levels,
    of_equal_vectors,
    randomised,
    similarity_within,
    unit_vectors,
    vectors_of,
    within_classes,
)
from pairbounds.theory.spectrum.triplets import Spectrum, spectrum

Mask = npt.NDArray[np.bool_]
Merged = Literal["captions", "images"]

SIMILARITY, RANDOM, ORACLE = "similarity", "random", "oracle"
CHOSEN = "chosen by theorem 15"
COMPONENTS = 128  # maximum number of components of image features
IMAGES_EACH = 8  # minimum number of seen images per component
TOLERANCE = 1e-4  # residual of a triplet
OVERLAP = 1.0  # held-out images per seen image
NOTHING = 1e-10  # round-off of variances, relative to the largest, and of singular values
SPLITS, FACTOR = 10, 3  # number of random halves, and the factor between numbers of groups
LINEAR = f"error is of the best encoder linear in at most {COMPONENTS} principal components of the image features."
BY_CAPTIONS = (
    "error is of an encoder that sees another image through its captions, averaged over those that seen images have; "
    "an image with none of them is an error. With --features it is of one linear in them."
)
LEVEL = 0.95
LEAST_IMAGES = 4
LEAST_SPLITS = 3  # with two, an interval has one degree of freedom and is too wide


def halves(labels: IntArray, splits: int, seed: int, units: npt.ArrayLike | None = None) -> Iterator[Mask]:
    """Masks of random halves of the images, (n,) each, stratified by class.

    Parameters
    ----------
    units : (n,), images of the same unit are in the same half; for example, drawings of the same thing
    """
    number = np.arange(len(labels)) if units is None else np.unique(np.asarray(units), return_inverse=True)[1]
    firsts = np.unique(number, return_index=True)[1]
    for split in range(splits):
        rng = np.random.default_rng([seed, split])
        order = rng.permutation(len(firsts))
        order = order[np.argsort(labels[firsts[order]], kind="stable")]
        half = np.zeros(len(firsts), dtype=bool)
        half[order[rng.integers(2) :: 2]] = True
        yield half[number]


def held_out(
    graph: PairGraph,
    is_seen: Mask,
    k: int,
    attributes: FloatArray | None = None,
    *,
    groups: IntArray | None = None,
    seed: int = 0,
) -> dict[str, float]:
    """Quantities of the graph of the seen images, and the error of the encoder on the others.

    Parameters
    ----------
    graph : with left labels
    is_seen : (n_left,)
    k : width, at most the number of images and of captions
    attributes : (n_left, d), optional; the encoder is linear in them; see `principal_components`
    groups : (n_left,), optional groups of images; seen images share the captions of their group

    Returns
    -------
    dict : for the graph of the seen images groups (number of image groups, or else of captions), sigma (`σ_{k+1}`),
        alpha_t, bound (theorem 15 on `mse`), mse (squared error of the probe on the optimum); and error (0-1, on the
        other images, by mass)
    """
    train = graph.part(np.flatnonzero(is_seen))
    if groups is not None:
        train = pooled(train, groups[is_seen])
    k = min(k, *train.shape)
    count = min(k + 1, *train.shape)
    triplets = spectrum(train, count, tol=TOLERANCE, device="cpu", seed=seed).leading(k + 1)
    optimum = Encoder.optimum(train, triplets, k)
    if attributes is None:
        fitted, embedded = optimum.probe.coefficients, _through_captions(graph, is_seen, optimum.right, triplets)
    else:
        encoder = _best_linear(train, attributes[is_seen], k)
        fitted, embedded = probe(train, attributes[is_seen] @ encoder).coefficients, attributes[~is_seen] @ encoder
    return {
        "groups": train.n_right if groups is None else len(np.unique(groups[is_seen])),
        "sigma": float(triplets.singular_values[k]),
        "alpha_t": induced_labelling_error(train),
        "bound": BOUNDS["multihop-mse"](train, triplets, k),
        "mse": optimum.probe.mse,
        "error": _error(graph, is_seen, embedded, fitted),
    }


def principal_components(features: FloatArray, is_seen: Mask) -> FloatArray:
    """Column of ones, and leading principal components of the features, from seen images: (n, 1 + d)."""
    seen_features = features[is_seen]
    mean = seen_features.mean(axis=0)
    width = min(COMPONENTS, features.shape[1], max(1, len(seen_features) // IMAGES_EACH))
    covariance = seen_features.T @ seen_features / len(seen_features) - np.outer(mean, mean)
    directions = np.linalg.eigh(covariance)[1][:, : -width - 1 : -1]
    return np.column_stack([np.ones(len(features)), (features - mean) @ directions])


def _best_linear(train: PairGraph, attributes: FloatArray, k: int) -> FloatArray:
    """Matrix W, (d, k), of the best encoder `attributes W` of width k: whitened top directions of `Π_X Ā`."""
    weighted = np.sqrt(train.left_marginal)[:, None] * attributes
    values, vectors = np.linalg.eigh(weighted.T @ weighted)
    nonzero = values > NOTHING * values[-1]
    whitened = vectors[:, nonzero] / np.sqrt(values[nonzero])
    image = train.normalized.T @ (weighted @ whitened)
    return np.asarray(whitened @ np.linalg.eigh(image.T @ image)[1][:, : -k - 1 : -1])


def _through_captions(graph: PairGraph, is_seen: Mask, right: FloatArray | None, triplets: Spectrum) -> FloatArray:
    """`E[w_i(l) | x] / σ_i` of unseen images, (n, k), over captions of seen images; 0 without such captions."""
    assert right is not None
    captions = np.flatnonzero(np.bincount(graph.joint[is_seen].indices, minlength=graph.n_right))
    pairs = graph.joint[~is_seen][:, captions]
    values = triplets.singular_values[: right.shape[1]]
    weights, scale = pairs.sum(axis=1), np.where(values > NOTHING, values, np.inf)
    return np.asarray((pairs @ (right / scale**2)) / np.where(weights > 0, weights, 1)[:, None])


def _error(graph: PairGraph, is_seen: Mask, embedded: FloatArray, coefficients: FloatArray) -> float:
    """0-1 error of a probe on unseen images; ties and images of classes unknown to the probe are errors."""
    labels = required_labels(graph, "left")
    mass = graph.left_marginal[~is_seen]
    winners = linear_standing(embedded, coefficients, score_noise(embedded, coefficients, mass)).winners
    named = np.append(np.unique(labels[is_seen]), -1)[winners]  # -1, no winner, is the last
    return float(mass @ (named != labels[~is_seen]) / mass.sum())


def trials(
    graph: PairGraph,
    levels: Levels,
    k: int,
    *,
    merge: Merged = "captions",
    features: FloatArray | None = None,
    units: npt.ArrayLike | None = None,
    splits: int = SPLITS,
    seed: int = 0,
) -> pd.DataFrame:
    """Results of each level of merged captions or images and of its controls, on random halves of the images.

    Parameters
    ----------
    graph : with left labels
    levels : groups of the captions, or of the images, by name; the first level has no merge
    merge : "captions" or "images"
    features : (n_left, d), optional image features; the encoder is linear in their `principal_components`
    units : see `halves`

    Returns
    -------
    DataFrame with columns split, kind, level, and those of `held_out`. The kinds are similarity (the levels), random
        (random groups of the same sizes) and oracle (random groups within classes; the class of a caption is the most
        frequent in its pairs of both halves, so the oracle uses held-out labels).
    """
    labels = main_class = required_labels(graph, "left")
    if merge == "captions":
        main_class = np.asarray((class_indicators(labels).T @ graph.joint).argmax(axis=0))
    rows = []
    with Bar(total=splits * (3 * len(levels) - 2), desc="granularity") as bar:
        for split, is_seen in enumerate(halves(labels, splits, seed, units)):
            rng = np.random.default_rng([seed, split, 1])
            attributes = None if features is None else principal_components(features, is_seen)
            kinds = {
                SIMILARITY: levels,
                RANDOM: randomised(levels, rng),
                ORACLE: within_classes(levels, main_class, rng),
            }
            cells = (
                (kind, *level_and_groups) for kind, by_level in kinds.items() for level_and_groups in by_level.items()
            )
            for kind, level, groups in cells:
                if merge == "captions":
                    measures = held_out(coarser(graph, groups), is_seen, k, attributes, seed=seed)
                else:
                    measures = held_out(graph, is_seen, k, attributes, groups=groups, seed=seed)
                rows.append({"split": split, "kind": kind, "level": level, **measures})
                bar.update()
    return pd.DataFrame(rows)


def summary(measured: pd.DataFrame) -> pd.DataFrame:
    """Means over the halves, and gains over the first level, with intervals for overlapping halves.

    `measured`: result of `trials`.

    Returns
    -------
    DataFrame with a row for each kind and level, and one for the level that theorem 15 chose on each half (kind
    "chosen"), and the columns
        kind, level, groups, sigma, alpha_t, bound, mse, error, gain (error without a merge minus this error, in
        the same half), low and high (95% interval of the gain, simultaneous over similarity levels and the choice)
    """
    rows = pd.concat([measured, best_levels(measured).assign(kind="chosen", level=CHOSEN)])
    before = measured[(measured["kind"] == SIMILARITY) & (measured["level"] == AS_THEY_ARE)].set_index("split")["error"]
    looks = measured.loc[measured["kind"] == SIMILARITY, "level"].nunique()
    table = []
    for (kind, level), rows_of_level in rows.groupby(["kind", "level"], sort=False):
        gains = (before - rows_of_level.set_index("split")["error"]).to_numpy()
        gain, half = float(gains.mean()), student_half(gains, 1 - (1 - LEVEL) / looks, overlap=OVERLAP)
        means = rows_of_level.drop(columns=["split", "kind", "level"]).mean()
        table.append({"kind": kind, "level": level, **means, "gain": gain, "low": gain - half, "high": gain + half})
    return pd.DataFrame(table)


def best_levels(measured: pd.DataFrame) -> pd.DataFrame:
    """Rows of the level with the smallest bound of theorem 15 on each half; ties go to the finer level."""
    by_similarity = measured[measured["kind"] == SIMILARITY]
    best: pd.DataFrame = by_similarity.loc[by_similarity.groupby("split")["bound"].idxmin()]
    return best


def granularity_report(
    graph: PairGraph,
    k: int,
    *,
    merge: Merged = "captions",
    features: npt.ArrayLike | None = None,
    caption_features: npt.ArrayLike | None = None,
    splits: int = SPLITS,
    seed: int = 0,
) -> Answer:
    """Levels of merged captions or images, their effect on the pairs, and the best level.

    Parameters
    ----------
    graph : with left labels
    k : width of the encoder
    merge : "captions", or "images", which then share the captions of their group
    features : (n_left, d), image features, for a linear encoder and the similarity of images; by default the encoder
        sees captions
    caption_features : (n_right, d), for the similarity of captions; by default their letters
    splits : number of random splits into seen and held-out halves of the images
    seed : random seed

    Returns
    -------
    Answer, whose table has the columns of `summary` and similarity (mean cosine of two captions in the same group).

    Raises
    ------
    ValueError : no labels; k below 1, fewer than 3 splits or 4 images, wrong shapes of features; without
        features, captions that are not texts, or merge="images"

    Notes
    -----
    Cost: `splits (3 levels - 2)` spectra of half of the pairs.
    """
    required_labels(graph, "left")
    if k < 1 or splits < LEAST_SPLITS or graph.n_left < LEAST_IMAGES:
        raise ValueError(
            f"k={k}, splits={splits}, n_left={graph.n_left}: at least 1, {LEAST_SPLITS} and {LEAST_IMAGES} are needed"
        )
    image_features = None if features is None else as_features(features, graph.n_left, "features of the images")
    text_features = caption_features
    if text_features is not None:
        text_features = as_features(text_features, graph.n_right, "caption features")
    if merge == "captions":
        duplicates, vectors = near_duplicates(graph.right_ids), vectors_of(graph.right_ids, text_features, seed)
    elif image_features is None:
        raise ValueError("merging images needs their features: give features of the images (--features)")
    else:
        vectors = unit_vectors(image_features)
        duplicates = of_equal_vectors(vectors)
    all_levels = nested_levels(vectors, duplicates, falling_sizes(int(duplicates.max()) + 1, FACTOR), seed=seed)
    levels: Levels = all_levels if merge == "captions" else affordable(graph, all_levels, seed)
    words = [BY_CAPTIONS if image_features is None else LINEAR]
    if costly := [name for name in all_levels if name not in levels]:
        words.append(f"Without {', '.join(costly)}: images that share their captions have over {MOST_POOLED:,} pairs.")
    measured = trials(graph, levels, k, merge=merge, features=image_features, splits=splits, seed=seed)
    table = summary(measured)
    similar = {(SIMILARITY, level): similarity_within(vectors, groups) for level, groups in levels.items()}
    pairs = zip(table["kind"], table["level"], strict=True)
    table.attrs[KEY] = {"bound": "<="}
    table.insert(2, "similarity", [similar.get(pair, np.nan) for pair in pairs])
    return Answer(table, (*words, *_closing(measured, table, merge)))


def affordable(graph: PairGraph, levels: Levels, seed: int) -> dict[str, IntArray]:
    """Levels of images for which the graph of shared captions has at most `MOST_POOLED` pairs."""
    rows = randomised(levels, np.random.default_rng(seed))
    costly = {name for name, groups in rows.items() if pooled_pairs(graph, groups) > MOST_POOLED}
    return {name: groups for name, groups in levels.items() if name not in costly}


def _closing(measured: pd.DataFrame, table: pd.DataFrame, merge: Merged) -> list[str]:
    """Sentences on the choice, on random merges of the same sizes, and on the action."""
    best, splits = best_levels(measured), measured["split"].nunique()
    often = best["level"].value_counts()
    level, times = str(often.index[0]), int(often.iloc[0])
    rows: dict[Any, Any] = {(row["kind"], row["level"]): row for row in table.to_dict("records")}
    choice = rows["chosen", CHOSEN]
    before = f"{rows[SIMILARITY, AS_THEY_ARE]['error']:.3f} for the {merge} as they are"
    theorem = f"Theorem 15's choice gains {_interval(choice)}."
    better = [row for (kind, _), row in rows.items() if kind == SIMILARITY and row["low"] > 0]
    if choice["low"] > 0:
        verdict = f"merge to {level!r}, as theorem 15 chooses: the error falls from {before} by {_interval(choice)}."
    elif better:
        first = max(better, key=lambda row: row["gain"])
        verdict = f"merge to {first['level']!r}: the error falls from {before} by {_interval(first)}. {theorem}"
    else:
        verdict = f"no level is shown to be better. The error is {before}. {theorem}"
    errors = f"{rows[SIMILARITY, level]['error']:.3f}"
    if level != AS_THEY_ARE:
        errors += (
            f", random merges of the same sizes {rows[RANDOM, level]['error']:.3f}, merges within classes "
            f"{rows[ORACLE, level]['error']:.3f}"
        )
    return [
        "groups, σ, α_T, theorem 15's bound on mse, and mse are of the seen half; error is of the other, and gain what "
        "it falls by.",
        f"Theorem 15 chose {level!r} on {times} of {splits} halves: error {errors}.",
        f"So: {verdict}",
    ]


def _interval(row: Mapping[str, Any]) -> str:
    return f"{row['gain']:.3f} (95% interval {row['low']:.3f} to {row['high']:.3f})"

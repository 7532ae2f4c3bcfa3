"""Merges of captions or images: near-duplicates, a hierarchy by similarity, and random controls.

A level is an array with the group of each caption or image. The levels of a hierarchy are nested. By theorem 30 the
singular values fall and α_T rises from each level to the next.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.theory.quantities.consistency import class_indicators

AS_THEY_ARE, NEAR_DUPLICATES = "as they are", "near-duplicates"
LARGEST_LINKAGE = 2_000  # items of Ward's hierarchy, whose cost is quadratic; above it, micro-clusters are used
FITTED = 20_000  # maximum number of captions for fitting micro-clusters
WIDTH = 64  # of the vectors of texts
NGRAMS = (2, 4)  # lengths of character n-grams within words
DECIMALS = 6  # precision for equal vectors
WORD = re.compile(r"\w+")

Levels = Mapping[str, IntArray]


def near_duplicates(captions: Sequence[Any] | npt.NDArray[Any]) -> IntArray:
    """Group of each caption, (n,): texts that differ only in case, punctuation, spaces or word order share a group.

    Texts without a letter or digit, and values that are not texts, form a group only with equal values.

    Examples
    --------
    >>> from pairbounds.theory.questions.merging import near_duplicates
    >>> near_duplicates(["A red car!", "red car, a", "a car", "?", "!"]).tolist()
    [0, 0, 1, 2, 3]
    """
    number: dict[Any, int] = {}
    return np.array([number.setdefault(_plain(caption), len(number)) for caption in captions])


def _plain(caption: Any) -> tuple[Any, ...]:
    words = sorted(WORD.findall(caption.casefold())) if isinstance(caption, str) else []
    return ("words", *words) if words else ("itself", caption)


def nested_levels(
    vectors: FloatArray, duplicates: IntArray, sizes: Sequence[int], *, seed: int = 0
) -> dict[str, IntArray]:
    """Nested levels by name: separate captions, then near-duplicates, then fewer and fewer groups.

    Groups are from Ward's hierarchy of the means of near-duplicates. If there are more than `LARGEST_LINKAGE`, k-means
    reduces them to so many micro-clusters first.

    Parameters
    ----------
    vectors : (n, d), unit vectors of the captions
    alike : (n,), groups of near-duplicates
    sizes : numbers of groups, falling; sizes that are not below the number of near-duplicates, or are above
        `LARGEST_LINKAGE`, are left out
    seed : of the micro-clusters
    """
    levels = {AS_THEY_ARE: np.arange(len(duplicates))} | (
        {NEAR_DUPLICATES: duplicates} if duplicates.max() + 1 < len(duplicates) else {}
    )
    feasible = [size for size in sizes if size <= min(duplicates.max(), LARGEST_LINKAGE)]
    if not feasible:
        return levels
    group, means = duplicates, unit_vectors(_means(vectors, duplicates))
    if len(means) > LARGEST_LINKAGE:
        micro = _micro_clusters(means, seed)
        group, means = micro[duplicates], _means(means, micro)
    return levels | {f"{size} groups": cut[group] for size, cut in _cuts(means, feasible).items()}


def falling_sizes(groups: int, factor: int) -> list[int]:
    """Numbers of groups: falling by a factor, from at most `groups / factor` and `LARGEST_LINKAGE`, to two."""
    size = min(groups, factor * LARGEST_LINKAGE)
    sizes = []
    while size > 2:
        size = max(2, size // factor)
        sizes.append(size)
    return sizes


def vectors_of(captions: npt.NDArray[Any], features: FloatArray | None = None, seed: int = 0) -> FloatArray:
    """Unit vectors of captions, (n, d), from their features or their letters.

    Without features: the `WIDTH` leading directions of the TF-IDF of character n-grams.

    `ValueError`: no features, and a caption that is not a text.
    """
    if features is not None:
        return unit_vectors(features)
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    other = next((caption for caption in captions if not isinstance(caption, str)), None)
    if other is not None:
        raise ValueError(f"caption {other} is not a text: give features of the captions")
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=NGRAMS, sublinear_tf=True, dtype=np.float32)
    table = letters.fit_transform([f"{caption}." for caption in captions])  # the dot is for texts of spaces only
    if min(table.shape) <= WIDTH:
        return unit_vectors(table.toarray())
    return unit_vectors(TruncatedSVD(WIDTH, random_state=seed).fit_transform(table))


def similarity_within(vectors: FloatArray, groups: IntArray) -> float:
    """Mean cosine of pairs of unit vectors, (n, d), in the same group; NaN if all groups have one vector."""
    sums, counts = class_indicators(groups).T @ vectors, np.bincount(groups)
    pairs = float(np.sum(counts * (counts - 1.0)))
    return (float(np.sum(sums**2)) - float(np.sum(vectors**2))) / pairs if pairs else float("nan")


def randomised(levels: Levels, rng: np.random.Generator) -> dict[str, IntArray]:
    """Random merges with the group sizes and nesting of the levels, without the first level."""
    order = rng.permutation(len(levels[AS_THEY_ARE]))
    return {name: groups[order] for name, groups in levels.items() if name != AS_THEY_ARE}


def within_classes(levels: Levels, main_class: IntArray, rng: np.random.Generator) -> dict[str, IntArray]:
    """Random merges within classes, with about as many groups, and at least one per class; without the first level.

    Parameters
    ----------
    main_class : (n,), the most frequent class in the pairs of each caption
    """
    order = rng.permutation(len(main_class))
    order = order[np.argsort(main_class[order], kind="stable")]
    _, counts = np.unique(main_class, return_counts=True)
    merged = {}
    for name, groups in levels.items():
        if name == AS_THEY_ARE:
            continue
        shares = np.maximum(1, np.floor((groups.max() + 1) * counts / len(order))).astype(int)
        dealt = [np.arange(n) % share for n, share in zip(counts, shares, strict=True)]
        firsts = np.cumsum(shares) - shares
        group_of = np.empty(len(order), dtype=np.int64)
        group_of[order] = np.concatenate([first + numbers for first, numbers in zip(firsts, dealt, strict=True)])
        merged[name] = group_of
    return merged


def _micro_clusters(vectors: FloatArray, seed: int) -> IntArray:
    from sklearn.cluster import MiniBatchKMeans

    size = LARGEST_LINKAGE
    # Random initialisation: k-means++ would take most of the time.
    means = MiniBatchKMeans(size, init="random", batch_size=4 * size, n_init=1, max_iter=10, random_state=seed)
    if len(vectors) <= FITTED:
        return np.unique(means.fit_predict(vectors), return_inverse=True)[1]
    means.fit(vectors[np.random.default_rng(seed).choice(len(vectors), FITTED, replace=False)])
    return np.unique(means.predict(vectors), return_inverse=True)[1]


def _cuts(vectors: FloatArray, sizes: Sequence[int]) -> dict[int, IntArray]:
    """Cuts of Ward's hierarchy into each number of groups, or the number of vectors if that is smaller."""
    from scipy.cluster.hierarchy import cut_tree, linkage

    tree = linkage(vectors, "ward")
    return {size: cut_tree(tree, [min(size, len(vectors))])[:, 0] for size in sizes}


def _means(vectors: FloatArray, groups: IntArray) -> FloatArray:
    """Mean vector of each group 0..m-1."""
    return (class_indicators(groups).T @ vectors) / np.bincount(groups)[:, None]


def of_equal_vectors(vectors: FloatArray) -> IntArray:
    """Group of each vector, (n,), from vectors (n, d): vectors equal up to `DECIMALS` share a group."""
    return np.unique(np.round(vectors, DECIMALS), axis=0, return_inverse=True)[1]


def unit_vectors(vectors: FloatArray) -> FloatArray:
    """Vectors (n, d) scaled to length 1; zero vectors stay zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), dtype=np.float64)

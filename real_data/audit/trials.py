"""Trials of dropping the pairs that hurt most.

Rules rank pairs by the labels of one half of the images (training). In the graph of the other half (judged), the first
pairs in this order are dropped, and all quantities are measured again with the labels of this half. No label is used
twice. The baselines are random pairs, random captions, and an oracle that uses the labels of the judged half.
An image without any remaining pair counts as an error, because it has no embedding. So all errors on a half concern the
same images, with their original masses. The bounds concern the remaining graph, without the lost images.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.infrastructure.progress import Bar
from pairbounds.real_data.audit.dropping_rules import (
    CONTROLS,
    LOW_SIMILARITY,
    ORACLE,
    RULES,
    Mask,
    PairList,
    RuleInputs,
    oracle,
    ranked,
)
from pairbounds.real_data.audit.verdict import APPLY, CHOOSE, compared, in_words, threshold_in_words
from pairbounds.sweeps.settings import as_settings
from pairbounds.theory.bounds.quantities import Encoder
from pairbounds.theory.bounds.registry import BOUNDS
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import induced_labelling_error, required_labels
from pairbounds.theory.spectrum.triplets import spectrum

THEOREMS = {
    "bound_theorem_4": "probe-error",
    "bound_theorem_15": "multihop-error",
    "bound_theorem_16": "local-multihop-error",
}
MOST_PAIRS = 100_000  # larger tables are sampled, because there are hundreds of measurements
NOTHING = "nothing"  # the rule that drops no pairs
ALL_RULES = {**RULES, **CONTROLS, ORACLE: oracle}
DIGITS = 9  # errors of thresholds are compared after rounding to these digits
Measure = Callable[[PairList, PairList], dict[str, float]]  # of the remaining pairs of a half, and all its pairs


@dataclass(frozen=True)
class WhatIf:
    """Settings of the trials.

    Attributes
    ----------
    k : width of the embedding
    shares : shares of the distinct pairs to drop
    splits : number of random splits of the images into halves
    draws : number of draws of each random control, on each half
    device, seed : as in `pairbounds.spectrum`; the seed also draws halves and controls
    rules : names of the rules to try, by default all; two rules are also compared with each other
    """

    k: int = 32
    shares: tuple[float, ...] = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3)
    splits: int = 10
    draws: int = 3
    device: str = "auto"
    seed: int = 0
    rules: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        unknown = [name for name in self.rules if name not in RULES]
        if unknown or len(set(self.rules)) < len(self.rules):
            fault = f"has an unknown rule {unknown[0]}" if unknown else "has a rule twice"
            raise ValueError(f"rules={','.join(self.rules)} {fault}: choose from {', '.join(RULES)}")
        if not self.shares or not all(0 < share < 1 for share in self.shares):
            raise ValueError(f"shares={self.shares}: each share of the pairs must be in (0, 1)")
        if self.splits < 2 or self.draws < 1:
            raise ValueError(
                f"splits={self.splits} and draws={self.draws}: an interval needs 2 splits, a control 1 draw"
            )


class Outcome(NamedTuple):
    """Outcome of the trials.

    Attributes
    ----------
    curves : a row for every measurement; see `what_if`
    verdict : a row for every rule and share against random choice; see `pairbounds.real_data.audit.verdict.compared`
    words : the verdict, in sentences
    """

    curves: pd.DataFrame
    verdict: pd.DataFrame
    words: tuple[str, ...]


def what_if(
    graph: PairGraph, settings: WhatIf | Mapping[str, Any] | None = None, similarities: sp.csr_array | None = None
) -> Outcome:
    """Effects of dropping pairs on consistency, gap, bounds and error, on held-out images.

    Parameters
    ----------
    graph : graph with left labels
    settings : `WhatIf`, or a dict of some of its settings, optional
    similarities : csr_array (n_left, n_right) with the structure of `graph.joint`, optional
        Similarities of image and caption, for one more rule.

    Returns
    -------
    Outcome, whose curves have the columns
        action ("none", "drop", or of `threshold_rows`: "choose", "apply"), rule, share (of the judged pairs),
        split, draw (indices from 0), n_pairs (remaining), isolated (mass of the images without remaining pairs),
        alpha_t, gap (`1 - σ²_{k+1}`), bound_theorem_4, bound_theorem_15 and bound_theorem_16 (on probe_error; infinite
        without a gap), probe_error (0-1 error of the probe on the optimum of width k of the remaining graph), error
        (the same with the original masses; isolated images are errors), and with similarities threshold.

    Raises
    ------
    ValueError : no labels; fewer than two classes; k exceeds the remaining images or captions of a half; a rule needs
        similarities

    Notes
    -----
    Beyond `MOST_PAIRS` pairs, a random sample of images with about this number of pairs is measured. Captions then have
    fewer images and leaks are harder to detect, so results concern the sample. Cost: `splits (1 + shares (rules + 1 +
    2 draws))` spectra, 550 by default, of half of the pairs; with similarities 690. Progress is shown on stderr.
    """
    settings, labels = as_settings(WhatIf, settings), required_labels(graph, "left")
    if len(np.unique(labels)) < 2:
        raise ValueError("all images have the same label: at least two classes are needed")
    pairs, sample = sample_of(pair_list(graph, labels, similarities), "what if", settings.seed)
    curves = _curves(pairs, settings)
    comparison = compared(curves, settings.rules if len(settings.rules) == 2 else ())
    words = (*sample, *in_words(comparison, settings.splits), *threshold_in_words(curves))
    return Outcome(curves, comparison, words)


def _curves(pairs: PairList, settings: WhatIf) -> pd.DataFrame:
    trials = _trials(pairs, settings)
    n_each = 1 + len(settings.shares) * len(trials)
    n_each += len(settings.shares) + 2 if LOW_SIMILARITY in {name for name, _ in trials} else 0
    unit, rows = f"graphs of up to {(len(pairs) + 1) // 2:,} pairs", []
    with Bar(total=n_each * settings.splits, desc="what if", unit=unit) as bar:
        for split in range(settings.splits):
            for row in _on_half(pairs, settings, split, trials):
                rows.append({"split": split} | row)
                bar.update()
    leading = ["action", "rule", "share", "split", "draw"]
    curves = pd.DataFrame(rows)
    return curves[[*leading, *(name for name in curves if name not in leading)]]


def pair_list(graph: PairGraph, labels: IntArray, similarities: sp.csr_array | None) -> PairList:
    """The pairs of a graph as a list."""
    entries = graph.joint.tocoo()
    images, captions = (side.astype(np.int64) for side in entries.coords)
    of_pairs = np.full(len(images), np.nan) if similarities is None else similarities.data
    return PairList(images, captions, entries.data, labels, of_pairs)


def sample_of(everything: PairList, question: str, seed: int) -> tuple[PairList, tuple[str, ...]]:
    """All pairs, or beyond `MOST_PAIRS` those of a random sample of the images, and a sentence on the sample."""
    if len(everything) <= MOST_PAIRS:
        return everything, ()
    order = np.random.default_rng([seed, 0]).permutation(len(everything.labels))
    counts = np.bincount(everything.images, minlength=len(order))[order]
    chosen = order[np.cumsum(counts) <= MOST_PAIRS]
    pairs = everything.kept(np.isin(everything.images, chosen))
    images, total = (f"{len(np.unique(part.images)):,}" for part in (pairs, everything))
    sentence = (
        f"{question}: on a random sample of {images} of {total} images, with {len(pairs):,} of {len(everything):,} "
        "pairs; captions have fewer images there, and leaks are seen less well"
    )
    return pairs, (sentence,)


def _trials(pairs: PairList, settings: WhatIf) -> list[tuple[str, int]]:
    """Names of the rules, controls and oracle, each with the index of its draw."""
    unknown = bool(np.isnan(pairs.similarities).any())
    if LOW_SIMILARITY in settings.rules and unknown:
        raise ValueError("the pairs have no similarities: name their column with --similarity-col")
    names = settings.rules or [name for name in RULES if name != LOW_SIMILARITY or not unknown]
    controls = [(name, draw) for name in CONTROLS for draw in range(settings.draws)]
    return [*((name, 0) for name in names), *controls, (ORACLE, 0)]


def _on_half(
    pairs: PairList, settings: WhatIf, split: int, trials: Sequence[tuple[str, int]]
) -> Iterator[dict[str, object]]:
    """A row for each measurement on one half of the images."""
    rng = np.random.default_rng([settings.seed, 1, split])
    in_training = _half(pairs, rng)[pairs.images]
    inputs = RuleInputs(pairs, pairs.kept(in_training), pairs.kept(~in_training))

    def measure(left: PairList, half: PairList) -> dict[str, float]:
        return measured_on(left, image_masses(half), settings)

    yield {"action": "none", "rule": NOTHING, "share": 0.0, "draw": 0} | measure(inputs.judged, inputs.judged)
    for name, draw in trials:
        order = ranked(ALL_RULES[name], inputs, rng)
        for share in settings.shares:
            row = {"action": "drop", "rule": name, "share": share, "draw": draw}
            yield row | measure(left_of(inputs.judged, order, share), inputs.judged)
    if (LOW_SIMILARITY, 0) in trials:
        yield from threshold_rows(inputs, settings.shares, measure)


def threshold_rows(inputs: RuleInputs, shares: Sequence[float], measure: Measure) -> Iterator[dict[str, object]]:
    """Rows for no threshold and each share on the training half, and one on the judged half for the best threshold.

    A threshold is the least similarity that is kept; -inf keeps all. Each share gives a threshold on the training half.
    The judged half affects neither the thresholds nor the choice among them.
    """
    fixed, training = {"rule": LOW_SIMILARITY, "draw": 0}, inputs.training
    errors: list[tuple[float, float]] = []
    for share in (0.0, *shares):
        count = round(share * len(training))
        threshold = float(np.partition(training.similarities, count)[count]) if count else -math.inf
        row = measure(training.kept(training.similarities >= threshold), training)
        errors.append((row["error"], threshold))
        yield {"action": CHOOSE, "share": share, "threshold": threshold} | fixed | row
    chosen = min(errors, key=lambda pair: round(pair[0], DIGITS))[1]  # ties: the smallest share
    left = inputs.judged.kept(inputs.judged.similarities >= chosen)
    dropped = 1 - len(left) / len(inputs.judged)
    yield {"action": APPLY, "share": dropped, "threshold": chosen} | fixed | measure(left, inputs.judged)


def _half(pairs: PairList, rng: np.random.Generator) -> Mask:
    """Mask of half of the images with pairs, stratified by class, (n_images,)."""
    shuffled = rng.permutation(np.unique(pairs.images))
    by_class = shuffled[np.argsort(pairs.labels[shuffled], kind="stable")]
    half = np.zeros(len(pairs.labels), dtype=bool)
    half[by_class[rng.integers(2) :: 2]] = True
    return half


def left_of(judged: PairList, order: IntArray, share: float) -> PairList:
    """The pairs without a share of them, the first in this order."""
    return judged.kept(np.sort(order[round(share * len(judged)) :]))


def image_masses(pairs: PairList) -> FloatArray:
    """Probability of each image, (n_images,); 0 for an image without pairs."""
    masses = np.bincount(pairs.images, pairs.weights, len(pairs.labels))
    return np.asarray(masses / masses.sum())


def measured_on(pairs: PairList, before: FloatArray, settings: WhatIf) -> dict[str, float]:
    """Bounds and errors on the graph of some pairs; `before` has the masses of the images with all pairs."""
    images, rows = np.unique(pairs.images, return_inverse=True)
    captions, columns = np.unique(pairs.captions, return_inverse=True)
    entries = sp.coo_array((pairs.weights, (rows, columns)), shape=(len(images), len(captions)))
    graph, k = PairGraph(entries, np.unique(pairs.labels[images], return_inverse=True)[1]), settings.k
    if k > min(graph.shape):
        raise ValueError(
            f"what if: k={k} is too large for the remaining half, with {graph.n_left} images and {graph.n_right} "
            "captions: lower k, or drop less"
        )
    n_triplets = min(k + 1, *graph.shape)
    triplets = spectrum(graph, n_triplets, device=settings.device, seed=settings.seed).leading(k + 1)
    probe = Encoder.optimum(graph, triplets, k).probe
    masses = before[images]
    isolated = max(0.0, 1 - float(masses.sum()))
    return {
        "n_pairs": len(pairs),
        "isolated": isolated,
        "alpha_t": induced_labelling_error(graph),
        "gap": 1 - float(triplets.singular_values[k]) ** 2,
        **{column: BOUNDS[name](graph, triplets, k) for column, name in THEOREMS.items()},
        "probe_error": probe.error,
        "error": float(masses @ (probe.winners != graph.left_labels)) + isolated,
    }

"""Measurements on one draw, a random sample of images: frontiers, bounds, and errors of optima.

A frontier is the consistency of a pairing against its diversity, over all temperatures.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.infrastructure.checks import HypothesisError
from pairbounds.infrastructure.progress import Bar
from pairbounds.real_data.measures.comparison import Draw
from pairbounds.real_data.measures.consistency_frontier import frontiers
from pairbounds.real_data.measures.off_diagonal import chance_agreement
from pairbounds.real_data.measures.protocol import ALL, CONVENTIONS, IMAGE, OTHERS, SUBJECT, Convention, Protocol
from pairbounds.real_data.pairings.image_draws import gather
from pairbounds.real_data.pairings.pairing import Pairing, pairings
from pairbounds.real_data.pairings.sources import Source
from pairbounds.theory.bounds.quantities import Encoder
from pairbounds.theory.bounds.registry import BOUNDS
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.connectivity import class_second_eigenvalues
from pairbounds.theory.quantities.consistency import class_masses, guess_error, induced_labelling_error
from pairbounds.theory.quantities.logistic import logistic_probe
from pairbounds.theory.quantities.metrics import alignment, uniformity
from pairbounds.theory.quantities.multihop_consistency import consistency_curve
from pairbounds.theory.spectrum.triplets import Spectrum, spectrum

HOPS = (1, 2, 4, 8)  # lengths of the walks whose consistency is measured
CLAIMS = {  # bound in each column
    "bound": "probe-error",
    "sharp_bound": "sharp-probe-error",
    "multihop_bound": "multihop-error",
    "local_multihop_bound": "local-multihop-error",
}


@dataclass(frozen=True, eq=False)
class DrawResults:
    """Results of one draw: its frontiers in each convention, and its rows of the tables."""

    draws: Mapping[Convention, Draw]
    frontier: pd.DataFrame
    learned: pd.DataFrame


def measure_draw(source: Source, protocol: Protocol, number: int, images: IntArray, seed: int) -> DrawResults:
    """Measure every pairing on a draw of images, given as its number, the indices of its images, and its seed."""
    rng, subjects = np.random.default_rng(seed), source.subjects[images]
    inputs = gather(
        source, images, views=protocol.views, strengths=protocol.strengths, anchors=protocol.anchors, seed=seed
    )
    compared = pairings(inputs, rng, protocol.keep)
    draws = _draws(source, images, compared, inputs.labels, f"draw {number}")
    labelled = np.isin(subjects, rng.permutation(np.unique(subjects))[::2])  # half of the subjects train the probe
    return DrawResults(
        draws,
        pd.DataFrame(_frontier_rows(compared, draws)).assign(draw=number),
        pd.DataFrame(_optimum_rows(compared, draws, inputs.labels, labelled, protocol)).assign(draw=number),
    )


def _draws(
    source: Source, images: IntArray, compared: Sequence[Pairing], labels: Mapping[str, IntArray], title: str
) -> dict[Convention, Draw]:
    """Frontiers of all pairings, and agreement by chance, in each convention."""
    evaluator = source.evaluator.encode_images(source.dataset.take(images), source.cache)
    evaluators: dict[str, npt.NDArray[Any]] = {**labels, source.evaluator.name: evaluator}
    groups = {IMAGE: np.arange(len(images)), SUBJECT: source.subjects[images]}
    by_pairing = {
        pairing.key: frontiers(pairing, evaluators, groups) for pairing in Bar(compared, desc=title, unit="pairing")
    }
    draws = {}
    for convention in CONVENTIONS:
        excluded, with_own = convention.exclusion, convention.diversity_of == ALL
        counted = {key: replace(result[excluded], with_own=with_own) for key, result in by_pairing.items()}
        chance = {name: chance_agreement(evaluator, groups[excluded]) for name, evaluator in evaluators.items()}
        draws[convention] = Draw(counted, chance, source.subjects[images])
    return draws


def _frontier_rows(compared: Sequence[Pairing], draws: Mapping[Convention, Draw]) -> Iterator[dict[str, object]]:
    """A row for each pairing, excluded pairs, temperature and evaluator.

    `own` is the mean mass of the excluded pairs of an image, `alone` the share of images without other positives.
    """
    for pairing, exclusion in product(compared, (IMAGE, SUBJECT)):
        draw = draws[Convention(exclusion, OTHERS)]
        facts = {"pairing": pairing.key, "family": pairing.family, "exclusion": exclusion, "images": len(draw.subjects)}
        frontier = draw.frontiers[pairing.key]
        for temperature, point in zip(frontier.temperatures, frontier.points, strict=True):
            measured = {
                "temperature": temperature,
                "positives_others": point.effective_positives(),
                "positives_all": point.effective_positives(with_own=True),
                "own": point.own_share.mean(),
                "alone": point.alone,
                "truncated": pairing.similarities.truncated(temperature),
            }
            for evaluator, chance in draw.chance.items():
                judged = {"evaluator": evaluator, "consistency": point.consistency(evaluator), "chance": chance}
                yield facts | measured | judged


def _optimum_rows(
    compared: Sequence[Pairing],
    draws: Mapping[Convention, Draw],
    labels: Mapping[str, IntArray],
    labelled: npt.NDArray[np.bool_],
    protocol: Protocol,
) -> Iterator[dict[str, object]]:
    """A row of `at_optimum` for each pairing, level of diversity that it reaches, label set and width."""
    for pairing, kind, diversity in product(compared, (OTHERS, ALL), protocol.learned_at):
        temperature = draws[Convention(IMAGE, kind)].frontiers[pairing.key].temperature_at(diversity)
        if np.isnan(temperature):
            continue
        graphs = {name: pairing.graph(temperature, classes) for name, classes in labels.items()}
        first = next(iter(graphs.values()))  # labels do not change the pairs
        triplets = spectrum(first, min(max(protocol.widths) + 1, *first.shape))
        facts = {"pairing": pairing.key, "family": pairing.family, "diversity_of": kind, "diversity": diversity}
        widths = {width: min(width, *first.shape) for width in protocol.widths}
        sphere = {k: on_sphere(first, triplets, k) for k in widths.values()}
        for (name, graph), (width, k) in product(graphs.items(), widths.items()):
            result = at_optimum(graph, triplets, k, labelled) | sphere[k]
            yield facts | {"temperature": temperature, "width": width, "k": k, "labels": name} | result


def at_optimum(graph: PairGraph, triplets: Spectrum, k: int, labelled: npt.ArrayLike) -> dict[str, float]:
    """Bounds and measured errors of the optimal embedding of width k of one labelled graph.

    Parameters
    ----------
    triplets : at least k + 1
    labelled : the left nodes that train the held-out probe

    Returns
    -------
    induced_labelling_error : `α_T`, with self-pairs, as in the theorems
    next_singular_value : `σ_{k+1}`
    bound, sharp_bound, multihop_bound : on the probe error, by theorem 4, its sharper form, and theorem 15
    local_multihop_bound, trained_bound : on the probe error, by theorems 16 and 17, the latter at the optimum
    guess_error : error of guessing the largest class; a bound that is no smaller is vacuous
    probe_error : error of the probe on all labels, which the bounds concern
    held_out_error : error of a logistic probe on held-out images
    second_eigenvalue : λ₂ of the induced pairs within a class (1: two parts without pairs), mean weighted by mass
    largest_second_eigenvalue : λ₂ of the worst class
    consistency_1, ... : multi-hop consistency `a_m`, with self-pairs
    """
    optimum = Encoder.optimum(graph, triplets.leading(k + 1), k)
    # With few labels a least-squares probe has unconstrained directions, and its errors there are large.
    held_out = logistic_probe(graph, optimum.left, labelled=labelled).held_out_error
    assert held_out is not None  # half of the subjects are held out
    second_eigenvalues = class_second_eigenvalues(graph)
    curve = consistency_curve(graph, max(HOPS))
    return {
        "induced_labelling_error": induced_labelling_error(graph),
        "next_singular_value": float(optimum.spectrum.singular_values[k]),
        **{column: BOUNDS[name](graph, triplets, k) for column, name in CLAIMS.items()},
        "trained_bound": BOUNDS["trained-error"](graph, triplets, k, optimum),
        "guess_error": guess_error(graph),
        "probe_error": optimum.probe.error,
        "held_out_error": held_out,
        "second_eigenvalue": float(np.average(second_eigenvalues, weights=class_masses(graph))),
        "largest_second_eigenvalue": float(second_eigenvalues.max()),
        **{f"consistency_{m}": float(curve[m]) for m in HOPS},
    }


def on_sphere(graph: PairGraph, triplets: Spectrum, k: int) -> dict[str, float]:
    """Alignment and uniformity of the same embedding on the sphere; NaN if an image's embedding is 0.

    All pairs are used, which takes about as long as the bounds.
    """
    embedding = Encoder.optimum(graph, triplets.leading(k + 1), k).left
    try:
        return {"alignment": alignment(graph, embedding), "uniformity": uniformity(graph, embedding)}
    except HypothesisError:  # the embedding of an image is 0
        return {"alignment": math.nan, "uniformity": math.nan}

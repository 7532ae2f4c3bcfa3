"""Forecasts of the encoder that a pairing trains: quantities of its graph, before any training."""

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import EPS, FloatArray, IntArray
from pairbounds.real_data.encoders.cache import content_key, stored_rows
from pairbounds.real_data.experiments.parts import Parts
from pairbounds.real_data.experiments.views import Partners
from pairbounds.real_data.feature_maps import FEATURE_MAPS
from pairbounds.real_data.untrained_features import untrained_features
from pairbounds.theory.bounds.check_bounds import check_bounds
from pairbounds.theory.bounds.theorem29_batches import batch_information
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import induced_labelling_error
from pairbounds.theory.spectrum.triplets import spectrum

BOUNDS = {
    "theorem_4": "probe-mse",
    "theorem_15": "multihop-mse",
    "theorem_16": "local-multihop-error",
    "theorem_35": "known-values-mse",
}
WIDTH = 64  # width of the embeddings of the theory, equal to that of the projection
LABELLED, DRAWS = 50, 8  # number of labels, and of draws of them
EXACT = 1e-9  # tolerance for singular values of 1

Maps = Mapping[str, list[FloatArray]]  # draws of features of the images, for each kind of map


def feature_maps(parts: Parts, draws: int, cache: str) -> Maps:
    """Untrained features of the training images by each kind of map; pixels have a single draw.

    Parameters
    ----------
    cache : folder of stored features
    """
    pictures = parts.pictures[parts.train].expand(-1, 3, -1, -1).numpy()
    kinds = {kind: 1 if kind == "pixels" else draws for kind in FEATURE_MAPS} if draws else {}
    key = content_key(parts.dataset.key, *map(str, parts.train))

    def drawn(kind: str, seed: int) -> FloatArray:
        path = Path(cache) / f"untrained-{kind}-{seed}-{key}"
        return stored_rows(
            path, len(pictures), lambda start: [untrained_features(pictures, kind=kind, seed=seed)[start:]]
        )

    return {kind: [drawn(kind, seed) for seed in range(count)] for kind, count in kinds.items()}


def forecasts(graph: PairGraph, number: int, batch: int, maps: Maps, alike: FloatArray) -> dict[str, float]:
    """Quantities of a pairing.

    alpha : α_T; alpha_images : estimate from 50 labelled images; alpha_0 to alpha_7 : estimates from 25 labelled pairs
    theorem_4, _15, _16, _35 : the bounds at `WIDTH`, or at the largest width of the graph
    theorem_42, and a kind of map : squared error of the optimum that is linear in its features, mean over the draws
    optimum : squared error of the graph's optimum
    value : σ²_{k+1}, the first beyond the width, 0 beyond the rank
    itself : probability that an image's partner is the image itself
    partners : exp of the mean entropy of an image's partners
    likeness : mean similarity, by `alike`, of an image and another image as partner; NaN if there is none
    information : maximum mutual information of a pair that a batch can show, in nats (theorem 29)
    context : minimum of `1 / (1 - σ²_{d+1}) + Σ_{1<i<=d} σ_i² / Σ_{1<i<=k} σ_i²` over d <= k = `WIDTH`; our reading of
        Zhai et al. 2025 (only the abstract)
    """
    rng = np.random.default_rng([4, number + 1])
    labels = np.asarray(graph.left_labels)
    width = min(WIDTH, *graph.shape)
    table = check_bounds(graph, width, bounds=[*BOUNDS.values()]).set_index("bound")[["value", "measured"]]
    pairs, partners = graph.induced(), Partners(graph)
    squares = np.zeros(WIDTH + 1)
    leading = spectrum(graph, min(WIDTH + 1, *graph.shape)).singular_values ** 2
    squares[: len(leading)] = leading
    others = pairs.joint - sp.diags_array(pairs.joint.diagonal())
    shares = pairs.joint.data * graph.n_left
    through = {
        f"theorem_42_{kind}": float(np.mean([graph.through(rows).probe_mse(width) for rows in draws]))
        for kind, draws in maps.items()
    }
    return {name: float(table["value"][bound]) for name, bound in BOUNDS.items()} | {
        "width": width,
        "alpha": induced_labelling_error(graph),
        **{f"alpha_{draw}": _from_pairs(partners, labels, rng) for draw in range(DRAWS)},
        "alpha_images": _from_images(pairs, labels, rng),
        "optimum": float(table["measured"][BOUNDS["theorem_4"]]),
        "itself": float(pairs.joint.diagonal().sum()),
        "partners": float(np.exp(-(shares * np.log(shares)).sum() / graph.n_left)),
        "information": batch_information(pairs, batch)[1],
        "likeness": float((others * alike).sum() / others.sum()) if others.sum() > EPS else math.nan,
        "value": float(squares[width]) if width == WIDTH else 0.0,
        "context": _context(squares),
        **through,
    }


def _from_pairs(partners: Partners, labels: IntArray, rng: np.random.Generator) -> float:
    """Share of pairs with different classes among `LABELLED` / 2 pairs."""
    images = rng.integers(len(labels), size=LABELLED // 2)
    return float(np.mean(labels[images] != labels[partners.draw(images, rng)]))


def _from_images(pairs: PairGraph, labels: IntArray, rng: np.random.Generator) -> float:
    """Share of different classes among the pairs of labelled images, times the mass off the diagonal.

    If the labelled images have no pairs, the share is over all combinations of two labelled images.
    """
    images = np.sort(rng.choice(pairs.n_left, LABELLED, replace=False))
    among = pairs.joint[images][:, images].toarray()
    np.fill_diagonal(among, 0)
    unlike = labels[images][:, None] != labels[images][None, :]
    if not among.any():
        among = np.ones_like(among) - np.eye(LABELLED)
    return float((among * unlike).sum() / among.sum() * (1 - pairs.joint.diagonal().sum()))


def _context(squares: FloatArray) -> float:
    """See `context` in `forecasts`, from `σ_1² >= … >= σ²_{WIDTH+1}`; inf if all are 1."""
    rest = squares[1:]
    before = np.concatenate([[0.0], np.cumsum(rest)[:-1]]) / max(rest[:-1].sum(), EPS)
    gaps = np.where(rest < 1 - EXACT, 1 - rest, 0.0)
    with np.errstate(divide="ignore"):
        return float(np.min(1 / gaps + before))

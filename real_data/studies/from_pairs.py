"""Encoders learned from n image pairs, linear in features: their squared error compared with theorems 42 and 43."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse as sp
from sklearn.decomposition import PCA

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.real_data.caption_graphs import caption_graph, image_order
from pairbounds.real_data.datasets import ImageTextDataset
from pairbounds.real_data.encoders.cache import FEATURES
from pairbounds.real_data.encoders.efficientnet import EfficientNet
from pairbounds.real_data.image_settings import ImageSettings
from pairbounds.sweeps import Study, place
from pairbounds.theory.bounds.theorem43_from_image_pairs import (
    ImagePairs,
    certified_mse_at_most,
    mse_by_hops_at_most,
    mse_by_norms_at_most,
    mse_from_pairs_at_most,
)
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import class_masses
from pairbounds.theory.quantities.known_values import known_tail_at_most
from pairbounds.theory.quantities.linear_encoders import FeatureMoments
from pairbounds.theory.quantities.probes import probe

NETWORK, PIXELS = "EfficientNet-Lite0", "pixels"
SIDE = 16  # pixels along a side of pictures as features


@dataclass(frozen=True)
class FromPairsSettings:
    """A population of images, their features, and image pairs drawn through captions.

    Attributes
    ----------
    dataset : kind of data set, "emoji", "tabler" or another; its captions pair the images
    root : root of a data set outside installed packages; for icons the folder of `make data`
    size : pixels along a side of the images
    images : number of images in the population, which is the same for all seeds
    k : width of the encoders
    components : numbers of principal components of the features, in addition to a constant
    pairs : numbers of image pairs drawn
    level : confidence level of the certificate
    cache : folder of features
    """

    dataset: str = "emoji"
    root: str = place("build/data")
    size: int = 96
    images: int = 2_000
    k: int = 32
    components: tuple[int, ...] = (50, 100)
    pairs: tuple[int, ...] = (1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000)
    level: float = 0.95
    cache: str = place(str(FEATURES))

    def __post_init__(self) -> None:
        self.source()

    def source(self) -> ImageSettings:
        """The data set."""
        return ImageSettings(self.dataset, self.root, size=self.size, cache=self.cache)

    def input_keys(self) -> Mapping[str, object]:
        """Content keys of the images, captions and labels."""
        return {self.dataset: dict(self.source().input_keys())}


def measure(settings: FromPairsSettings, seed: int) -> pd.DataFrame:
    """A row for each kind and number of features and each number of pairs.

    Columns, for the population: guess (squared error of guessing by class masses), unreached (e_X), optimum_mse, mse_42
    and mse_42_by_values (theorems 4 and 35 through the features). For the drawn pairs: mse of the encoder; mse_43,
    mse_43_by_norms and mse_43_by_hops, with B and the second moments of the population; and mse_43_certified.
    """
    everything = settings.source().images()
    every = caption_graph(everything)
    chosen = np.sort(np.random.default_rng(0).choice(every.n_left, settings.images, replace=False))
    graph, rows = every.part(chosen), []
    images = everything.take(image_order(graph, everything))
    induced = sp.coo_array(graph.joint @ sp.diags_array(1 / graph.right_marginal) @ graph.joint.T)
    for (name, count), features in _features(images, settings).items():
        for n in settings.pairs:
            counts = np.random.default_rng([seed, n]).multinomial(n, induced.data / induced.data.sum())
            pairs = np.repeat(np.column_stack(induced.coords), counts, axis=0).astype(np.int64)
            named = {"features": name, "dimensions": count, "n_pairs": n}
            rows.append(named | _errors(graph, features, pairs, settings))
    return pd.DataFrame(rows)


def _features(images: ImageTextDataset, settings: FromPairsSettings) -> dict[tuple[str, int], FloatArray]:
    """A constant and principal components of features, for a frozen network and for pixels."""
    pictures = map(images.image, range(len(images)))
    pixels = [np.asarray(picture.convert("RGB").resize((SIDE, SIDE))).ravel() for picture in pictures]
    network = EfficientNet(pixels=settings.size, device="cpu").encode_images(images, Path(settings.cache))
    kinds = {NETWORK: network, PIXELS: np.asarray(pixels, dtype=np.float64)}
    return {
        (name, count): np.column_stack([np.ones(len(rows)), PCA(count, svd_solver="full").fit_transform(rows)])
        for (name, rows), count in product(kinds.items(), settings.components)
    }


def _errors(graph: PairGraph, features: FloatArray, pairs: IntArray, settings: FromPairsSettings) -> dict[str, float]:
    population, k = graph.through(features), settings.k
    sample = ImagePairs.of(population, pairs)
    encoder = FeatureMoments.of_pairs(features, *pairs.T).encoder(k, 0.0)
    next_value = float(population.spectrum.upper_values[k])
    return {
        "guess": 1 - float(np.sum(class_masses(graph) ** 2)),
        "unreached": population.unreached,
        "optimum_mse": population.probe_mse(k),
        "mse_42": population.unreached + population.variation / (1 - next_value**2),
        "mse_42_by_values": known_tail_at_most(population, population.spectrum, k),
        "mse": probe(graph, encoder(features)).mse,
        "mse_43": mse_from_pairs_at_most(sample, k),
        "mse_43_by_norms": mse_by_norms_at_most(sample, k),
        "mse_43_by_hops": mse_by_hops_at_most(sample, k),
        "mse_43_certified": certified_mse_at_most(len(pairs), level=settings.level, **sample.numbers(k)),
    }


STUDY = Study(
    question="How tight are theorems 42 and 43 for encoders learned from n image pairs?",
    settings=FromPairsSettings,
    measure=measure,
    seeds=5,
    small={"pairs": (1_000, 100_000), "components": (50,)},
)

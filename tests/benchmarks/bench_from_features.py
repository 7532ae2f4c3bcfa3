"""A pair graph from features, against the nearest neighbours of scikit-learn by brute force, alone."""

import numpy as np
from sklearn.neighbors import NearestNeighbors

from pairbounds import PairGraph
from tests.benchmarks.duel import Duel, Size

SIZES = ("XS", "S", "M")
WIDTH, NEAREST, TEMPERATURE = 512, 32, 0.01


def duels(size: Size, seed: int) -> list[Duel]:
    given = features(size.n_left, size.n_right, seed)
    return [
        Duel(
            case=f"{size.n_left} x {size.n_right} x {WIDTH}, top {NEAREST}",
            make=lambda: given,
            ours=lambda sides: PairGraph.from_features(*sides, temperature=TEMPERATURE, top_k=NEAREST, device="cpu"),
            peer=lambda sides: by_neighbours(*sides),
            peer_name="scikit-learn, brute force",
            note="the peer has the neighbours, ours the graph besides; both in float32",
        )
    ]


def features(n_images: int, n_texts: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    images, texts = (rng.standard_normal((n, WIDTH), dtype=np.float32) for n in (n_images, n_texts))
    return images, texts


def by_neighbours(images: np.ndarray, texts: np.ndarray) -> np.ndarray:
    search = NearestNeighbors(n_neighbors=NEAREST, algorithm="brute", metric="cosine").fit(texts)
    return search.kneighbors(images, return_distance=False)

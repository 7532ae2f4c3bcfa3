"""Forecasts of what a pairing will teach: quantities of its graph, known before anything is trained."""

import numpy as np

from pairbounds.real_data.experiments.views import Partners
from pairbounds.theory.bounds.check_bounds import check_bounds
from pairbounds.theory.bounds.theorem29_batches import batch_information
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import induced_labelling_error

BOUNDS = {
    "theorem_4": "probe-mse",
    "theorem_15": "multihop-mse",
    "theorem_16": "local-multihop-error",
    "theorem_35": "known-values-mse",
}
WIDTH = 64  # of the embeddings of the theory: that of the projection
LABELLED = 50  # labels


def forecasts(graph: PairGraph, number: int, batch: int) -> dict[str, float]:
    """Quantities of a pairing.

    alpha : α_T; alpha_pairs : from 25 labelled pairs; alpha_images : from 50 labelled images; theorem_4, _15, _16 and
    _35 : the bounds at `WIDTH`, or at the largest width that the graph has; optimum : the squared error of the graph's
    optimum; partners : exp of the mean entropy of an image's partners; information : what a batch can show of the
    mutual information of a pair at most, in nats
    """
    rng = np.random.default_rng([4, number + 1])
    labels = np.asarray(graph.left_labels)
    width = min(WIDTH, *graph.shape)
    table = check_bounds(graph, width, bounds=[*BOUNDS.values()]).set_index("bound")[["value", "measured"]]
    pairs = graph.induced()
    images = rng.integers(graph.n_left, size=LABELLED // 2)
    partners = Partners(graph).draw(images, rng)
    shares = pairs.joint.data * graph.n_left
    return {name: float(table["value"][bound]) for name, bound in BOUNDS.items()} | {
        "width": width,
        "alpha": induced_labelling_error(graph),
        "alpha_pairs": float(np.mean(labels[images] != labels[partners])),
        "alpha_images": _from_images(pairs, labels, rng),
        "optimum": float(table["measured"][BOUNDS["theorem_4"]]),
        "partners": float(np.exp(-(shares * np.log(shares)).sum() / graph.n_left)),
        "information": batch_information(pairs, batch)[1],
    }


def _from_images(pairs: PairGraph, labels: np.ndarray, rng: np.random.Generator) -> float:
    """The share of unlike classes among the pairs of labelled images, times the mass off the diagonal.

    Where no two labelled images are a pair, the share is that of all two labelled images.
    """
    images = np.sort(rng.choice(pairs.n_left, LABELLED, replace=False))
    among = pairs.joint[images][:, images].toarray()
    np.fill_diagonal(among, 0)
    unlike = labels[images][:, None] != labels[images][None, :]
    if not among.any():
        among = np.ones_like(among) - np.eye(LABELLED)
    return float((among * unlike).sum() / among.sum() * (1 - pairs.joint.diagonal().sum()))

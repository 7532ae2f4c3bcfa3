"""Training of a small network on the pairs of a graph, and measures of its features."""

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from scipy.linalg import svdvals

from pairbounds.real_data.encoders.encoder import unit_rows
from pairbounds.real_data.experiments.views import Partners, PartnerViews
from pairbounds.real_data.training.evaluation import Features
from pairbounds.real_data.training.objectives.simclr import TwoViews, projection_head
from pairbounds.real_data.training.recipe import Recipe
from pairbounds.real_data.training.trainer import Trained, train_encoder
from pairbounds.real_data.training.view_guides import blind_guide
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.metrics.hypersphere import alignment, uniformity

BLOCK = 512  # views
# Chosen on the tuning split: the encoder also learns from weak pairings, in half a minute on one core.
RECIPE = Recipe(
    backbone="strided", iterations=300, batch=256, warmup=30, temperature=0.2, learning_rate=0.01, head_norm=True
)


def trained_on(
    graph: PairGraph,
    pictures: torch.Tensor,
    recipe: Recipe,
    seed: int,
    strength: float = 1.0,
    watch: Callable[[int, Trained], object] | None = None,
) -> Trained:
    """Train an encoder on pairs of a graph, drawn at every step.

    Parameters
    ----------
    pictures : pictures of the left nodes
    strength : strength of the views
    watch : see `train_encoder`
    """

    def objective(width: int) -> TwoViews:
        head = projection_head(width, recipe.head_width, norm=True)
        return TwoViews(width, recipe.temperature, "none", blind_guide, head=head)

    source, images = PartnerViews(pictures, Partners(graph), strength), np.arange(len(pictures))
    return train_encoder(source, images, objective, recipe, seed, device="cpu", watch=watch)


def features_by(trained: Trained) -> Callable[[torch.Tensor], Features]:
    """Function from views to features, (n, width)."""
    return partial(_features, trained)


def _features(trained: Trained, pictures: torch.Tensor) -> Features:
    return trained.features(torch.split(pictures, BLOCK), len(pictures))


def qualities(features: Features, graph: PairGraph) -> dict[str, float]:
    """Label-free measures of an encoder.

    effective_rank : exp of the entropy of the singular values of the centred features (Roy and Vetterli 2007)
    alignment, uniformity : of Wang and Isola 2020, over the pairs of the graph

    Parameters
    ----------
    features : (n_left, width), of one view of each left node
    """
    rows = unit_rows(np.asarray(features, dtype=np.float64))
    values = svdvals(features - features.mean(0))
    shares = values[values > 0] / values.sum()
    return {
        "effective_rank": float(np.exp(-(shares * np.log(shares)).sum())),
        "alignment": alignment(graph, rows),
        "uniformity": uniformity(graph, rows),
    }

"""Few labels on the pairs of a world: guarantees, intervals, and the choice of an embedding."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from pairbounds.simulations.world import LatentWorld, WorldShape
from pairbounds.sweeps import Study
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.questions.label_choice import label_trials, optima


@dataclass(frozen=True)
class FewLabelsSettings(WorldShape):
    """A world, the candidate pairs and widths, and the labels.

    Attributes
    ----------
    n_positions : number of positions of the grid
    widths : embedding widths
    noises : caption noises
    strengths : augmentation strengths
    sizes : numbers of labelled images
    draws : random sets of labelled images of each size
    resamples : bootstrap resamples
    """

    n_positions: int = 50
    widths: tuple[int, ...] = (8, 32)
    noises: tuple[float, ...] = (0.1, 0.3, 0.5, 0.7)
    strengths: tuple[float, ...] = (0.5, 1.0, 2.0, 4.0)
    sizes: tuple[int, ...] = (50, 100, 200, 400)
    draws: int = 20
    resamples: int = 400


def measure(settings: FewLabelsSettings, seed: int) -> pd.DataFrame:
    """Rows of `label_trials` for the captions at each noise and the augmentations at each strength."""
    graphs = pairings(settings.world(seed), settings.noises, settings.strengths)
    return label_trials(optima(graphs, settings.widths), settings.sizes, settings.draws, settings.resamples, seed)


def pairings(world: LatentWorld, noises: Sequence[float], strengths: Sequence[float]) -> dict[str, PairGraph]:
    """Caption graphs of a world at each noise, and augmentation graphs at each strength, by name."""
    captions = {f"captions, noise {noise:g}": world.caption_graph(noise, 0.3) for noise in noises}
    return captions | {f"augmentation {strength:g}": world.augmentation_graph(strength) for strength in strengths}


STUDY = Study(
    question="How many labels does a probe need, and how well do few labels choose among embeddings of a world?",
    settings=FewLabelsSettings,
    measure=measure,
    seeds=8,
    small={"sizes": (50, 200), "draws": 4, "resamples": 100},
)

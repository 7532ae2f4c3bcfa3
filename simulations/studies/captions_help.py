"""Caption pairs and augmentation pairs of one world, as the augmentation grows."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pairbounds.simulations.world import WorldShape
from pairbounds.sweeps import Study
from pairbounds.theory.bounds.check_bounds import check_bounds
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import induced_labelling_error
from pairbounds.theory.spectrum.triplets import spectrum


@dataclass(frozen=True)
class CaptionsHelpSettings(WorldShape):
    """A world, its captions, and augmentation strengths.

    Attributes
    ----------
    k : width of the embedding
    noise, detail : probability that a caption names a wrong class, and that it names a style
    strengths : augmentation strengths
    """

    k: int = 8
    noise: float = 0.05
    detail: float = 0.3
    strengths: tuple[float, ...] = tuple(np.geomspace(0.2, 8.0, 25).tolist())


def measure(settings: CaptionsHelpSettings, seed: int) -> pd.DataFrame:
    """One row for the captions and one for the augmentations at each strength."""
    world = settings.world(seed)
    captions = _row("caption", np.nan, world.caption_graph(settings.noise, settings.detail), settings.k)
    augmentations = (
        _row("augmentation", strength, world.augmentation_graph(strength), settings.k)
        for strength in settings.strengths
    )
    return pd.DataFrame([captions, *augmentations])


def _row(pairs: str, strength: float, graph: PairGraph, k: int) -> dict[str, object]:
    triplets = spectrum(graph, k + 1)
    checks = check_bounds(graph, k, bounds=("probe-error", "sharp-probe-error"), triplets=triplets).set_index("bound")
    return {
        "induced_labelling_error": induced_labelling_error(graph),
        "next_singular_value": triplets.singular_values[k],
        "probe_error": checks.loc["probe-error", "measured"],
        "bound": checks.loc["probe-error", "value"],
        "sharp_bound": checks.loc["sharp-probe-error", "value"],
        "guess_error": checks.loc["probe-error", "guess"],
        "pairs": pairs,
        "strength": strength,
    }


STUDY = Study(
    question="In one world, when do caption pairs serve better than augmentation pairs?",
    settings=CaptionsHelpSettings,
    measure=measure,
    seeds=30,
)

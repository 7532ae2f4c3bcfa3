"""Multi-hop consistency: the interval of theorem 15 around the true error, and the curve of label survival."""

from dataclasses import dataclass

import pandas as pd

from pairbounds.simulations.world import WorldShape
from pairbounds.sweeps import Study
from pairbounds.theory.bounds.theorem15_multihop import interval_table
from pairbounds.theory.bounds.theorem16_local_multihop import error_table
from pairbounds.theory.spectrum.triplets import spectrum_beyond


@dataclass(frozen=True)
class MultihopSettings(WorldShape):
    """A world, its captions and augmentations, and the largest order of the bounds.

    Attributes
    ----------
    k : width of the embedding
    noise, detail : probability that a caption names a wrong class, and that it names a style
    strengths : augmentation strengths
    order : largest order of the bounds, and length of the longest walk of the curve
    """

    k: int = 8
    noise: float = 0.05
    detail: float = 0.3
    strengths: tuple[float, ...] = (0.5, 1.0, 2.0)
    order: int = 16


def measure(settings: MultihopSettings, seed: int) -> pd.DataFrame:
    """Rows of `interval_table` and `error_table` for the captions and for the augmentations at each strength."""
    world = settings.world(seed)
    graphs = {"captions": world.caption_graph(settings.noise, settings.detail)}
    graphs |= {f"augmentation {strength:g}": world.augmentation_graph(strength) for strength in settings.strengths}
    rows = [
        table(graph, settings.k, settings.order, spectrum_beyond(graph, settings.k)).assign(pairs=name)
        for name, graph in graphs.items()
        for table in (interval_table, error_table)
    ]
    return pd.concat(rows, ignore_index=True)


STUDY = Study(
    question="How fast does the multi-hop interval shrink to the true probe error?",
    settings=MultihopSettings,
    measure=measure,
    seeds=10,
)

"""Effects of dropping the pairs that hurt most, on noisy captions by people."""

from dataclasses import dataclass

import pandas as pd

from pairbounds.real_data.audit.trials import WhatIf, what_if
from pairbounds.real_data.caption_graphs import caption_graph
from pairbounds.real_data.image_settings import NaturalSets
from pairbounds.sweeps import Study

TABLES = ("natural_what_if", "natural_what_if_curves")


@dataclass(frozen=True)
class Settings(NaturalSets):
    """Data sets, and the trials on each; see `WhatIf`.

    The defaults of the audit have more shares and more splits.

    Attributes
    ----------
    k : width of the embedding
    shares : shares of the distinct pairs to drop
    splits : number of random splits of the images into halves
    draws : number of draws of each random control, on each half
    """

    datasets: tuple[str, ...] = ("openclipart",)
    k: int = 64
    shares: tuple[float, ...] = (0.05, 0.1, 0.2)
    splits: int = 5
    draws: int = 2


def measure(settings: Settings, seed: int) -> dict[str, pd.DataFrame]:
    """The verdict and the curves of `what_if` for every data set, with its kind in the column dataset."""
    tried = WhatIf(settings.k, settings.shares, settings.splits, settings.draws, device=settings.device, seed=seed)
    found = {name: what_if(caption_graph(one.images()), tried) for name, one in settings.each().items()}
    parts = [[one.verdict.assign(dataset=name), one.curves.assign(dataset=name)] for name, one in found.items()]
    return dict(zip(TABLES, (pd.concat(part, ignore_index=True) for part in zip(*parts, strict=True)), strict=True))


STUDY = Study(
    question="Does dropping the pairs that hurt most help, with unedited tags by people?",
    settings=Settings,
    measure=measure,
    tables=TABLES,
    small={"k": 32, "shares": (0.1,), "splits": 2, "draws": 1},
)

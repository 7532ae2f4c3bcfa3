"""Resampled graphs of views on every data set whose captions people wrote, and what bounds foretell of them."""

from dataclasses import dataclass, fields

import pandas as pd

from pairbounds.real_data.natural import NaturalSets, natural_inputs
from pairbounds.real_data.studies import resampled_views
from pairbounds.real_data.studies.resampled_views import resampling_on_graphs
from pairbounds.sweeps import Study


@dataclass(frozen=True)
class Settings(NaturalSets):
    """Data sets, and their graphs: as of `resampled_views`, in the draws and views of `natural_pairings`.

    Attributes
    ----------
    total_images, draws : about so many images, in so many disjoint draws, a graph each
    views, strength : views of each image, and strength of the augmentations
    keep : views that could come from an image, the most similar ones
    diversity : effective number of positives of an image, itself among them
    k : width of the embedding
    """

    total_images: int = 200
    draws: int = 4
    views: int = 2
    strength: float = 1.0
    keep: int = 10
    diversity: float = 8
    k: int = 16

    def __post_init__(self) -> None:
        super().__post_init__()
        self.of_graphs()

    def of_graphs(self) -> resampled_views.Settings:
        """The settings of the graphs of any of the data sets."""
        own = {one.name for one in fields(Settings)} - {one.name for one in fields(NaturalSets)}
        return resampled_views.Settings(**{name: getattr(self, name) for name in own})


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """The table of `resampling_on_graphs` for every data set, with its kind in the column dataset."""
    graphs = settings.of_graphs()
    found = {
        name: resampling_on_graphs(one.source(), graphs, seed, settings.jobs) for name, one in settings.each().items()
    }
    return pd.concat([table.assign(dataset=name) for name, table in found.items()], ignore_index=True)


STUDY = Study(
    question="Do bounds foretell what resampling does, on one data set as on another?",
    settings=Settings,
    measure=measure,
    small={"total_images": 100, "draws": 2, "k": 8},
    inputs=natural_inputs,
    columns={
        "natural_resampled": (
            "bound_after bound_before dataset draw estimator guide local_multihop_bound_after "
            "local_multihop_bound_before multihop_bound_after multihop_bound_before probe_error_after "
            "probe_error_before rule trained_bound_after trained_bound_before"
        ),
    },
)

"""Resampled graphs of views on every data set whose captions people wrote, and what bounds foretell of them."""

from dataclasses import dataclass

import pandas as pd

from pairbounds.real_data.natural import NaturalSets, natural_inputs
from pairbounds.real_data.studies.resampled_views import GraphSettings, resampling_on_graphs
from pairbounds.sweeps import Study


@dataclass(frozen=True)
class Settings(GraphSettings, NaturalSets):
    """Data sets, and their graphs, in the draws and views of `natural_pairings`."""

    total_images: int = 200
    draws: int = 4
    diversity: float = 8
    k: int = 16

    def __post_init__(self) -> None:
        GraphSettings.__post_init__(self)
        NaturalSets.__post_init__(self)


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """The table of `resampling_on_graphs` for every data set, with its kind in the column dataset."""
    found = {
        name: resampling_on_graphs(one.source(), settings, seed, settings.jobs) for name, one in settings.each().items()
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

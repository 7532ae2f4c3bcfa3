"""Comparison of all pairings on every data set with captions by people, by one protocol."""

from dataclasses import dataclass

import pandas as pd

from pairbounds.real_data.image_settings import NaturalSets
from pairbounds.real_data.measures.protocol import Protocol
from pairbounds.real_data.studies.pairings import pairings_tables
from pairbounds.sweeps import Study

# Tables of `pairings_tables` for a figure of several data sets.
PARTS = ("matched", "difference", "verdict", "learned")
TABLES = ("natural_matched", "natural_difference", "natural_verdict", "natural_learned")


@dataclass(frozen=True)
class Settings(Protocol, NaturalSets):
    """Data sets, and the protocol of their pairings, with fewer images and views than for the emoji alone."""

    total_images: int = 200
    draws: int = 4
    views: int = 2
    strengths: tuple[float, ...] = (1.0,)
    diversities: tuple[float, ...] = (2, 5, 10)
    learned_at: tuple[float, ...] = (5, 10)
    widths: tuple[int, ...] = (16,)

    def __post_init__(self) -> None:
        Protocol.__post_init__(self)
        NaturalSets.__post_init__(self)


def measure(settings: Settings, seed: int) -> dict[str, pd.DataFrame]:
    """The tables of `pairings_tables` for every data set, with its kind in the column dataset."""
    found = {
        name: pairings_tables(one.source(), settings, seed, settings.jobs) for name, one in settings.each().items()
    }
    return {
        table: pd.concat([own[f"pairings_{part}"].assign(dataset=name) for name, own in found.items()])
        for table, part in zip(TABLES, PARTS, strict=True)
    }


STUDY = Study(
    question="Is there an advantage of captions by people, on every data set?",
    settings=Settings,
    measure=measure,
    tables=TABLES,
    small={"total_images": 100, "draws": 2},
)

"""Encoders learned from n image pairs of Tabler icons with common tags; icons are fetched by `make data`."""

from dataclasses import dataclass

import pandas as pd

from pairbounds.real_data.studies import from_pairs
from pairbounds.sweeps import Study


@dataclass(frozen=True)
class Settings(from_pairs.Settings):
    """Settings of `from_pairs`, for icons."""

    dataset: str = "tabler"


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """The rows of `from_pairs`."""
    return from_pairs.measure(settings, seed)


STUDY = Study(
    question="How far above the error of encoders of icons are theorems 42 and 43?",
    settings=Settings,
    measure=measure,
    seeds=5,
    small=from_pairs.SMALL,
)

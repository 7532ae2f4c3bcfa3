"""Encoders learned from n image pairs of Tabler icons with common tags; `make data` downloads the icons."""

from dataclasses import dataclass

import pandas as pd

from pairbounds.real_data.studies import from_pairs
from pairbounds.sweeps import Study


@dataclass(frozen=True)
class Settings(from_pairs.Settings):
    """Settings of `from_pairs`, for icons."""

    dataset: str = "tabler"


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """Rows of `from_pairs`."""
    return from_pairs.measure(settings, seed)


STUDY = Study(
    question="How tight are theorems 42 and 43 for encoders of icons?",
    settings=Settings,
    measure=measure,
    seeds=5,
    small=from_pairs.SMALL,
)

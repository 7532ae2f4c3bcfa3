"""Colours and dashes of pairings in every figure that compares them: colour by kind of pairs, dash by what sees."""

from collections.abc import Iterable

import pandas as pd

from pairbounds.infrastructure.palette import AUGMENTATION, CAPTION, MEASURED, NEUTRAL, PURPLE, VERMILION

COLORS = {
    "captions": CAPTION,
    "augmentation": AUGMENTATION,
    "no text": NEUTRAL,
    "shuffled": VERMILION,
    "labels": PURPLE,
    "uniform": "black",
}
DASHES = {
    "but for": ":",
    "exact": "-",
    "by encoder": "--",
    "by frozen features": "-.",
    "by pixels": ":",
    "subcategory": "--",
}


def color(family: str) -> str:
    """The colour of a family of pairs; one that is new has the colour of measured values."""
    return COLORS.get(family, MEASURED)


def dash(pairing: str) -> str:
    """The dash of a pairing, by what decides its pairs."""
    return next((style for name, style in DASHES.items() if name in pairing), "-")


def strongest(pairings: Iterable[str]) -> list[str]:
    """The pairings without those augmentations of which there is a stronger one, in the same order."""
    names = list(dict.fromkeys(pairings))
    strength = {pairing: float(pairing.rpartition(" strength ")[2]) for pairing in names if " strength " in pairing}
    most = max(strength.values(), default=0.0)
    return [pairing for pairing in names if strength.get(pairing, most) == most]


def short(pairing: str) -> str:
    """The name of a pairing where its strength is said elsewhere."""
    return pairing.partition(", strength ")[0]


def corrected(table: pd.DataFrame) -> pd.Series:
    """Consistency corrected for chance: 0 at chance, 1 where pairs always agree."""
    return (table["consistency"] - table["chance"]) / (1 - table["chance"])

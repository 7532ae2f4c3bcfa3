"""How each arm of pairs looks, in every figure that compares them: colour by what the pairs are, dash by what sees."""

from collections.abc import Iterable

import pandas as pd

from figures.style import AUGMENTATION, BOUND, CAPTION, MEASURED, NEUTRAL, SHARP_BOUND

COLORS = {
    "captions": CAPTION,
    "augmentation": AUGMENTATION,
    "no text": NEUTRAL,
    "shuffled": BOUND,
    "labels": SHARP_BOUND,
    "uniform": "black",
}
DASHES = {"exact": "-", "by encoder": "--", "by frozen features": "-.", "by pixels": ":", "subcategory": "--"}


def color(family: str) -> str:
    """By what the pairs are; a family that is new is drawn in the colour of what is measured."""
    return COLORS.get(family, MEASURED)


def dash(arm: str) -> str:
    """By what decides the pairs."""
    return next((style for name, style in DASHES.items() if name in arm), "-")


def strongest(arms: Iterable[str]) -> list[str]:
    """The arms without those augmentations of which there is a stronger one, in the same order."""
    names = list(dict.fromkeys(arms))
    strength = {arm: float(arm.rpartition(" strength ")[2]) for arm in names if " strength " in arm}
    most = max(strength.values(), default=0.0)
    return [arm for arm in names if strength.get(arm, most) == most]


def short(arm: str) -> str:
    """The name of an arm where its strength is said elsewhere."""
    return arm.partition(", strength ")[0]


def corrected(table: pd.DataFrame) -> pd.Series:
    """Consistency corrected for chance: 0 at chance, 1 where pairs always agree."""
    return (table["consistency"] - table["chance"]) / (1 - table["chance"])

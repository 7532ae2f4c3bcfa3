"""Captions against augmentations in many worlds: the study `phase`, with one property of the world changed."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from pairbounds.simulations.studies import phase
from pairbounds.sweeps import Study
from pairbounds.theory.quantities.consistency import induced_labelling_error

WORLDS: dict[str, dict[str, Any]] = {  # name: settings that differ from the world of `phase`
    "the phase diagram's": {},
    "2 classes": {"n_classes": 2},
    "8 classes": {"n_classes": 8},
    "2 styles": {"n_styles": 2},
    "8 styles": {"n_styles": 8},
    "2 views": {"n_views": 2},
    "8 views": {"n_views": 8},
    "2 captions": {"n_captions": 2},
    "8 captions": {"n_captions": 8},
    "no detail": {"detail": 0.0},
    "full detail": {"detail": 1.0},
    "k = 5": {"k": 5},
    "k = 16": {"k": 16},
    "low barriers": {"style_barrier": 1.0, "class_barrier": 1.5},
    "high barriers": {"style_barrier": 4.0, "class_barrier": 6.0},
}


@dataclass(frozen=True)
class Settings:
    """The grid of each world.

    Attributes
    ----------
    noises, strengths : caption noises and augmentation strengths
    steps : training steps
    """

    noises: tuple[float, ...] = (0.0, 0.09, 0.18, 0.27, 0.36, 0.45)
    strengths: tuple[float, ...] = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
    steps: int = 1_500


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """One row for each world and noise or strength: the columns of `phase`, and the induced labelling error."""
    cells: list[dict[str, Any]] = [{"noise": noise} for noise in settings.noises] + [
        {"strength": one} for one in settings.strengths
    ]
    tables = []
    for world, changed in WORLDS.items():
        for cell in cells:
            setting = phase.Settings(steps=settings.steps, **changed, **cell)
            alpha = induced_labelling_error(setting.graph(seed))
            row = phase.measure(setting, seed)
            tables.append(row.assign(world=world, noise=setting.noise, strength=setting.strength, alpha=alpha))
    return pd.concat(tables, ignore_index=True).astype({"noise": float, "strength": float})


STUDY = Study(
    question="In which worlds does the smaller bound predict the better encoder?",
    settings=Settings,
    measure=measure,
    seeds=5,
    small={"noises": (0.0, 0.18, 0.36), "strengths": (0.5, 2.0, 8.0), "steps": 300},
)

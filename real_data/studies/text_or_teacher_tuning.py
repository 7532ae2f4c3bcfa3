"""Text or teacher, first part: which strength of augmentation and learning rate suit each arm of the experiment."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import partial
from itertools import product
from pathlib import Path

import pandas as pd

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.real_data.encoders.cache import FEATURES
from pairbounds.real_data.encoders.encoder import DualEncoder
from pairbounds.real_data.encoders.gradients import Gradients
from pairbounds.real_data.pairings.sources import Source
from pairbounds.real_data.text_or_teacher.parts import TUNED, Icons, Sizes, experiment_icons
from pairbounds.real_data.text_or_teacher.studio import IconStudio
from pairbounds.real_data.training.forecast import encoders_forecast
from pairbounds.real_data.training.guides import (
    CAPTIONS,
    LABELS,
    NO_TEXT,
    RANDOM,
    SHUFFLED,
    SHUFFLED_HEAD,
    TEXT_HEAD,
    VIEWS_HEAD,
)
from pairbounds.real_data.training.recipe import Optimisation, Precision, Recipe
from pairbounds.real_data.training.runs import Run, along, run_all
from pairbounds.sweeps import Study, place

RULE = "add_new_positive"
SIMCLR = "none"
# The primary contrast is that of the first two.
ARMS = (TEXT_HEAD, VIEWS_HEAD, SHUFFLED_HEAD, CAPTIONS, SHUFFLED, LABELS, RANDOM, SIMCLR, NO_TEXT)


@dataclass(frozen=True)
class Settings(Optimisation):
    """Icons and training.

    Attributes
    ----------
    root : the folder that `make data` unpacked into
    size : pixels of the icons
    test, train, units : numbers of concepts that judge, of each training set, and of training sets
    views : of each icon, drawn once
    batch : images in a step
    precision : "float32", or "bfloat16" by autocast, where it is safe
    arms : guides of AddNewPositive, or "none" for SimCLR
    rates : learning rates that are tried
    strengths : strengths of the augmentations that are tried
    device : where encoders run: auto, cpu or cuda
    cache : folder where views are kept
    runs : folder where finished encoders and epochs are kept; `study` takes that of the table
    jobs : processes that share the work; --jobs sets it
    """

    root: str = "build/data"
    size: int = 64
    test: int = Sizes.test
    train: int = Sizes.train
    units: int = Sizes.units
    views: int = 8
    batch: int = 240
    precision: Precision = "bfloat16"
    arms: tuple[str, ...] = ARMS
    rates: tuple[float, ...] = (1e-3, 3e-3, 1e-2)
    strengths: tuple[float, ...] = (0.03, 0.06, 0.12, 0.25, 0.5)
    device: str = place("auto")
    cache: str = place(str(FEATURES))
    runs: str = place("build/runs")
    jobs: int = place(1)

    def icons(self) -> Icons:
        """The icons in their parts."""
        return experiment_icons(Path(self.root), self.size, Sizes(self.test, self.train, self.units))

    def studio(self) -> IconStudio:
        """The data that the encoders share."""
        icons, cache = self.icons(), Path(self.cache)
        source = Source(icons.shown, _no_encoder, Gradients(), cache)
        return IconStudio(source, cache, self.views, device=self.device, icons=icons, folder=Path(self.runs))

    def run(self, arm: str, unit: int, rate: float, strength: float, repeat: int = 0) -> Run:
        """The run of an arm on a training set."""
        recipe = Recipe(**{one.name: getattr(self, one.name) for one in fields(Optimisation)}, learning_rate=rate)
        plain = Run("simclr", recipe, unit, strength, repeat=repeat)
        return plain if arm == SIMCLR else replace(plain, rule=RULE, guide=arm)


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """Every arm with every setting on one split of those that tune.

    Returns
    -------
    DataFrame, as `run_all` has it, with `arm`, and of the test no share; learning rates and strengths are in
    `tried_rate` and `tried_strength`.
    """
    return measured(encoders(settings, seed), settings).drop(columns=["test", "knn_test", "right", "knn_right"])


def measured(runs: list[Run], settings: Settings) -> pd.DataFrame:
    """The table of some runs, with their arms."""
    table = run_all(runs, settings.studio(), Path(settings.runs), settings.jobs)
    arm = table["guide"].where(table["rule"] != "none", SIMCLR)
    return table.rename(columns={"learning_rate": "tried_rate", "strength": "tried_strength"}).assign(arm=arm)


def encoders(settings: Settings, seed: int) -> list[Run]:
    """Runs on one of the splits that tune."""
    if seed >= TUNED:
        raise ValueError(f"seed={seed}: {TUNED} splits tune")
    tried = product(settings.arms, settings.strengths, settings.rates)
    return [settings.run(arm, settings.units + seed, rate, strength) for arm, strength, rate in tried]


def inputs(settings: Settings) -> Mapping[str, object]:
    """Content of the icons that encoders and guides learn from."""
    icons = settings.icons()
    return {"images": repr(icons.shown), "key": icons.shown.key, "guides": icons.taught.key}


def _no_encoder(_: IntArray) -> DualEncoder:
    raise ValueError("the guides of this experiment are its own")


STUDY = Study(
    question="Which settings suit each arm of text or teacher?",
    settings=Settings,
    measure=measure,
    seeds=TUNED,
    small={"epochs": 1, "warmup": 0, "views": 2, "rates": (1e-2,), "strengths": (0.12,)},
    inputs=inputs,
    forecast=partial(encoders_forecast, encoders),
    columns={"text_or_teacher_tuning": "arm knn_validation seed tried_rate tried_strength validation"},
    summary=lambda tables, _: (
        tables["text_or_teacher_tuning"]
        .groupby(["arm", "tried_strength", "tried_rate"], sort=False)["knn_validation"]
        .mean()
        .unstack()
        .round(4)
        .to_string()
        .splitlines()
    ),
    along=partial(along, encoders),
)

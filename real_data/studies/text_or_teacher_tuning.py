"""Text or teacher, first part: which strength of augmentation and learning rate suit each arm of the experiment."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from pairbounds.infrastructure.arrays import IntArray
from pairbounds.real_data.encoders.cache import FEATURES
from pairbounds.real_data.encoders.encoder import DualEncoder
from pairbounds.real_data.encoders.gradients import Gradients
from pairbounds.real_data.pairings.sources import Source
from pairbounds.real_data.text_or_teacher import analysis
from pairbounds.real_data.text_or_teacher.parts import TUNED, Icons, Sizes, experiment_icons
from pairbounds.real_data.text_or_teacher.studio import ADDING, ARMS, SIMCLR, IconStudio
from pairbounds.real_data.training.encoder_runs import run_all
from pairbounds.real_data.training.forecast import EncoderStudy
from pairbounds.real_data.training.recipe import Optimisation, Precision, Recipe
from pairbounds.real_data.training.run import Run
from pairbounds.real_data.training.view_guides import CAPTIONS, HEADS, SHUFFLED
from pairbounds.sweeps import place

SURE = 3  # standard errors
TOGETHER = 4  # times the variance of an icon, where words have one to twenty
RATE, STRENGTH, VALIDATION = "tried_rate", "tried_strength", f"{analysis.JUDGE}validation"
SHARING = (*HEADS, CAPTIONS, SHUFFLED)  # arms that share a setting, so that their contrasts are of guides alone


@dataclass(frozen=True)
class Settings(Optimisation):
    """Icons and training.

    Attributes
    ----------
    root : the folder that `make data` unpacked into
    size : pixels of the icons
    test, train, units : numbers of concepts that judge, of each training set, and of training sets
    views : of each icon, drawn once
    positives : images that a guide adds to an anchor, with both of their views
    batch : images in a step
    precision : "float32", or "bfloat16" by autocast, where it is safe
    arms : guides of AddNewPositive, or "none" for SimCLR
    rates : learning rates that are tried
    ends : those that are tried at the middle strength alone, to see that no better one lies outside
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
    positives: int = 1
    batch: int = 240
    precision: Precision = "bfloat16"
    arms: tuple[str, ...] = ARMS
    rates: tuple[float, ...] = (3e-4, 1e-3, 3e-3)
    ends: tuple[float, ...] = (1e-4, 1e-2)
    strengths: tuple[float, ...] = (0.03, 0.06, 0.12, 0.25, 0.5)
    device: str = place("auto")
    cache: str = place(str(FEATURES))
    runs: str = place("build/runs")
    jobs: int = place(1)

    def icons(self) -> Icons:
        """The icons in their parts."""
        return experiment_icons(Path(self.root), self.size, Sizes(self.test, self.train, self.units))

    def input_keys(self) -> Mapping[str, object]:
        """Content of the icons that encoders and guides learn from."""
        icons = self.icons()
        return {"images": repr(icons.shown), "key": icons.shown.key, "guides": icons.taught.key}

    def training_data(self) -> IconStudio:
        """The data that the encoders share."""
        icons, cache = self.icons(), Path(self.cache)
        source = Source(icons.shown, _no_encoder, Gradients(), cache)
        return IconStudio(
            source, cache, self.views, device=self.device, icons=icons, positives=self.positives, folder=Path(self.runs)
        )

    def run(self, arm: str, unit: int, rate: float, strength: float, repeat: int = 0) -> Run:
        """The run of an arm on a training set."""
        recipe = Recipe(**{one.name: getattr(self, one.name) for one in fields(Optimisation)}, learning_rate=rate)
        plain = Run("simclr", recipe, unit, strength, repeat=repeat)
        return plain if arm == SIMCLR else replace(plain, rule=ADDING, guide=arm)


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """Every arm with every setting on one split of those that tune.

    Returns
    -------
    DataFrame, as `run_all` has it, with `arm`, and of the test no share; learning rates and strengths are in
    `tried_rate` and `tried_strength`.
    """
    table = measured(encoders(settings, seed), settings)
    return table.drop(columns=["found", "knn_found"]).assign(seed=seed)  # not that of the runs, the training set


def measured(runs: list[Run], settings: Settings) -> pd.DataFrame:
    """The table of some runs, with their arms."""
    table = run_all(runs, settings.training_data(), Path(settings.runs), settings.jobs)
    arm = table["guide"].where(table["rule"] != "none", SIMCLR)
    names = {"learning_rate": "tried_rate", "strength": "tried_strength", "test": "found", "knn_test": "knn_found"}
    return table.rename(columns=names).assign(arm=arm)  # no column is named as a setting that has another value


def encoders(settings: Settings, seed: int) -> list[Run]:
    """Runs on one of the splits that tune."""
    if seed >= TUNED:
        raise ValueError(f"seed={seed}: {TUNED} splits tune")
    middle = settings.strengths[len(settings.strengths) // 2]
    tried = [*itertools.product(settings.rates, settings.strengths), *((rate, middle) for rate in settings.ends)]
    return [settings.run(arm, settings.units + seed, *setting) for arm in settings.arms for setting in tried]


def chosen_settings(table: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """The learning rate and strength of each arm; heads and tags share theirs.

    A rate is chosen by its mean over all strengths and splits, and a strength by its mean over those rates, for the
    best of all settings is one of luck; an end of the grid is never chosen.

    Raises
    ------
    ValueError
        An end is better than what is chosen, by more than `SURE` standard errors: the grid is too narrow.
    """
    groups = [SHARING, *([arm] for arm in table["arm"].unique() if arm not in SHARING)]
    return {arm: (_rate(table, group), _strength(table, group)) for group in groups for arm in group}


def _rate(table: pd.DataFrame, arms: Sequence[str]) -> float:
    by_rate = _by_level(table, arms, RATE)
    inside = by_rate.dropna(axis=1)  # tried at all strengths; the ends are tried at one
    best = float(inside.columns[int(inside.to_numpy().mean(axis=0).argmax())])
    for end in by_rate.columns.difference(inside.columns):
        _require_no_better(by_rate[[end, best]].dropna(), arms)
    return best


def _strength(table: pd.DataFrame, arms: Sequence[str]) -> float:
    by_strength = _by_level(_inside(table), arms, STRENGTH)
    best = float(by_strength.columns[1 + int(by_strength.to_numpy()[:, 1:-1].mean(axis=0).argmax())])
    for end in by_strength.columns[[0, -1]]:
        _require_no_better(by_strength[[end, best]], arms)
    return best


def _by_level(table: pd.DataFrame, arms: Sequence[str], factor: str) -> pd.DataFrame:
    """Validation by the levels of a factor, a row for each arm, split and level of the other."""
    others = sorted({"arm", "seed", RATE, STRENGTH} - {factor})
    return table[table["arm"].isin(arms)].pivot_table(index=others, columns=factor, values=VALIDATION)


def _inside(table: pd.DataFrame) -> pd.DataFrame:
    """The runs at rates that are tried at all strengths."""
    tried = table.groupby(RATE)[STRENGTH].nunique()
    return table[table[RATE].isin(tried.index[tried == tried.max()])]


def _require_no_better(pair: pd.DataFrame, arms: Sequence[str]) -> None:
    end, best = pair.columns
    gain = pair[end] - pair[best]
    if gain.mean() > SURE * stats.sem(gain):
        who = ", ".join(arms)
        raise ValueError(f"{pair.columns.name}={end:g} is better than {best:g} for {who}: try more beyond it")


def half_of_control(table: pd.DataFrame) -> float:
    """Half of what labels gain over SimCLR, each at its rate and on average over strengths, in tenths of a point."""
    chosen = chosen_settings(table)
    labels, simclr = (
        float(table[(table["arm"] == arm) & (table[RATE] == chosen[arm][0])][VALIDATION].mean())
        for arm in (analysis.LABELS, analysis.SIMCLR)
    )
    return math.floor(500 * (labels - simclr)) / 1000


def expected(table: pd.DataFrame, units: int = Sizes.units, test: int = Sizes.test) -> pd.DataFrame:
    """Differences that so many training sets and test icons could show, a row for each registered contrast.

    The standard error takes a run's deviation around the mean of its setting and split for that of a training set,
    though two seeds of weights will be averaged and pairs have the same weights; and the variance of icons `TOGETHER`
    times, for icons of which the names begin with one word are found together.

    Returns
    -------
    DataFrame, with arm, against; estimate, the mean difference at all settings; deviation, of a run; icons, that of an
    icon's mean difference; and least_shown
    """
    own = _inside(table)
    cells = own.pivot_table(index=["seed", RATE, STRENGTH], columns="arm", values=VALIDATION)
    left = cells.sub(cells.mean(axis=1), axis=0)
    deviation = float((left - left.mean()).to_numpy().std())
    rows = []
    for arm, against in (*analysis.PRIMARY, *analysis.OTHERS):
        icons = _deviation_of_icons(own, arm, against)
        error = math.sqrt(2 * deviation**2 / units + TOGETHER * icons**2 / test)
        estimate = float((cells[arm] - cells[against]).mean())
        shown = analysis.Contrast(estimate, error, units).least_shown()
        rows.append((arm, against, estimate, deviation, icons, shown))
    return pd.DataFrame(rows, columns=["arm", "against", "estimate", "deviation", "icons", "least_shown"])


def _deviation_of_icons(table: pd.DataFrame, arm: str, against: str) -> float:
    """Standard deviation of the difference between icons of the validation, by their variance over settings."""
    variances = []
    for _, split in table.groupby("seed"):
        digits = split.sort_values([RATE, STRENGTH]).groupby("arm")[f"{analysis.JUDGE}right"]
        first, second = (np.array([[*each] for each in digits.get_group(one)], dtype=float) for one in (arm, against))
        difference = first - second
        of_icon, of_run = difference.mean(axis=0), difference.mean(axis=1, keepdims=True)
        left = (difference - of_icon - of_run + difference.mean()).var() * len(difference) / (len(difference) - 1)
        variances.append(of_icon.var(ddof=1) - left / len(difference))
    return math.sqrt(max(0, float(np.mean(variances))))


def summary(tables: Mapping[str, pd.DataFrame], _: object) -> list[str]:
    """Validation by setting, the setting of each arm, the margin, and what the main runs could show."""
    table = tables["text_or_teacher_tuning"]
    lines = (
        table.groupby(["arm", RATE, STRENGTH], sort=False)[VALIDATION]
        .mean()
        .unstack()
        .round(4)
        .to_string()
        .splitlines()
    )
    if not {*itertools.chain(*analysis.PRIMARY, *analysis.OTHERS)} <= set(table["arm"]):
        return lines
    chosen = [
        f"{arm}: rate {rate:g}, strength {strength:g}" for arm, (rate, strength) in chosen_settings(table).items()
    ]
    lines += [*chosen, f"half of the control: {half_of_control(table):g}"]
    return [*lines, *expected(table).round(4).to_string(index=False).splitlines()]


def _no_encoder(_: IntArray) -> DualEncoder:
    raise ValueError("the guides of this experiment are its own")


STUDY = EncoderStudy(
    question="Which settings suit each arm of text or teacher?",
    settings=Settings,
    measure=measure,
    seeds=TUNED,
    small={"epochs": 1, "warmup": 0, "views": 2, "rates": (1e-2,), "ends": (), "strengths": (0.12,)},
    encoders=encoders,
    summary=summary,
)

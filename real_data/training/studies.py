"""The two studies from pixels: what resampling does to SimCLR, and captions against augmentations."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import pandas as pd

from real_data.resampling import RULES
from real_data.training.recipe import Recipe
from real_data.training.runs import ENCODER, GUIDES, LABELS, Kind, Run, Studio, run_all

SIMCLR = "none"
FOUR = tuple(name for name in RULES if name != SIMCLR)
COMBINATION = "+".join(FOUR)
ALL = "all"
LEARNING_RATES = (1e-3, 3e-3, 1e-2)
STRENGTHS = (0.1, 0.25, 1.0)


def resampling_runs(rule: str, recipe: Recipe, seeds: int, *, published: bool = False) -> list[Run]:
    """Every encoder of the resampling study.

    For each seed: the untrained, the supervised and SimCLR's; and for each rule one with each guide, the encoder and
    the two controls. Of two views of one image labels say nothing: DropFalsePositive has no such control. With
    `published`, the published code's rules beside them, with the encoder as their guide.

    Parameters
    ----------
    rule : as `real_data.resampled_nt_xent` has it; or "all": the four, and all of them together

    Raises
    ------
    ValueError
        Fewer than one seed, an unknown rule.
    """
    _require_seeds(seeds)
    rules = (*FOUR, COMBINATION) if rule == ALL else () if rule == SIMCLR else (rule,)
    for part in "+".join(rules).split("+") if rules else ():
        if part not in FOUR:
            raise ValueError(f"rule {part!r} is none of {', '.join(RULES)} and {ALL}")
    references: tuple[Kind, ...] = ("untrained", "supervised", "simclr")
    runs = []
    for seed in range(seeds):
        runs += [Run(kind, recipe, seed) for kind in references]
        runs += [
            Run("simclr", recipe, seed, rule=name, guide=guide)
            for name, guide in product(rules, GUIDES)
            if (name, guide) != ("drop_false_positive", LABELS)
        ]
        if published:
            runs += [Run("simclr", recipe, seed, rule=name, guide=ENCODER, published=True) for name in rules]
    return runs


def pretraining_table(
    objectives: Sequence[Kind], recipe: Recipe, seeds: int, studio: Studio, folder: Path, *, text: str, jobs: int
) -> pd.DataFrame:
    """One network on the same images, trained with captions or with augmentations, for as many steps.

    For each objective and seed every learning rate and strength of augmentation of one grid is tried; the one of the
    best validation accuracy is chosen, by the first label set, and its test accuracy is the result.

    Returns
    -------
    DataFrame, as `run_all` has it, with `chosen` for the runs that count. The untrained network is there too.
    """
    _require_seeds(seeds)
    table = run_all(list(_pretraining_runs(objectives, recipe, seeds, text)), studio, folder, jobs)
    first = table[table["labels"] == table["labels"].iloc[0]]
    best = first.loc[first.groupby(["kind", "seed"])["validation"].idxmax()]
    settings = ["kind", "seed", "learning_rate", "strength"]
    chosen = set(best[settings].itertuples(index=False, name=None))
    return table.assign(chosen=[row in chosen for row in table[settings].itertuples(index=False, name=None)])


def _pretraining_runs(objectives: Sequence[Kind], recipe: Recipe, seeds: int, text: str) -> Iterator[Run]:
    for seed in range(seeds):
        yield Run("untrained", recipe, seed)
        for kind, rate, strength in product(objectives, LEARNING_RATES, STRENGTHS):
            yield Run(kind, replace(recipe, learning_rate=rate), seed, strength, text=text)


def _require_seeds(seeds: int) -> None:
    if seeds < 1:
        raise ValueError(f"seeds={seeds}: at least 1")

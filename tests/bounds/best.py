"""`python -m tests.bounds.best`: count how often each bound is the only best one on its quantity, for the ledger.

The points are worlds of the study `bound_holds`, at optima and along the training of encoders by three losses. Bounds
on one quantity of one embedding compete. A bound that is vacuous is never the best.
"""

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from pairbounds import LatentWorld, check_bounds, spectrum, train
from pairbounds.simulations.studies.bound_holds import STUDY, log_uniform, random_shape
from pairbounds.theory.bounds.registry import BOUNDS
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.ledger.reasons import BEST
from tests.reliability.record import write

SEEDS = 100
TRAINED = 30  # of these seeds, encoders are trained, too
PENALTY = 0.6
STEPS, LOG_EVERY = 1_000, 200
CLOSE = 1e-9  # relative: values nearer than this are ties
OPTIMA = (("optimum", "encoder"), ("penalised optimum", "penalised encoder"))
ENCODERS = (("encoder", "penalised encoder"), ("critic",))


def points(seed: int) -> Iterator[pd.DataFrame]:
    """The bounds that compete at each point: rows of `check_bounds` about one embedding."""
    settings, rng = STUDY.settings(), np.random.default_rng(seed)
    shape = random_shape(settings, ("classes", "styles", "positions", "phrases", "views"), rng)
    world = LatentWorld(**shape, n_captions=shape["n_views"], seed=seed)
    noise, strength = (log_uniform(limits, rng) for limits in (settings.noises, settings.strengths))
    captions = world.caption_graph(noise, rng.uniform(*settings.details))
    for graph in (captions, world.augmentation_graph(strength)):
        widths = [factor * world.n_classes for factor in settings.widths if factor * world.n_classes <= graph.n_right]
        table = check_bounds(graph, widths, penalty=PENALTY)
        for _, at_width in table.groupby("k"):
            yield from competing(at_width, OPTIMA)
    if seed < TRAINED:
        for loss, penalty in (("spectral", 0.0), ("spectral", PENALTY), ("infonce", 0.0)):
            for table in along_training(captions, 2 * world.n_classes, loss, penalty, seed):
                yield from competing(table, ENCODERS)


def along_training(graph: PairGraph, k: int, loss: str, penalty: float, seed: int) -> list[pd.DataFrame]:
    """All bounds on a free encoder at some steps of its training."""
    k = min(k, graph.n_right - 1)
    triplets, tables = spectrum(graph, k + 1), []

    def observe(f: Any, g: Any) -> dict[str, float]:
        tables.append(check_bounds(graph, k, (f, g), triplets=triplets, penalty=penalty or None, critic=(f, g)))
        return {}

    optimizer = "adam" if loss == "infonce" else "sgd"
    train(
        graph, k, loss=loss, penalty=penalty, optimizer=optimizer, steps=STEPS, log_every=LOG_EVERY,
        device="cpu", seed=seed, observe=observe,
    )  # fmt: skip
    return tables


def competing(table: pd.DataFrame, rivals: tuple[tuple[str, ...], ...]) -> Iterator[pd.DataFrame]:
    """The rows that apply, by embedding, quantity and relation."""
    rows = table[table["applicable"].astype(bool) & table["relation"].ne("=")]
    subjects = rows["bound"].map(lambda name: BOUNDS[name].subject)
    for embedding in rivals:
        for _, group in rows[subjects.isin(embedding)].groupby(["quantity", "relation"]):
            yield group


def counts(groups: Iterator[pd.DataFrame]) -> list[dict[str, Any]]:
    """Numbers of points at which each bound applies, is vacuous, and is the only best one."""
    rows = pd.concat([group.assign(best=is_alone_best(group)) for group in groups])
    result = rows.groupby("bound").agg(count=("bound", "size"), vacuous=("vacuous", "sum"), best=("best", "sum"))
    result = result.reindex(list(BOUNDS), fill_value=0).astype(int)
    return result.rename_axis("what").reset_index().to_dict("records")


def is_alone_best(group: pd.DataFrame) -> pd.Series:
    value = group["value"] * np.where(group["relation"] == ">=", -1, 1)
    nearly = value <= value.min() + CLOSE * max(abs(value.min()), CLOSE)
    return nearly & (nearly.sum() == 1) & ~group["vacuous"].astype(bool)


if __name__ == "__main__":
    started = time.monotonic()
    rows = counts(group for seed in range(SEEDS) for group in points(seed))
    write(BEST.stem, "python -m tests.bounds.best", rows, started, folder=BEST.parent)

"""CLIP-guided resampling on graphs: what it does to the bound, and what to the measured error."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from simulations.studies.study import Study
from simulations.world import LatentWorld
from theory import PairGraph, optimal_embeddings
from theory.arrays import FloatArray
from theory.resampling import (
    WeightedOptimum,
    add_new_positive,
    drop_easy_negative,
    drop_false_negative,
    drop_false_positive,
    resampling_effect,
    weighted_optimum,
)

INTEGERS = {"n_classes": (3, 5), "n_styles": (2, 4), "n_positions": (6, 10), "n_views": (3, 5)}
NOISE, STRENGTH = (0.01, 0.3), (1.5, 5.0)  # of the guide's captions and of the views, evenly in the logarithm
DETAIL = 0.3
KEEP = 0.5  # the share of their weight that dropped negatives retain: with none the loss need not have a minimum
SWEEPS = 300

QUANTITIES = ("induced_labelling_error", "next_singular_value", "bound", "probe_error")

Changed = PairGraph | WeightedOptimum
Technique = Callable[[PairGraph, Any, int], Changed]


def _negative(measure: Callable[..., FloatArray]) -> Technique:
    return lambda graph, guide, k: weighted_optimum(graph.induced(), measure(graph, guide, keep=KEEP), k, sweeps=SWEEPS)


TECHNIQUES: Mapping[str, Technique] = {
    "add_new_positive": lambda graph, guide, _: add_new_positive(graph, guide),
    "drop_false_positive": lambda graph, guide, _: drop_false_positive(graph, guide),
    "drop_false_negative": _negative(drop_false_negative),
    "drop_easy_negative": _negative(drop_easy_negative),
    "both positive": lambda graph, guide, _: add_new_positive(drop_false_positive(graph, guide), guide),
}
SETTINGS: dict[str, object] = {
    **INTEGERS,
    "noise": NOISE,
    "strength": STRENGTH,
    "detail": DETAIL,
    "keep": KEEP,
    "sweeps": SWEEPS,
    "k over n_classes": 2,
    "techniques": list(TECHNIQUES),
    "fractions": "the defaults of theory.resampling",
}


def measure(seed: int) -> pd.DataFrame:
    """A row for each guide and technique, on the views of one random world: bound and error, before and after."""
    rng = np.random.default_rng([seed, 8])
    world = LatentWorld(**{name: int(rng.integers(low, high + 1)) for name, (low, high) in INTEGERS.items()}, seed=seed)
    noise, strength = (float(np.exp(rng.uniform(*np.log(ends)))) for ends in (NOISE, STRENGTH))
    graph, k = world.augmentation_graph(strength), 2 * world.n_classes
    guides = {
        "captions": optimal_embeddings(world.caption_graph(noise, DETAIL), k)[0],
        "oracle": np.eye(world.n_classes)[world.labels],
        "random": rng.standard_normal((world.n_images, k)),
    }
    rows = [
        {"guide": name, "technique": technique} | _effect(graph, change(graph, guide, k), k)
        for name, guide in guides.items()
        for technique, change in TECHNIQUES.items()
    ]
    return pd.DataFrame(rows).assign(noise=noise, strength=strength, n_images=world.n_images)


def _effect(graph: PairGraph, changed: Changed, k: int) -> dict[str, float]:
    facts: dict[str, float] = {}
    for row in resampling_effect(graph, changed, k).to_dict("records"):
        stage = row.pop("stage")
        connectivity = max(value for name, value in row.items() if str(name).startswith("second_eigenvalue"))
        facts[f"largest_second_eigenvalue_{stage}"] = connectivity
        facts |= {f"{quantity}_{stage}": row[quantity] for quantity in QUANTITIES}
    return facts


STUDY = Study(
    name="resampling",
    question="Does the change of the bound predict that of the error, and the order of the resampling techniques?",
    settings=SETTINGS,
    measure=measure,
    seeds=40,
)

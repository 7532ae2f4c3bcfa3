"""Labels drawn by `Choice.next` against labels drawn at random: how they choose among what emoji are paired with."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pairbounds.real_data.studies.emoji_few_labels import graphs
from pairbounds.sweeps import Study
from pairbounds.theory.graph.classes import required_labels
from pairbounds.theory.quantities.consistency import induced_labelling_error
from pairbounds.theory.quantities.factorisation import optimal_embeddings
from pairbounds.theory.questions.choosing import choose
from pairbounds.theory.questions.label_choice import judged, ridge_errors


@dataclass(frozen=True)
class Settings:
    """Candidates and labels.

    Attributes
    ----------
    exchanged : shares of the images whose keywords are those of others
    k : width of the optima, which are the features
    sizes, draws : numbers of labelled images, and draws of them for the mean error of ridge, the truth on features
    """

    exchanged: tuple[float, ...] = (0.1, 0.2, 0.5, 1.0)
    k: int = 32
    sizes: tuple[int, ...] = (100, 150, 200, 300)
    draws: int = 10


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """A row of `judged` for each kind ("features" or "pairs"), order ("random" or "next") and number of labels."""
    all_graphs = graphs(settings.exchanged, seed)
    images = sorted(set.intersection(*({*graph.left_ids.tolist()} for graph in all_graphs.values())))
    pairings = {name: graph.part(np.searchsorted(graph.left_ids, images)) for name, graph in all_graphs.items()}
    labels = required_labels(next(iter(pairings.values())), "left")
    optima = {name: optimal_embeddings(graph, settings.k)[0] for name, graph in pairings.items()}
    features = {name: pd.DataFrame(f, index=images) for name, f in optima.items()}
    alphas = pd.Series({name: induced_labelling_error(graph) for name, graph in pairings.items()})
    rng, classes, truths = np.random.default_rng(seed), pd.Series(labels, index=images), {}
    for size in settings.sizes:
        draws = [rng.choice(len(labels), size, replace=False) for _ in range(settings.draws)]
        truths["features", size] = pd.DataFrame(ridge_errors(optima, labels, nodes) for nodes in draws).mean()
        truths["pairs", size] = alphas
    rows = []
    for kind, candidates, k in (("features", features, settings.k), ("pairs", pairings, 2)):  # α_T has no width
        for order in ("random", "next"):
            for size, table in _tables(candidates, classes, k, settings.sizes, order, seed):
                rows.append({"kind": kind, "order": order, "labels": size, **judged(table, truths[kind, size])})
    return pd.DataFrame(rows)


def _tables(
    candidates: Mapping[str, Any], classes: "pd.Series[int]", k: int, sizes: Sequence[int], order: str, seed: int
) -> Iterator[tuple[int, pd.DataFrame]]:
    """Numbers of labels and tables; both orders begin with the same labels."""
    shuffled = classes.sample(frac=1, random_state=seed)
    labelled, probabilities, choice = shuffled[: min(sizes)], pd.Series(dtype=float), None
    for size in sizes:
        if order == "random":
            labelled = shuffled[:size]
        elif choice is not None:
            images = choice.next(size - len(labelled), seed).set_index("image")["probability"]
            labelled, probabilities = pd.concat([labelled, classes[images.index]]), pd.concat([probabilities, images])
        choice = choose(candidates, labelled.to_dict(), k, probabilities=probabilities.to_dict())
        yield size, choice.table


STUDY = Study(
    question="Do labels of images on which candidates disagree choose better than labels of random images?",
    settings=Settings,
    measure=measure,
    seeds=24,
    small={"exchanged": (0.5,), "k": 8, "sizes": (100, 120), "draws": 2},
)

"""Squared errors certified by n pairs of emoji and captions, with theorems 19 and 28."""

from dataclasses import dataclass

import pandas as pd

from pairbounds.real_data.emoji_concepts import emoji_graph
from pairbounds.sweeps import Study
from pairbounds.theory.quantities.factorisation import optimal_embeddings
from pairbounds.theory.quantities.probes import probe
from pairbounds.theory.questions.pairs import pairs_report


@dataclass(frozen=True)
class Settings:
    """Width, penalty and level of the certificates.

    Attributes
    ----------
    k : width of the embedding in theorem 28
    penalty : penalty in theorem 19
    level : confidence level
    """

    k: int = 100
    penalty: float = 0.3
    level: float = 0.95


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """The table of `pairs_report`, and the squared error at the optimum of width k."""
    graph = emoji_graph()
    told = pairs_report(graph, settings.k, target=0.5, level=settings.level, penalty=settings.penalty, seed=seed)
    return told.table.assign(optimum_mse=probe(graph, optimal_embeddings(graph, settings.k)[0]).mse)


STUDY = Study(
    question="How many pairs of emoji and captions certify a squared error, by theorems 19 and 28?",
    settings=Settings,
    measure=measure,
)

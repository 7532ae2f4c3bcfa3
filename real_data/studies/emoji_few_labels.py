"""Few labels on the pairs of emoji: guarantees, intervals, and the choice of texts to pair with images."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pairbounds.real_data.emoji_concepts import STYLES, concepts
from pairbounds.sweeps import Study
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.questions.label_choice import label_trials, optima


@dataclass(frozen=True)
class Settings:
    """Widths, exchanged texts, and draws of labels.

    Attributes
    ----------
    widths : widths of the embeddings
    exchanged : shares of the images with keywords of other images
    sizes : numbers of labelled images
    draws : random sets of labelled images of each size
    resamples : bootstrap resamples
    """

    widths: tuple[int, ...] = (32, 64)
    exchanged: tuple[float, ...] = (0.1, 0.2, 0.5, 1.0)
    sizes: tuple[int, ...] = (50, 100, 200, 400, 800)
    draws: int = 40
    resamples: int = 400


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """Rows of `label_trials` for each set of texts."""
    candidates = optima(graphs(settings.exchanged, seed), settings.widths)
    return label_trials(candidates, settings.sizes, settings.draws, settings.resamples, seed)


def graphs(exchanged: tuple[float, ...], seed: int) -> dict[str, PairGraph]:
    """Graphs of the same images with keywords (and names), words, first keywords, letter trigrams, exchanged keywords.

    The two emoji whose names have two letters, and so no trigram, are left out of all.
    """
    everything = concepts()
    keywords = [concept.keywords for concept in everything]
    texts = {
        "keywords": keywords,
        "keywords and name": [concept.captions for concept in everything],
        "words of the name": [tuple(concept.name.split()) for concept in everything],
        "words of all": [tuple(" ".join(concept.captions).split()) for concept in everything],
        "first keyword": [words[:1] for words in keywords],
        "letters": [tuple({name[i : i + 3] for i in range(len(name) - 2)}) for name in (c.name for c in everything)],
    }
    rng = np.random.default_rng(seed)
    for share in exchanged:
        moved = np.flatnonzero(rng.random(len(keywords)) < share)
        sources = dict(zip(moved, rng.permutation(moved), strict=True))
        texts[f"{share:.0%} exchanged"] = [keywords[sources.get(i, i)] for i in range(len(keywords))]
    rows = [row for row, letters in enumerate(texts["letters"]) if letters]
    images = [(f"{style}/{everything[row].code}", row) for style in STYLES for row in rows]
    classes = {image: everything[row].category for image, row in images}
    graphs_by_name = {}
    for name, of_concepts in texts.items():
        pairs = [(image, text, 1 / len(of_concepts[row])) for image, row in images for text in of_concepts[row]]
        left, right, weight = zip(*pairs, strict=True)
        graphs_by_name[name] = PairGraph.from_pairs(left, right, weight, left_labels=classes)
    return graphs_by_name


STUDY = Study(
    question="How many labels does a probe on emoji need, and how well do few labels choose the texts of images?",
    settings=Settings,
    measure=measure,
    small={"exchanged": (0.5,), "sizes": (50, 200), "draws": 4, "resamples": 100},
)

"""Precision of suspicious rows on tables with exchanged captions, beside scores from features of the images."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.real_data.audit.counting import NONE
from pairbounds.real_data.audit.noise_trials import exchanged
from pairbounds.real_data.audit.suspicious_rows import DROPPED, judged_pairs
from pairbounds.real_data.caption_graphs import caption_graph
from pairbounds.real_data.emoji_concepts import STYLES
from pairbounds.real_data.encoders.offline import frozen_features
from pairbounds.real_data.image_settings import NaturalSets
from pairbounds.sweeps import Study
from pairbounds.theory.graph.classes import class_indicators, required_labels
from pairbounds.theory.graph.pair_graph import PairGraph

COMPONENTS = 128  # principal components of the features, for the regression


@dataclass(frozen=True)
class Settings(NaturalSets):
    """Data sets, and the exchanged captions.

    Attributes
    ----------
    shares : shares of the rows whose captions are exchanged
    """

    datasets: tuple[str, ...] = ("emoji", "openclipart")
    shares: tuple[float, ...] = (0.05, 0.1, 0.2)


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """A row for each data set, share and score.

    Columns: dataset, share, score, rows, wrong (number of rows with a caption that their image did not have), precision
    (share of wrong rows among the first `wrong` by the score; ties are ordered at random); and for the scores of
    `audit --rows` dropped (rows that `--clean` leaves out) and dropped_wrong (wrong rows among these).
    """
    tables = []
    for name, graph, features in _data_sets(settings):
        probabilities = held_out_probabilities(features, required_labels(graph, "left"))
        for share in settings.shares:
            rng = np.random.default_rng([seed, round(1000 * share)])
            rows = judged(graph, features, probabilities, share, rng)
            tables.append(rows.assign(dataset=name, share=share))
    return pd.concat(tables, ignore_index=True)


def judged(
    graph: PairGraph, features: FloatArray, probabilities: FloatArray, share: float, rng: np.random.Generator
) -> pd.DataFrame:
    """Rows of `measure` for one graph and share; features (n, d) and probabilities (n, r) of its images."""
    labels = required_labels(graph, "left")
    images, captions = (side.astype(np.int64) for side in graph.joint.tocoo().coords)
    images, captions = np.unique(np.column_stack([images, exchanged(captions, share, rng)]), axis=0).T
    is_wrong = np.asarray(graph.joint[images, captions]).ravel() == 0
    by_labels = judged_pairs(images, captions, labels)["support"].to_numpy()
    without_labels = judged_pairs(images, captions, np.full_like(labels, NONE))["support"].to_numpy()
    scores = {
        "support": by_labels,
        "support without labels": without_labels,
        "label quality": label_quality(probabilities, images, captions, labels),
        "caption centroid": centroid_cosines(features, images, captions),
        "random": np.zeros(len(images)),
    }
    rows = []
    for score, values in scores.items():
        order = np.lexsort([rng.random(len(values)), values])
        row = {"score": score, "rows": len(values), "wrong": is_wrong.sum()}
        row |= {"precision": is_wrong[order[: is_wrong.sum()]].mean()}
        if score.startswith("support"):
            row |= {"dropped": np.sum(values < DROPPED), "dropped_wrong": np.sum(is_wrong[values < DROPPED])}
        rows.append(row)
    return pd.DataFrame(rows)


def held_out_probabilities(features: FloatArray, labels: IntArray) -> FloatArray:
    """Class probabilities of each image, (n, r), by a logistic regression fitted without its fold of five."""
    width = min(COMPONENTS, *features.shape, 4 * len(features) // 5)
    regression = make_pipeline(StandardScaler(), PCA(width, random_state=0), LogisticRegression(max_iter=1_000))
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    return np.asarray(cross_val_predict(regression, features, labels, cv=folds, method="predict_proba"))


def label_quality(probabilities: FloatArray, images: IntArray, captions: IntArray, labels: IntArray) -> FloatArray:
    """Probability, for each pair, that its image is in the commonest class of its caption.

    With this class as the given label it is the default of cleanlab's `get_label_quality_scores`, self-confidence.
    """
    by_class = np.zeros((captions.max() + 1, probabilities.shape[1]))
    np.add.at(by_class, (captions, labels[images]), 1)
    quality: FloatArray = probabilities[images, by_class.argmax(axis=1)[captions]]
    return quality


def centroid_cosines(features: FloatArray, images: IntArray, captions: IntArray) -> FloatArray:
    """Cosine, for each pair, of its image's features and the sum of those of the other images of its caption.

    Features are centred. A caption of a single image gets infinity.
    """
    centred = features - features.mean(axis=0)
    units = (centred / np.linalg.norm(centred, axis=1, keepdims=True))[images]
    sums = class_indicators(captions).T @ units
    rest = sums[captions] - units
    lengths = np.linalg.norm(rest, axis=1)
    cosines = np.einsum("ij,ij->i", rest, units) / np.maximum(lengths, np.finfo(float).tiny)
    return np.where(np.bincount(captions)[captions] == 1, np.inf, cosines)


def _data_sets(settings: Settings) -> Iterator[tuple[str, PairGraph, FloatArray]]:
    """Name, caption graph and features of the images, in the order of its left nodes.

    Both drawings of an emoji have the same captions, so emoji come a second time with one drawing each. They come a
    third time with their classes as features: no features say more about a class.
    """
    for name, image_set in settings.each().items():
        images = image_set.images()
        _, pixels, _ = frozen_features(images, Path(settings.cache), settings.device, pixels=images.side)
        graph = caption_graph(images)
        row_of = {image: row for row, image in enumerate(images.ids)}
        features = pixels[[row_of[image] for image in graph.left_ids]]
        yield name, graph, features
        if name == "emoji":
            in_style = np.char.startswith(graph.left_ids.astype(str), STYLES[0])
            yield "emoji, one drawing", graph.part(in_style), features[in_style]
            yield "emoji, class as features", graph, class_indicators(required_labels(graph, "left")).toarray()


STUDY = Study(
    question="How many exchanged captions are among the rows that an audit suspects first?",
    settings=Settings,
    measure=measure,
    seeds=10,
    small={"datasets": ("emoji",), "shares": (0.1,)},
)

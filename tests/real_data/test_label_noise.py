"""Planted wrong labels and wrong captions: how many are found by cleanlab, from features, and how many by the pairs.

Each finder ranks all, and as many of the first are taken as are wrong: precision is recall. cleanlab sees probabilities
of a logistic regression on the features, of folds that it was not fitted on. `python -m
tests.real_data.test_label_noise` prints the table of the page.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pairbounds import PairGraph
from pairbounds.theory.quantities.confidence import student_half
from pairbounds.theory.quantities.connectivity import cross_class_leaks

SEEDS = 10
PLANTED = 0.1  # of the images, or of the pairs
FINDERS = ["cleanlab", "leak", "votes"]
PAGE = Path(__file__).parents[2] / "docs/how_to/cleaning.md"


class Known(NamedTuple):
    """Images, (n,) and (n, d), with a class and features, and their pairs, (n, captions)."""

    labels: np.ndarray
    features: np.ndarray
    joint: sp.csr_array


def world(rng: np.random.Generator, *, distance: float, strays: float) -> Known:
    """1,500 images of 5 normal classes so far apart, with three of 60 captions of their class; strays are of any."""
    n, classes, width, each, captions = 1_500, 5, 16, 3, 60
    labels = rng.integers(classes, size=n)
    means = rng.standard_normal((classes, width)) * distance / np.sqrt(2 * width)
    spoken = np.where(rng.random((n, each)) < strays, rng.integers(classes, size=(n, each)), labels[:, None])
    numbers = spoken * captions + rng.integers(captions, size=(n, each))
    pairs = np.repeat(np.arange(n), each), numbers.ravel()
    joint = sp.coo_array((np.ones(n * each), pairs), shape=(n, classes * captions)).tocsr()
    return Known(labels, means[labels] + rng.standard_normal((n, width)), joint)


def emoji_set() -> Known:
    """1,623 emoji of 9 categories, in Twemoji's drawings, with their names and keywords; features of EfficientNet."""
    from pairbounds.real_data.caption_graphs import caption_graph
    from pairbounds.real_data.datasets.emoji import emoji
    from pairbounds.real_data.encoders.efficientnet import EfficientNet

    images = emoji(96)
    features = np.concatenate(list(EfficientNet(pixels=96, device="cpu").image_rows(images)))
    graph = caption_graph(images)
    places = {name: place for place, name in enumerate(graph.left_ids)}
    shown = np.array([place for place, name in enumerate(images.ids) if name.startswith("twemoji")])
    joint = sp.csr_array(graph.joint)[[places[images.ids[place]] for place in shown]]
    return Known(images.labels[shown], features[shown], joint[:, np.unique(joint.indices)])


def wrong_labels(known: Known, rng: np.random.Generator) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The mask of the images with a planted label, and how suspicious each finder holds every image."""
    n, classes = len(known.labels), known.labels.max() + 1
    wrong = np.isin(np.arange(n), rng.choice(n, round(PLANTED * n), replace=False))
    labels = np.where(wrong, (known.labels + rng.integers(1, classes, size=n)) % classes, known.labels)
    places, captions, weights = _pairs(known.joint)
    agree, heard = _agreement(places, captions, weights, labels)
    votes = np.bincount(places, weights * heard * agree, n) / np.maximum(1e-9, np.bincount(places, weights * heard, n))
    votes[np.bincount(places, heard, n) == 0] = 1
    leaks = cross_class_leaks(PairGraph(known.joint, labels))
    return wrong, {"cleanlab": _by_cleanlab(labels, _shares(known.features, labels)), "leak": leaks, "votes": -votes}


def wrong_captions(known: Known, rng: np.random.Generator) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The same of pairs whose caption was taken from any pair.

    cleanlab holds the main class of the caption against what the features say of the image. Where the other pair's
    image is of the same class, no label can tell.
    """
    places, captions, _ = _pairs(known.joint)
    wrong = np.isin(np.arange(len(places)), rng.choice(len(places), round(PLANTED * len(places)), replace=False))
    captions = np.where(wrong, captions[rng.permutation(len(captions))], captions)
    labels, everyone = known.labels, np.ones(len(places))
    by_class = np.zeros((captions.max() + 1, labels.max() + 1))
    np.add.at(by_class, (captions, labels[places]), everyone)
    shares = by_class / np.maximum(1, by_class.sum(axis=1, keepdims=True))
    leaks = 1 - np.sum(shares**2, axis=1)
    suspicion = _by_cleanlab(by_class.argmax(axis=1)[captions], _shares(known.features, labels)[places])
    votes, _ = _agreement(places, captions, everyone, labels)
    return wrong, {"cleanlab": suspicion, "leak": leaks[captions], "votes": -votes}


def _pairs(joint: sp.csr_array) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Images, captions, and weights that sum to 1 for each image."""
    entries = sp.coo_array(joint)
    places, captions = entries.coords
    return places, captions, entries.data / np.bincount(places, entries.data)[places]


def _agreement(
    places: np.ndarray, captions: np.ndarray, weights: np.ndarray, labels: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Share of the other images of each pair's caption that has the image's label, 1 without others; and which."""
    own = captions * (labels.max() + 1) + labels[places]
    same, others = (np.bincount(key, weights)[key] - weights for key in (own, captions))
    heard = others > 1e-9
    return np.divide(same, others, out=np.ones(len(places)), where=heard), heard


def _shares(features: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Probabilities of the classes of images, by a regression that was fitted on others."""
    regression = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1_000))
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    return cross_val_predict(regression, features, labels, cv=folds, method="predict_proba")


def _by_cleanlab(labels: np.ndarray, shares: np.ndarray) -> np.ndarray:
    from cleanlab.rank import get_label_quality_scores

    return -get_label_quality_scores(labels, shares)


def found(wrong: np.ndarray, suspicion: np.ndarray, rng: np.random.Generator) -> float:
    """The share of what is wrong among as many of the most suspicious; ties are broken at random."""
    order = np.lexsort([rng.random(len(wrong)), -suspicion])
    return float(wrong[order[: wrong.sum()]].mean())


def measured() -> pd.DataFrame:
    """Shares found, a column for each finder and a row for each setting and seed."""
    return pd.DataFrame(list(_rows()))


def _rows() -> Iterator[dict[str, object]]:
    kept = emoji_set()
    settings = {
        f"world, {seen} features, {said} captions": (wrong_labels, {"distance": distance, "strays": strays})
        for seen, distance in (("poor", 2.0), ("good", 5.0))
        for said, strays in (("poor", 0.7), ("good", 0.1))
    }
    settings |= {"emoji": (wrong_labels, None), "emoji, wrong captions": (wrong_captions, None)}
    for name, (plant, about) in settings.items():
        for seed in range(SEEDS):
            rng = np.random.default_rng(seed)
            wrong, suspicion = plant(kept if about is None else world(rng, **about), rng)
            yield {"setting": name, **{finder: found(wrong, suspicion[finder], rng) for finder in FINDERS}}


def in_lines(rows: pd.DataFrame) -> list[str]:
    """The lines of the page's table."""
    lines = []
    for name, part in rows.groupby("setting", sort=False):
        cells = [f"{part[finder].mean():.2f} ± {student_half(part[finder]):.2f}" for finder in FINDERS]
        lines.append(f"| {' | '.join([str(name), *cells])} |")
    return lines


def test_the_votes_of_others_are_counted_one_by_one():
    rng = np.random.default_rng(0)
    places, captions = np.nonzero(rng.random((9, 6)) < 0.4)
    labels, weights = rng.integers(3, size=9), rng.random(len(places))
    shares, heard = _agreement(places, captions, weights, labels)
    for pair, share in enumerate(shares):
        others = [p for p in range(len(places)) if captions[p] == captions[pair] and p != pair]
        same = sum(weights[p] for p in others if labels[places[p]] == labels[places[pair]])
        assert share == pytest.approx(same / sum(weights[others]) if others else 1)
        assert heard[pair] == bool(others)


@pytest.mark.slow
def test_who_finds_more_depends_on_who_sees_more():
    rows = measured()
    means = rows.groupby("setting")[FINDERS].mean()
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    on_page = dict(line[2:-2].split(" | ", 1) for line in lines if line.startswith(("| world", "| emoji")))
    assert set(on_page) == set(means.index)
    for name, cells in on_page.items():
        said = [float(cell.split(" ± ")[0]) for cell in cells.split(" | ")]
        np.testing.assert_allclose(said, means.loc[name], atol=0.03, err_msg=name)
    for name, part in rows.groupby("setting"):
        ahead, sign = part["votes"] - part["cleanlab"], -1 if "poor captions" in name else 1
        assert sign * ahead.mean() > student_half(ahead), name


if __name__ == "__main__":
    print(*in_lines(measured()), sep="\n")

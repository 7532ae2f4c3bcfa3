"""Caption graphs of data sets with captions by people: consistency, bounds and errors, and a control."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd

from pairbounds.infrastructure.progress import Bar
from pairbounds.real_data.caption_graphs import caption_graph, image_order
from pairbounds.real_data.datasets.dataset import ImageTextDataset
from pairbounds.real_data.image_settings import NaturalSets
from pairbounds.real_data.measures.off_diagonal import chance_agreement, chance_corrected, off_diagonal
from pairbounds.real_data.measures.protocol import IMAGE, SUBJECT
from pairbounds.real_data.pairings.pairing import EXACT
from pairbounds.sweeps import Study
from pairbounds.theory.bounds.check_bounds import check_bounds
from pairbounds.theory.bounds.measured import Encoder
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.quantities.consistency import guess_error, induced_labelling_error
from pairbounds.theory.quantities.logistic import logistic_probe
from pairbounds.theory.spectrum.triplets import spectrum

TABLES = ("natural_graphs", "natural_bounds", "natural_held_out", "natural_tags")
BOUNDS = ("probe-error", "sharp-probe-error", "multihop-error", "local-multihop-error", "trained-error")
TEXTS = {"captions": False, "words": True}  # right nodes: captions, or words of captions
SHUFFLED = f"shuffled {EXACT}"
Classes = npt.NDArray[np.str_]


@dataclass(frozen=True)
class Settings(NaturalSets):
    """Data sets, and the widths at which the bounds are evaluated.

    Attributes
    ----------
    widths : widths of the embedding
    shuffles : number of random permutations of the classes over the images, as controls
    labelled_shares, splits : shares of the subjects with labels for the held-out probe, and number of random splits
    held_out_width : width of the embedding for this probe
    """

    widths: tuple[int, ...] = (16, 32, 64, 128, 256)
    shuffles: int = 2
    labelled_shares: tuple[float, ...] = (0.02, 0.1, 0.5)
    splits: int = 5
    held_out_width: int = 64


def measure(settings: Settings, seed: int) -> Mapping[str, pd.DataFrame]:
    """Measures of every data set by its captions and by their words, and with shuffled classes.

    Returns
    -------
    natural_graphs : a row for each graph and exclusion (pairs of one image, or of one subject): numbers of images,
        texts, pairs, classes and components; guess_error, `α_T`, consistency among others, by chance and corrected for
        chance, effective positives (others, and all) and the share of images that share no text with another
    natural_bounds : the columns of `check_bounds` for `BOUNDS`, and next_singular_value (`σ_{k+1}`)
    natural_held_out : error of a logistic probe on images of held-out subjects, and the shares of them of an unseen
        class, and without a common text with a training image
    natural_tags : number of texts for each number of images of a text
    """
    tables = [
        table for image_set in settings.each().values() for table in graph_tables(image_set.images(), settings, seed)
    ]
    return {name: pd.concat([table[name] for table in tables], ignore_index=True) for name in TABLES}


def graph_tables(images: ImageTextDataset, settings: Settings, seed: int) -> Iterator[dict[str, pd.DataFrame]]:
    """The tables of one data set, by its captions and by their words; see `measure`."""
    for texts, words in TEXTS.items():
        tables = _measured(caption_graph(images, words=words), images, settings, seed, f"{images.name}, {texts}")
        yield {name: table.assign(dataset=images.name, texts=texts) for name, table in tables.items()}


def _measured(
    graph: PairGraph, images: ImageTextDataset, settings: Settings, seed: int, title: str
) -> dict[str, pd.DataFrame]:
    subjects = np.array(images.subjects)[image_order(graph, images)]
    rng = np.random.default_rng(seed)
    # Shuffling does not change the pairs, so the triplets are shared.
    graphs = [(EXACT, 0, graph)] + [(SHUFFLED, number, _shuffled(graph, rng)) for number in range(settings.shuffles)]
    triplets = spectrum(graph, min(max(settings.widths) + 1, *graph.shape))
    fitting = [k for k in settings.widths if k < len(triplets.singular_values)]
    rows, bounds = [], []
    for pairing, number, drawn_graph in Bar(graphs, desc=title, unit="graph"):
        named = {"pairing": pairing, "shuffle": number}
        rows += [named | row for row in _graph_rows(drawn_graph, subjects)]
        table = check_bounds(drawn_graph, fitting, bounds=BOUNDS, triplets=triplets)
        following = triplets.singular_values[table["k"].to_numpy()]
        bounds.append(table.assign(next_singular_value=following, **named))
    return {
        "natural_graphs": pd.DataFrame(rows),
        "natural_bounds": pd.concat(bounds, ignore_index=True),
        "natural_held_out": pd.DataFrame(_held_out(graph, subjects, triplets, settings, rng)),
        "natural_tags": _tags(graph),
    }


def _shuffled(graph: PairGraph, rng: np.random.Generator) -> PairGraph:
    labels = graph.left_labels
    assert labels is not None
    return PairGraph(graph.joint, labels[rng.permutation(graph.n_left)])


def _graph_rows(graph: PairGraph, subjects: Classes) -> Iterator[dict[str, object]]:
    labels = graph.left_labels
    assert labels is not None
    facts = {
        "images": graph.n_left,
        "n_texts": graph.n_right,
        "pairs": graph.joint.nnz,
        "classes": len(np.unique(labels)),
        "components": graph.n_components,
        "guess_error": guess_error(graph),
        "induced_labelling_error": induced_labelling_error(graph),
    }
    groups = {IMAGE: np.arange(graph.n_left), SUBJECT: subjects}
    for exclusion, measure in off_diagonal(graph, {"": labels}, groups).items():
        chance, consistency = chance_agreement(labels, groups[exclusion]), measure.consistency("")
        yield facts | {
            "exclusion": exclusion,
            "consistency": consistency,
            "chance": chance,
            "corrected": float(chance_corrected(np.asarray(consistency), chance)),
            "positives_others": measure.effective_positives(),
            "positives_all": measure.effective_positives(with_own=True),
            "alone": measure.alone,
        }


def _held_out(
    graph: PairGraph, subjects: Classes, triplets: Spectrum, settings: Settings, rng: np.random.Generator
) -> Iterator[dict[str, object]]:
    labels, names, n_triplets = graph.left_labels, np.unique(subjects), len(triplets.singular_values)
    assert labels is not None
    k = min(settings.held_out_width, n_triplets)
    embedding = Encoder.optimum(graph, triplets.leading(min(k + 1, n_triplets)), k).left
    for share, split in product(settings.labelled_shares, range(settings.splits)):
        chosen = rng.permutation(names)[: max(1, round(share * len(names)))]
        labelled = np.isin(subjects, chosen)
        texts = np.asarray(graph.joint[np.flatnonzero(labelled)].sum(axis=0)) > 0
        touched = np.asarray(graph.joint @ texts.astype(np.float64)) > 0
        yield {
            "labelled": share,
            "split": split,
            "k": k,
            "n_labelled": int(labelled.sum()),
            "held_out_error": logistic_probe(graph, embedding, labelled=labelled).held_out_error,
            "unseen_class": float(np.mean(~np.isin(labels, labels[labelled])[~labelled])),
            "unseen_texts": float(np.mean(~touched[~labelled])),
        }


def _tags(graph: PairGraph) -> pd.DataFrame:
    uses = np.bincount(graph.joint.indices, minlength=graph.n_right)
    number, count = np.unique(uses, return_counts=True)
    return pd.DataFrame({"images": number, "n_texts": count, "share_of_pairs": number * count / uses.sum()})


STUDY = Study(
    question="How consistent and diverse are pairs by captions of people, and how tight are their bounds?",
    settings=Settings,
    measure=measure,
    tables=TABLES,
    small={"widths": (32,), "shuffles": 1, "splits": 2},
)

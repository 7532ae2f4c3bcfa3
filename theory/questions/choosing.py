"""Question: which candidate, pairs to train on or features, is the best by few labelled images? With a verdict."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pairbounds.infrastructure.arrays import without_torch
from pairbounds.infrastructure.inputs import AnyPath
from pairbounds.theory.graph.graph_files import rows_by_id
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.through_features import validated_features
from pairbounds.theory.questions.comparisons import BEST, WORSE
from pairbounds.theory.questions.feature_choice import features_compared, predicted_classes
from pairbounds.theory.questions.labelled_sample import LabelledSample
from pairbounds.theory.questions.next_labels import disagreement, drawn_next, inclusion_probabilities
from pairbounds.theory.questions.pair_choice import MEASURES, VALIDATED, influences, pairs_compared

RULE = "alpha_T"  # ranks pairs
MOST = 100  # times as many labels, beyond which a number of labels says nothing
FEWEST_MORE = 10  # labels worth asking for
Candidate = PairGraph | pd.DataFrame | npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Choice:
    """Candidates, compared.

    Attributes
    ----------
    table : best first; see `features_compared` and `pairs_compared`
    words : sentences, the last of which is the answer
    by : column of the table that ranks
    disagreement : computes, of the images without a label, by how much candidates disagree that are not decided
    """

    table: pd.DataFrame
    words: tuple[str, ...]
    by: str
    disagreement: "Callable[[], pd.Series[float]]" = field(repr=False)

    @property
    def best(self) -> str:
        """Name of the candidate with the smallest estimate."""
        return str(self.table["candidate"].iloc[0])

    @property
    def title(self) -> str:
        """Name of the column that ranks, in words."""
        return "leave-one-out error of a ridge probe" if self.by == "error" else MEASURES[self.by].partition(" (")[0]

    def name(self, row: int) -> str:
        """Name of the candidate of a row, with its width where there are several."""
        of_widths = "width" in self.table and self.table["width"].nunique() > 1
        candidate = str(self.table["candidate"].iloc[row])
        return f"{candidate} (k = {self.table['width'].iloc[row]})" if of_widths else candidate

    @property
    def sentence(self) -> str:
        """The answer in one sentence."""
        return self.words[-1]

    def next(self, count: int, seed: int = 0) -> pd.DataFrame:
        """Draw images to label next: likelier where candidates disagree that are not decided.

        Returns their ids and probabilities, as columns image and probability, for `choose`; no rows if all is decided.

        `ValueError`: fewer images without a label; pairs by another measure than α_T, which needs random labels.
        """
        if self.by in MEASURES and self.by != RULE:
            raise ValueError(f"by={self.by!r} needs labels drawn at random: draw them yourself, or give by={RULE!r}")
        if (self.table["verdict"].isin([BEST, WORSE])).all():
            return pd.DataFrame({"image": [], "probability": []})
        scores = self.disagreement()
        if not 1 <= count <= len(scores):
            raise ValueError(f"{count} images to label next are not in 1..{len(scores)}, those without a label")
        chances = inclusion_probabilities(np.asarray(scores, dtype=np.float64), count)
        rows = drawn_next(chances, np.random.default_rng(seed))
        return pd.DataFrame({"image": scores.index[rows], "probability": chances[rows]})


def choose(
    candidates: Mapping[str, Candidate],
    labels: Mapping[Any, Any],
    k: int | Sequence[int] = 32,
    *,
    shares: Mapping[Any, float] | None = None,
    n_labels: int | None = None,
    through: Any = None,
    by: str = RULE,
    probabilities: Mapping[Any, float] | None = None,
    seed: int = 0,
    finished: AnyPath | None = None,
) -> Choice:
    """Compare pairs to train on, or features, by the labels of a few images.

    Features are compared by the leave-one-out error of a ridge probe. Pairs are compared by their consistency, or by
    the optimum of their graph. Intervals of the differences from the best are simultaneous over candidates and widths,
    of nominal 95%, by a bootstrap of the images. Those of features are about the mean error of probes with as many
    labels, over draws of the labels, not about the probe of these labels alone: each resample fits the probe anew. The
    study `choosing` has how often they hold on simulated worlds, and how often "worse" is wrong.

    Parameters
    ----------
    candidates : two or more, by name
        Features of all images, (n, d): an array, whose images are 0..n-1, or a DataFrame with ids as index. Or pair
        graphs, with the images on the left. Images that a candidate lacks are left out of all.
    labels : class by image, of a few images drawn without regard to class, each once
    k : width of the embeddings, or several for features
    shares : share of each class in the population, for labels drawn class by class
    n_labels : for features: bound the 0-1 error of a probe with so many labels, too (theorem 34)
    through : for pairs: features of the images, like a candidate, for the optimum that a linear encoder reaches
    by : for pairs: the measure that ranks: "alpha_T", "through" or "optimum"
    probabilities : of labelled images that `Choice.next` chose: they count by 1 over it, and not for theorem 41
    seed : of the bootstrap
    finished : for pairs: folder in which a choice that is interrupted keeps the candidates that are done, for the next

    Raises
    ------
    ValueError : fewer than two candidates; pairs and features together; no common image; labels of unknown images, or
        of one class; features that are not finite; k too large
    """
    if len(candidates) < 2:
        raise ValueError(f"{len(candidates)} candidate: give two or more to choose from")
    if by not in MEASURES:
        raise ValueError(f"by={by!r} is none of {', '.join(MEASURES)}")
    graphs, widths = _graphs(candidates, through), sorted({*np.atleast_1d(k).tolist()})
    common, words = _common(candidates if through is None else {**candidates, "through": through}, labels)
    rows = {image: row for row, image in enumerate(common)}
    classes = {rows[image]: label for image, label in _named(labels).items() if image in rows}
    chances = {rows.get(str(image), -1): value for image, value in (probabilities or {}).items()}
    chances = {row: value for row, value in chances.items() if row in classes}
    sample = LabelledSample.of(classes, len(common), shares, chances)
    if chances:
        words.append(f"{len(chances)} labelled images were chosen: they count by 1/probability, not for theorem 41.")
    if sample.too_few:
        words.append(f"{sample.too_few}. The numbers are estimates.")
    if graphs is not None:
        if len(widths) > 1:
            raise ValueError(f"k={k!r}: give one width for pairs")
        features = None if through is None else _rows(through, common)
        parts = {name: _part(graph, common, name) for name, graph in graphs.items()}
        folder = None if finished is None else Path(finished)
        table = pairs_compared(parts, sample, widths[0], features, by, seed, folder)
        words.append(f"Ranked by {by}: {MEASURES[by]}. {VALIDATED[by]}")
        if not sample.too_few and not table["verdict"].all():
            words.append("No verdict: too few labelled images are pairs of a candidate. Label more images.")
    else:
        given = {name: _rows(features, common, name) for name, features in candidates.items()}
        table, by = features_compared(given, sample, widths, n_labels, seed), "error"
        words += _on_widths(table, list(given), widths, len(sample.rows))

    def scores() -> "pd.Series[float]":
        undecided = table[table["verdict"] != WORSE]
        if graphs is not None:
            votes = (influences(parts[name], sample) for name in undecided["candidate"])
        else:
            pairs = zip(undecided["candidate"], undecided["width"], strict=True)
            votes = (np.eye(sample.labels.max() + 1)[predicted_classes(given[name], sample, k)] for name, k in pairs)
        return pd.Series(disagreement(votes), index=common).drop([common[row] for row in sample.rows])

    choice = Choice(table, tuple(words), by, scores)
    return replace(choice, words=(*words, _answer(choice, len(sample.rows))))


def _graphs(candidates: Mapping[str, Candidate], through: Any) -> dict[str, PairGraph] | None:
    """The candidates, if they are graphs; `None` if they are features."""
    graphs = {name: candidate for name, candidate in candidates.items() if isinstance(candidate, PairGraph)}
    if graphs and len(graphs) < len(candidates):
        pairs, other = next(iter(graphs)), next(name for name in candidates if name not in graphs)
        raise ValueError(
            f"{pairs} has pairs and {other} has features: errors of features are measured, pairs are ranked before "
            "training, and the two numbers do not compare. Choose among each kind by itself."
        )
    if not graphs and through is not None:
        raise ValueError("features to go through are for pairs, and the candidates are features: leave them out")
    return graphs or None


def _on_widths(table: pd.DataFrame, names: Sequence[str], widths: Sequence[int], n_labels: int) -> Iterator[str]:
    """Sentences on widths that features lack, or that labels are too few for."""
    rows = {*zip(table["candidate"], table["width"], strict=True)}
    if missing := [f"{name} (k = {width})" for name in names for width in widths if (name, width) not in rows]:
        yield f"Left out, as features have fewer directions: {', '.join(missing)}."
    if n_labels < max(widths):
        yield f"Width {max(widths)} has more directions than labels: take k = {n_labels // 2} or less."


def _ids(candidate: Candidate) -> list[str]:
    """Ids of the images, as text."""
    if isinstance(candidate, PairGraph):
        return [str(name) for name in candidate.left_ids.tolist()]
    if isinstance(candidate, pd.DataFrame):
        return [str(name) for name in candidate.index]
    return [str(row) for row in range(len(candidate))]


def _named(labels: Mapping[Any, Any]) -> dict[str, Hashable]:
    return {str(image): label for image, label in labels.items()}


def _common(candidates: Mapping[str, Candidate], labels: Mapping[Any, Any]) -> tuple[list[str], list[str]]:
    """Ids of the images that all candidates have, in the order of the first, and sentences on those left out."""
    ids = {name: _ids(candidate) for name, candidate in candidates.items()}
    for name, images in ids.items():
        rows_by_id(images, (), name)  # refuses repeated ids
    every = {*()}.union(*map(set, ids.values()))
    if unknown := [image for image in _named(labels) if image not in every]:
        raise ValueError(
            f"labels: {len(unknown)} of {len(labels)} images are in no candidate, {unknown[0]!r} the first. "
            "Give the ids of the candidates."
        )
    shared = set.intersection(*map(set, ids.values()))
    common = [image for image in next(iter(ids.values())) if image in shared]
    if not common:
        raise ValueError("the candidates have no image in common: give them the same ids")
    left_out = len(every) - len(common)
    if not left_out:
        return common, []
    unlabelled = sum(image not in shared for image in _named(labels))
    return common, [
        f"{left_out} images, {unlabelled} of them labelled, are missing in a candidate and left out of all."
    ]


def _rows(features: Any, common: Sequence[str], name: str = "through") -> npt.NDArray[Any]:
    """Features of the common images, in their order."""
    values = features.to_numpy() if isinstance(features, pd.DataFrame) else np.asarray(without_torch(features))
    try:
        checked = validated_features(values, len(values))
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    return checked[rows_by_id(_ids(features), common, name)]


def _part(graph: PairGraph, common: Sequence[str], name: str) -> PairGraph:
    """The graph on the common images, in their order; itself, not a copy, if it has these."""
    ids = _ids(graph)
    return graph if ids == common else graph.part(rows_by_id(ids, common, name))


def _answer(choice: Choice, n_labels: int) -> str:
    """One sentence on each candidate at its best width: which to take, which are worse, and which are not decided."""
    rows = choice.table.drop_duplicates("candidate")
    if not rows["verdict"].iloc[0]:
        return f"{choice.name(0)} is the first of {len(rows)} by {n_labels} labels, without a verdict."
    decided = (rows["verdict"].iloc[1:] == WORSE).all()
    parts = [f"Take {choice.name(0)}" + ("" if decided else ", which is not shown to be the best")]
    for position in rows.index[1:]:
        row = rows.loc[position]
        if row["verdict"] == WORSE:
            said = f"is worse by {row['difference']:.3f} [{row['from']:.3f}, {row['to']:.3f}]"
        else:
            more = max((row["needed"] - 1) * n_labels, FEWEST_MORE)  # the estimate is rough
            enough = f": about {more:,.0f} more labels would decide" if more < MOST * n_labels else ""
            said = f"is not decided, {row['difference']:+.3f}{enough}"
        parts.append(f"{choice.name(int(position))} {said}")
    return "; ".join(parts) + "."

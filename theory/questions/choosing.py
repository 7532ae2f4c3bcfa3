"""Question: which training pairs, or features, are the best? Comparisons by few labelled images."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pairbounds.infrastructure.inputs import AnyPath
from pairbounds.theory.graph.graph_files import rows_by_id
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.through_features import validated_features
from pairbounds.theory.questions.choice_table import readable
from pairbounds.theory.questions.comparisons import BEST, WORSE
from pairbounds.theory.questions.feature_choice import features_compared, predicted_classes
from pairbounds.theory.questions.labelled_sample import LabelledSample
from pairbounds.theory.questions.next_labels import disagreement, drawn_next, inclusion_probabilities
from pairbounds.theory.questions.pair_choice import MEASURES, NOT_VALIDATED, RULE, VALIDATED, influences, pairs_compared

MOST = 100  # maximum factor on the number of labels in a message
FEWEST_MORE = 10  # minimum number of labels in a message
Candidate = PairGraph | pd.DataFrame | npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Choice:
    """Result of `choose`.

    Attributes
    ----------
    table : best first; see `features_compared` and `pairs_compared`
    words : sentences, the last one with the answer
    by : column for the ranking
    disagreement : computes the disagreement of undecided candidates on each image without a label
    """

    table: pd.DataFrame
    words: tuple[str, ...]
    by: str
    disagreement: "Callable[[], pd.Series[float]]" = field(repr=False)

    def __str__(self) -> str:
        """The printed table and sentences."""
        return "\n".join([readable(self.table).to_string(index=False), *self.words])

    @property
    def best(self) -> str:
        """Name of the candidate with the smallest estimate."""
        return str(self.table["candidate"].iloc[0])

    @property
    def title(self) -> str:
        """Description of the column for the ranking."""
        return "leave-one-out error of a ridge probe" if self.by == "error" else MEASURES[self.by].partition(" (")[0]

    def name(self, row: int) -> str:
        """Name of the candidate of a row, with its width if there are several widths."""
        of_widths = "width" in self.table and self.table["width"].nunique() > 1
        candidate = str(self.table["candidate"].iloc[row])
        return f"{candidate} (k = {self.table['width'].iloc[row]})" if of_widths else candidate

    @property
    def sentence(self) -> str:
        """The answer in one sentence."""
        return self.words[-1]

    def next(self, count: int, seed: int = 0) -> pd.DataFrame:
        """Draw images to label next, with probabilities that grow with the disagreement of undecided candidates.

        Returns the columns image (id) and probability, for `choose`; no rows if all candidates are decided.

        `ValueError`: fewer unlabelled images than `count`; pairs ranked by a measure other than α_T.
        """
        if self.by in MEASURES and self.by != RULE:
            raise ValueError(f"by={self.by!r} needs labels drawn at random: draw images at random, or give by={RULE!r}")
        if (self.table["verdict"].isin([BEST, WORSE])).all():
            return pd.DataFrame({"image": [], "probability": []})
        scores = self.disagreement()
        if not 1 <= count <= len(scores):
            raise ValueError(f"cannot draw {count} images to label next: give 1 to {len(scores)}, the unlabelled ones")
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
    """Compare training pairs, or features, by the labels of a few images.

    Features are compared by the leave-one-out error of a ridge probe. Pairs are compared by their consistency, or by
    the optimum of their graph. Intervals of the differences from the best are simultaneous over candidates and widths,
    at a nominal 95%, by a bootstrap of the images. For features they are intervals of the mean error over draws of as
    many labels, not of the error of one probe: each resample refits the probe. The record
    `results/choosing` says how often the intervals hold on simulated worlds, and how often "worse" is wrong.

    Parameters
    ----------
    candidates : two or more, by name
        Features of all images, (n, d): an array, with ids 0..n-1, or a DataFrame with ids as index. Or pair graphs,
        with the images on the left. Images that are missing in a candidate are left out of all candidates.
    labels : class by image, of a few distinct images drawn without regard to class
    k : width of the embeddings, or several for features
    shares : share of each class in the population, for labels drawn class by class
    n_labels : for features: also bound the 0-1 error of a probe with this number of labels (theorem 34)
    through : for pairs: features of the images, like a candidate, for the optimum of a linear encoder
    by : for pairs: measure for the ranking: "alpha_T", "through" or "optimum"
    probabilities : of images from `Choice.next`; they have weight 1/probability, and theorem 41 does not use them
    seed : of the bootstrap
    finished : for pairs: folder for the results of finished candidates, to resume an interrupted choice

    Raises
    ------
    ValueError : fewer than two candidates; pairs and features together; no common image; labels of unknown images, or
        of one class; features that are not finite; k too large
    """
    if len(candidates) < 2:
        raise ValueError(f"{len(candidates)} candidate: give two or more to choose from")
    if by not in MEASURES:
        raise ValueError(f"by={by!r} is unknown: give {', '.join(MEASURES)}")
    are_pairs, widths = _are_pairs(candidates, through), sorted({*np.atleast_1d(k).tolist()})
    if are_pairs and len(widths) > 1:
        raise ValueError(f"k={k!r}: give one width for pairs")
    labels = {str(image): label for image, label in labels.items()}
    common, words = _common(candidates if through is None else {**candidates, "through": through}, labels)
    rows = {image: row for row, image in enumerate(common)}
    classes = {rows[image]: label for image, label in labels.items() if image in rows}
    drawn = {rows.get(str(image)): chance for image, chance in (probabilities or {}).items()}
    chances = {row: chance for row, chance in drawn.items() if row in classes}
    sample = LabelledSample.of(classes, len(common), shares, chances)
    if chances:
        words.append(f"{len(chances)} labelled images were chosen: they count by 1/probability, not for theorem 41.")
    if sample.too_few:
        words.append(f"{sample.too_few}. The numbers are estimates.")
    parts = {name: _part(candidate, common, name) for name, candidate in candidates.items()}
    if are_pairs:
        features = None if through is None else _part(through, common, "through")
        folder = None if finished is None else Path(finished)
        table = pairs_compared(parts, sample, widths[0], features, by, seed, folder)
        words += _on_pairs(table, by, sample)
    else:
        table, by = features_compared(parts, sample, widths, n_labels, seed), "error"
        words += _on_widths(table, list(candidates), widths, len(sample.rows))

    def scores() -> "pd.Series[float]":
        undecided = table[table["verdict"] != WORSE]
        if are_pairs:
            votes = (influences(parts[name], sample) for name in undecided["candidate"])
        else:
            pairs = zip(undecided["candidate"], undecided["width"], strict=True)
            one_hot = np.eye(sample.labels.max() + 1)
            votes = (one_hot[predicted_classes(parts[name], sample, width)] for name, width in pairs)
        return pd.Series(disagreement(votes), index=common).drop([common[row] for row in sample.rows])

    choice = Choice(table, tuple(words), by, scores)
    return replace(choice, words=(*words, _answer(choice, len(sample.rows))))


def _are_pairs(candidates: Mapping[str, Candidate], through: Any) -> bool:
    """True if the candidates are graphs, and not features."""
    kinds: dict[bool, str] = {}  # the first candidate of each
    for name, candidate in candidates.items():
        kinds.setdefault(isinstance(candidate, PairGraph), name)
    if len(kinds) > 1:
        raise ValueError(
            f"{kinds[True]} has pairs and {kinds[False]} has features: their numbers are not comparable. Choose among "
            "pairs only, or among features only."
        )
    if through is not None and False in kinds:
        raise ValueError("through is for pairs, and the candidates are features: leave it out")
    return True in kinds


def _on_pairs(table: pd.DataFrame, by: str, sample: LabelledSample) -> Iterator[str]:
    """Sentences on the measure for the ranking, and on a ranking without verdicts."""
    yield f"Ranked by {by}: {MEASURES[by]}. {VALIDATED if by == RULE else NOT_VALIDATED}"
    if not sample.too_few and not table["verdict"].all():
        yield "No verdict: too few labelled images are pairs of a candidate. Label more images."


def _on_widths(table: pd.DataFrame, names: Sequence[str], widths: Sequence[int], n_labels: int) -> Iterator[str]:
    """Sentences on widths that features do not have, or for which there are too few labels."""
    rows = {*zip(table["candidate"], table["width"], strict=True)}
    if missing := [f"{name} (k = {width})" for name in names for width in widths if (name, width) not in rows]:
        yield f"Left out, as features have fewer directions: {', '.join(missing)}."
    if n_labels < max(widths):
        yield f"Width {max(widths)} has more directions than labels: take k = {n_labels // 2} or less."


def _ids(candidate: Candidate) -> list[str]:
    """Ids of the images, as text."""
    if isinstance(candidate, PairGraph):
        return [*map(str, candidate.left_ids)]
    return [*map(str, candidate.index if isinstance(candidate, pd.DataFrame) else range(len(candidate)))]


def _common(candidates: Mapping[str, Candidate], labels: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Ids of the images in all candidates, in the order of the first, and sentences on images left out."""
    ids = {name: _ids(candidate) for name, candidate in candidates.items()}
    for name, images in ids.items():
        rows_by_id(images, (), name)  # raises for repeated ids
    every = {*()}.union(*map(set, ids.values()))
    if unknown := [image for image in labels if image not in every]:
        raise ValueError(
            f"labels: {len(unknown)} of {len(labels)} images are in no candidate, for example {unknown[0]!r}. "
            "Give the ids of the candidates."
        )
    shared = set.intersection(*map(set, ids.values()))
    common = [image for image in next(iter(ids.values())) if image in shared]
    if not common:
        raise ValueError("the candidates have no image in common: give them the same ids")
    words = []
    if left_out := len(every) - len(common):
        labelled = sum(image not in shared for image in labels)
        words = [f"{left_out} images, {labelled} of them labelled, are missing in a candidate and left out of all."]
    return common, words


def _part(candidate: Any, images: list[str], name: str) -> Any:
    """Part of a graph, not copied if these are its images, or rows of features, (n, d), in the order of the images."""
    ids = _ids(candidate)
    rows = rows_by_id(ids, images, name)
    if isinstance(candidate, PairGraph):
        return candidate if ids == images else candidate.part(rows)
    values = candidate.to_numpy() if isinstance(candidate, pd.DataFrame) else candidate
    try:
        return validated_features(values, len(ids))[rows]
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _answer(choice: Choice, n_labels: int) -> str:
    """Sentence with the candidate to take, the worse and the undecided ones, each at its best width."""
    rows = choice.table.drop_duplicates("candidate")
    if not rows["verdict"].iloc[0]:
        return f"{choice.name(0)} is the first of {len(rows)} by {n_labels} labels, without a verdict."
    decided = (rows["verdict"].iloc[1:] == WORSE).all()
    parts = [f"Take {choice.name(0)}" + ("" if decided else ", which is not shown to be the best")]
    for position in rows.index[1:]:
        row = rows.loc[position]
        if row["verdict"] == WORSE:
            verdict = f"is worse by {row['difference']:.3f} [{row['from']:.3f}, {row['to']:.3f}]"
        else:
            more = max((row["needed"] - 1) * n_labels, FEWEST_MORE)  # the estimate is rough
            enough = f": about {more:,.0f} more labels would decide" if more < MOST * n_labels else ""
            verdict = f"is not decided, {row['difference']:+.3f}{enough}"
        parts.append(f"{choice.name(int(position))} {verdict}")
    return "; ".join(parts) + "."

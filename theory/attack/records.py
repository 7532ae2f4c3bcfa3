"""Records of sharpness: the best graph so far for a bound, in a file of its own, and the time spent on it."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from pairbounds.infrastructure.hypotheses import HypothesisError
from pairbounds.theory.attack.candidate import LARGEST_SIDE, Candidate
from pairbounds.theory.attack.climbing import ROUND_OFF
from pairbounds.theory.attack.evaluation import Rating, ratio_anywhere
from pairbounds.theory.attack.mattering import ratio_where_it_matters
from pairbounds.theory.attack.search import believed
from pairbounds.theory.bounds.confirmation import Confirmation
from pairbounds.theory.bounds.quantities import Features
from pairbounds.theory.bounds.registry import NEEDED, Bound
from pairbounds.theory.bounds.scoring import embedded, score
from pairbounds.theory.graph.formats import load_beside
from pairbounds.theory.graph.pair_graph import PairGraph

ANYWHERE, MATTERS = "anywhere", "where it matters"
RATINGS: dict[str, Rating] = {ANYWHERE: ratio_anywhere, MATTERS: ratio_where_it_matters}
Sides = tuple[PairGraph, int, Features | None, float | None]
ENDINGS = {ANYWHERE: "", MATTERS: "-matters"}  # of file names


@dataclass(frozen=True, eq=False)
class Witness:
    """A graph, a width, and features or a penalty for claims about more than an optimum, to evaluate a claim on."""

    graph: PairGraph
    k: int
    features: Features | None = None
    penalty: float | None = None

    @classmethod
    def of(cls, candidate: Candidate) -> "Witness":
        """The witness of a candidate that a search found."""
        return cls(candidate.graph, candidate.k, candidate.features, candidate.penalty)

    @classmethod
    def load(cls, path: Path) -> "Witness":
        """Read what `save` wrote; `ValueError` where it is a graph without a width."""
        graph, beside = PairGraph.load(path), load_beside(path, ("k", "f", "g", "penalty"))
        if "k" not in beside:
            raise ValueError(f"{path} is a graph without a width k beside it: `pairbounds attack --out` writes both")
        features = (beside["f"], beside["g"]) if "f" in beside else None
        return cls(graph, int(beside["k"]), features, float(beside["penalty"]) if "penalty" in beside else None)

    def save(self, path: Path, **beside: Any) -> None:
        """Write a saved pair graph, with the rest beside it."""
        if self.features is not None:
            beside |= dict(zip("fg", self.features, strict=True))
        if self.penalty is not None:
            beside["penalty"] = np.array(self.penalty)
        self.graph.save(path, k=np.array(self.k), **beside)

    def for_claim(self, claim: Bound) -> "Witness | None":
        """The part that a claim is about; `None` where it is missing."""
        penalised = NEEDED.get(claim.subject) == "penalty"
        if (claim.subject == "critic" and self.features is None) or (penalised and self.penalty is None):
            return None
        features = None if claim.subject.endswith("optimum") else self.features
        return Witness(self.graph, self.k, features, self.penalty if penalised else None)

    @property
    def sides(self) -> Sides:
        """The arguments of `score`."""
        return self.graph, self.k, self.features, self.penalty

    @property
    def size(self) -> tuple[int, int]:
        """Nodes and pairs."""
        return sum(self.graph.joint.shape), self.graph.joint.nnz

    def candidate(self, origin: str) -> Candidate | None:
        """A candidate to start a search from, if it is labelled and small enough."""
        weights, left, right = self.graph.joint, self.graph.left_labels, self.graph.right_labels
        if left is None or right is None or max(weights.shape) > LARGEST_SIDE:
            return None
        return Candidate.of(weights.toarray(), left, right, self.k, self.features, origin, self.penalty)


@dataclass(frozen=True, eq=False)
class Record:
    """The best so far of one claim in one place.

    Attributes
    ----------
    where : `ANYWHERE` or `MATTERS`
    witness : the graph with the largest ratio, or `None` while there is none
    ratio, measured, value : there; a negative ratio does not count, and says how far the graph is from where it does
    refuted, rests_on_ties : whether it refutes the claim, and only because ties count as errors
    origin : the family that the search had started from, or how the graph was come by
    evaluations, rounds, seconds : what was spent, the seconds of CPU
    """

    claim: Bound
    where: str
    witness: Witness | None = None
    ratio: float = -math.inf
    measured: float = math.nan
    value: float = math.nan
    refuted: bool = False
    rests_on_ties: bool = False
    origin: str = ""
    evaluations: int = 0
    rounds: int = 0
    seconds: float = 0.0

    @classmethod
    def load(cls, claim: Bound, where: str, folder: Path) -> "Record":
        """The stored record, evaluated on the claim as it is now; empty where nothing is stored."""
        empty, path = cls(claim, where), place(claim, where, folder)
        if not path.is_file():
            return empty
        spent = load_beside(path, ("origin", "evaluations", "rounds", "seconds"))
        known = empty.considering(Witness.load(path), str(spent.get("origin", "")))
        counts: tuple[tuple[str, Callable[[Any], Any]], ...] = (
            ("evaluations", int),
            ("rounds", int),
            ("seconds", float),
        )
        return replace(known, **{name: kind(spent[name]) for name, kind in counts if name in spent})

    @property
    def counts(self) -> bool:
        """True if there is a graph with a ratio that counts."""
        return self.ratio >= 0

    def save(self, folder: Path) -> None:
        """Write the graph and what was spent on it; nothing while there is no graph."""
        if self.witness is not None:
            counts = {"evaluations": self.evaluations, "rounds": self.rounds, "seconds": self.seconds}
            beside = {name: np.array(count) for name, count in (counts | {"origin": self.origin}).items()}
            self.witness.save(place(self.claim, self.where, folder), **beside)

    def considering(self, offered: Witness, origin: str) -> "Record":
        """The same with this graph, if its ratio is larger, or as large on a smaller graph."""
        witness = offered.for_claim(self.claim)
        if witness is None:
            return self
        ratio, confirmation = _ratio(self.claim, self.where, witness)
        if math.isinf(ratio) or not self._improved_by(ratio, witness):
            return self
        found = score(self.claim, *witness.sides)
        return replace(
            self,
            witness=witness,
            ratio=ratio,
            measured=found.measured,
            value=found.value,
            refuted=confirmation is not None and confirmation.holds_up,
            rests_on_ties=confirmation is not None and confirmation.rests_on_ties,
            origin=origin,
        )

    def _improved_by(self, ratio: float, witness: Witness) -> bool:
        if self.witness is None:
            return True
        gain, round_off = ratio - self.ratio, ROUND_OFF * abs(self.ratio)
        return gain > round_off or (gain >= -round_off and witness.size < self.witness.size)


def place(claim: Bound, where: str, folder: Path) -> Path:
    """The file of a record."""
    return folder / f"{claim.name}{ENDINGS[where]}.npz"


def _ratio(claim: Bound, where: str, witness: Witness) -> tuple[float, Confirmation | None]:
    """The ratio on a witness, negative where it does not count, and its confirmation if it is above 1."""
    try:
        ratio = RATINGS[where](claim, embedded(*witness.sides))
    except HypothesisError:
        return -math.inf, None
    return believed(claim, *witness.sides, ratio)

"""Records of sharpness: for each bound the graph of the largest ratio so far, and what was spent on finding it."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from pairbounds.infrastructure.hypotheses import HypothesisError
from pairbounds.infrastructure.ownership import Output
from pairbounds.infrastructure.ownership import records as records_output
from pairbounds.infrastructure.tables import replacing
from pairbounds.theory.attack.candidate import LARGEST_SIDE, Candidate, Sides
from pairbounds.theory.attack.climbing import ROUND_OFF
from pairbounds.theory.attack.evaluation import Rating, ratio_anywhere
from pairbounds.theory.attack.mattering import ratio_where_it_matters
from pairbounds.theory.attack.search import confirmed_ratio
from pairbounds.theory.bounds.quantities import Features
from pairbounds.theory.bounds.registry import NEEDED, Bound
from pairbounds.theory.bounds.scoring import embedded, score
from pairbounds.theory.graph.formats import load_beside
from pairbounds.theory.graph.pair_graph import PairGraph

ANYWHERE, MATTERS = "anywhere", "where it matters"
RATINGS: dict[str, Rating] = {ANYWHERE: ratio_anywhere, MATTERS: ratio_where_it_matters}

FILE = "graphs.json"
ABOUT = "The sharpest graph known for each bound, a line each: weights of the pairs (row, column), classes, width."
SPENT = ("evaluations", "rounds", "seconds")


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

    def save(self, path: Path) -> None:
        """Write a saved pair graph, with the rest beside it."""
        beside = {} if self.features is None else dict(zip("fg", self.features, strict=True))
        if self.penalty is not None:
            beside["penalty"] = np.array(self.penalty)
        self.graph.save(path, k=np.array(self.k), **beside)

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> "Witness":
        """The witness of an entry of `FILE`."""
        pairs = record["weights"], (record["rows"], record["columns"])
        graph = PairGraph(
            sp.coo_array(pairs, shape=record["shape"]), record.get("left_labels"), record.get("right_labels")
        )
        features = (np.array(record["f"]), np.array(record["g"])) if "f" in record else None
        return cls(graph, record["k"], features, record.get("penalty"))

    def record(self) -> dict[str, Any]:
        """The entry of `FILE`, from which every number is read again to the last bit."""
        joint, graph = self.graph.joint.tocoo(), self.graph
        f, g = (None, None) if self.features is None else self.features
        given = {"left_labels": graph.left_labels, "right_labels": graph.right_labels, "f": f, "g": g}
        rows, columns = joint.coords
        parts = {"rows": rows, "columns": columns, "weights": joint.data}
        lists = {name: array.tolist() for name, array in (parts | given).items() if array is not None}
        penalty = {} if self.penalty is None else {"penalty": self.penalty}
        return {"k": self.k, **penalty, "shape": list(joint.shape), **lists}

    def for_claim(self, claim: Bound) -> "Witness | None":
        """The part that a claim is about; `None` where it is missing."""
        penalised = NEEDED.get(claim.subject) == "penalty"
        if (claim.subject == "critic" and self.features is None) or (penalised and self.penalty is None):
            return None
        features = None if claim.subject.endswith("optimum") else self.features
        return Witness(self.graph, self.k, features, self.penalty if penalised else None)

    @property
    def sides(self) -> Sides:
        """The graph, the width, the features and the penalty."""
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
    place : `ANYWHERE` or `MATTERS`
    witness : the graph with the largest ratio, or `None` while there is none
    ratio, measured, value : there; a negative ratio does not count, and says how far the graph is from where it does
    refuted, rests_on_ties : whether it refutes the claim, and only because ties count as errors
    origin : the family that the search had started from, or the source of the graph
    evaluations, rounds, seconds : what was spent, the seconds of CPU
    """

    claim: Bound
    place: str
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
    def load(cls, claim: Bound, place: str, folder: Path) -> "Record":
        """The stored record, evaluated on the claim as it is now; empty where nothing is stored."""
        empty = cls(claim, place)
        stored = _stored(folder).get(empty.key)
        if stored is None:
            return empty
        known = empty.considering(Witness.of_record(stored), stored["origin"])
        return replace(known, **{name: stored[name] for name in SPENT})

    @property
    def key(self) -> str:
        """The name of its entry in `FILE`."""
        return f"{self.claim.name}, {self.place}"

    @property
    def counts(self) -> bool:
        """True if there is a graph with a ratio that counts."""
        return self.ratio >= 0

    def considering(self, offered: Witness, origin: str) -> "Record":
        """The same with this graph, if its ratio is larger, or as large on a smaller graph."""
        witness = offered.for_claim(self.claim)
        if witness is None:
            return self
        try:
            ratio = RATINGS[self.place](self.claim, embedded(*witness.sides))
        except HypothesisError:
            return self
        ratio, confirmation = confirmed_ratio(self.claim, witness.sides, ratio)
        if not self._improved_by(ratio, witness):
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
        if math.isinf(ratio) or self.witness is None:
            return math.isfinite(ratio)
        gain, round_off = ratio - self.ratio, ROUND_OFF * abs(self.ratio)
        return gain > round_off or (gain >= -round_off and witness.size < self.witness.size)


def save_records(records: Iterable[Record], folder: Path) -> None:
    """Put the graphs of these records, and what was spent on them, into the folder's file; the others stay in it."""
    graphs = _stored(folder)
    for record in records:
        if record.witness is not None:
            spent = {name: getattr(record, name) for name in SPENT}
            graphs[record.key] = {**spent, "origin": record.origin, **record.witness.record()}
    lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(graphs[key])}" for key in sorted(graphs))
    with replacing(folder / FILE) as temporary:
        temporary.write_text(f'{{"about": {json.dumps(ABOUT)},\n"graphs": {{\n{lines}\n}}}}\n', encoding="utf-8")


def stored_witnesses(folder: Path) -> list[Witness]:
    """The graphs in a folder's file."""
    return [Witness.of_record(stored) for stored in _stored(folder).values()]


def graphs_output(folder: Path) -> Output:
    """The file that `save_records` writes."""
    return records_output(folder / FILE, ("about", "graphs"))


def _stored(folder: Path) -> dict[str, dict[str, Any]]:
    path = folder / FILE
    if not path.is_file():
        return {}
    graphs: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["graphs"]
    return graphs

"""The result of a search for a counterexample."""

from dataclasses import dataclass

from pairbounds.infrastructure.arrays import FloatArray
from pairbounds.theory.bounds.quantities import Features
from pairbounds.theory.graph.pair_graph import PairGraph


@dataclass(frozen=True)
class Progress:
    """The progress of a search, for a line on the screen.

    Attributes
    ----------
    spent : part of the budget, 0 to 1
    seconds, evaluations : so far
    ratio : the largest so far
    """

    spent: float
    seconds: float
    evaluations: int
    ratio: float


@dataclass(frozen=True, eq=False)
class CounterexampleResult:
    """The graph on which a claim is closest to failing, or fails.

    Attributes
    ----------
    bound : the claim's name
    ratio : measured over value on `graph`, as `pairbounds.theory.bounds.scoring.violation_ratio` defines it for every
    relation:
        above 1 exactly where the claim is violated beyond round-off. Where it is not, it is within 1 % of
        `largest_ratio`; where it is, the graph is the smallest violation found, and not the worst.
    refuted : the violation was confirmed in higher precision; the same as `ratio > 1`
    graph, k : where
    weights : (n_left, n_right), those of the graph, for reading: integers if it may be, else over the largest
    features : (n_left, k) and (n_right, k), for a claim about encoders or critics
    penalty : μ, for a claim about a penalised loss
    measured, value : the two sides there
    rests_on_ties : refuted on this graph only because ties count as errors; another may do without
    largest_ratio : the largest seen, on a graph that may have been larger
    evaluations, seconds : what it took, gradient steps counted as evaluations
    origin : the family of graphs that the search had started from
    note : how the refutation was confirmed, or why a ratio above 1 was not
    """

    bound: str
    ratio: float
    refuted: bool
    graph: PairGraph
    weights: FloatArray
    k: int
    features: Features | None
    penalty: float | None
    measured: float
    value: float
    rests_on_ties: bool
    largest_ratio: float
    evaluations: int
    seconds: float
    origin: str
    note: str

    def _repr_html_(self) -> str:
        from pairbounds.infrastructure.html import card
        from pairbounds.theory.graph.drawing import graph_picture, is_small

        facts: dict[str, object] = {"largest ratio": self.ratio, "measured": self.measured, "bound": self.value}
        facts |= {"k": self.k} if self.penalty is None else {"k": self.k, "penalty": self.penalty}
        facts |= {"started from": self.origin, "graphs tried": self.evaluations}
        pictures = [graph_picture(self.graph, self.weights)] if is_small(self.graph) else []
        verdict = "refuted by this graph" if self.refuted else "not refuted; nearest on this graph"
        return card(f"{self.bound}: {verdict}", facts, pictures=pictures, notes=[self.note] if self.note else [])

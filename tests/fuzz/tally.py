"""What a run of the fuzzer adds up to."""

from collections import Counter
from dataclasses import dataclass, field, fields

from tests.fuzz.verdicts import Outcome
from tests.fuzz.metamorphic import PROPERTIES, differences
from tests.fuzz.specimen import Specimen

PROPERTIES_EVERY = 10  # graphs: on so many of them one property is tried, in turn


@dataclass
class Tally:
    """Counts, by class of weight spans where a span is named.

    Attributes
    ----------
    graphs : by span
    refusals : of the constructor, by message
    judged, abstained : rows with a verdict, and rows that float64 cannot judge, by bound and span
    refuted, missed : mutants that the checker refutes, and those that it does not although plainly false, likewise
    example : of each mutant that is missed the last graph
    compared : pairs of tables, by property
    findings, faulty : graphs, by kind and span, and by the kind's first word and span
    first : of each kind the graph with the fewest decades, as (decades, number)
    """

    graphs: Counter[int] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    judged: Counter[tuple[str, int]] = field(default_factory=Counter)
    abstained: Counter[tuple[str, int]] = field(default_factory=Counter)
    refuted: Counter[tuple[str, int]] = field(default_factory=Counter)
    missed: Counter[tuple[str, int]] = field(default_factory=Counter)
    example: dict[str, int] = field(default_factory=dict)
    compared: Counter[str] = field(default_factory=Counter)
    findings: Counter[tuple[str, int]] = field(default_factory=Counter)
    faulty: Counter[tuple[str, int]] = field(default_factory=Counter)
    first: dict[str, tuple[float, int]] = field(default_factory=dict)

    def add(self, number: int, specimen: Specimen, outcome: Outcome) -> None:
        """Count one graph."""
        span = specimen.span
        self.graphs[span] += 1
        if outcome.refusal is not None:
            self.refusals[outcome.refusal] += 1
        for name in ("judged", "abstained", "refuted", "missed"):
            getattr(self, name).update((bound, span) for bound in getattr(outcome, name))
        self.example.update((bound, number) for bound in outcome.missed)
        self._find(outcome.findings, number, specimen)

    def compare(self, turn: int, number: int, specimen: Specimen) -> None:
        """Hold one property, whose turn it is, against a graph."""
        name = list(PROPERTIES)[turn % len(PROPERTIES)]
        self.compared[name] += 1
        self._find([f"property {name}: {row}" for row in differences(name, specimen)], number, specimen)

    def _find(self, kinds: list[str], number: int, specimen: Specimen) -> None:
        span, place = specimen.span, (specimen.decades, number)
        self.findings.update((kind, span) for kind in kinds)
        self.faulty.update((word, span) for word in {kind.split()[0] for kind in kinds})
        self.first.update({kind: min(self.first.get(kind, place), place) for kind in kinds})

    def join(self, other: "Tally") -> None:
        """Add another's counts."""
        for each in fields(self):
            if each.name != "first":  # counters add, and a dictionary takes the later
                getattr(self, each.name).update(getattr(other, each.name))
        for kind, found in other.first.items():
            self.first[kind] = min(self.first.get(kind, found), found)

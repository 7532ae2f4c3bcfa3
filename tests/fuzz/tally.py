"""What a run of the fuzzer adds up to."""

from collections import Counter
from dataclasses import dataclass, field

from tests.fuzz.drawing import Counts
from tests.fuzz.specimen import TRUSTED, Specimen
from tests.fuzz.verdicts import Outcome


@dataclass
class Tally(Counts):
    """Counts, by class of weight spans where a span is named.

    Attributes
    ----------
    graphs : by span
    refusals : of the constructor, by message
    judged, abstained : rows with a verdict, and rows that float64 cannot judge, by bound and span
    refuted, missed : mutants that the checker refutes, and those that it does not although plainly false, likewise
    compared : pairs of tables, by property
    findings, faulty : graphs, by kind and span, and by the kind's first word and span
    first : of each kind, and of each mutant that is missed within the trusted decades, the batch of the first graph
    """

    graphs: Counter[int] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    judged: Counter[tuple[str, int]] = field(default_factory=Counter)
    abstained: Counter[tuple[str, int]] = field(default_factory=Counter)
    refuted: Counter[tuple[str, int]] = field(default_factory=Counter)
    missed: Counter[tuple[str, int]] = field(default_factory=Counter)
    compared: Counter[str] = field(default_factory=Counter)
    findings: Counter[tuple[str, int]] = field(default_factory=Counter)
    faulty: Counter[tuple[str, int]] = field(default_factory=Counter)

    def add(self, batch: str, specimen: Specimen, outcome: Outcome) -> None:
        """Count one graph."""
        span = specimen.span
        self.graphs[span] += 1
        if outcome.refusal is not None:
            self.refusals[outcome.refusal] += 1
        for name in ("judged", "abstained", "refuted", "missed"):
            getattr(self, name).update((bound, span) for bound in getattr(outcome, name))
        if span <= TRUSTED:  # beyond, fifty digits decide
            self.first = {f"missed {bound}": batch for bound in outcome.missed} | self.first
        self._find(outcome.findings, batch, span)

    def compare(self, batch: str, name: str, specimen: Specimen, rows: list[str]) -> None:
        """Count the rows that differ by a property."""
        self.compared[name] += 1
        self._find([f"property {name}: {row}" for row in rows], batch, specimen.span)

    def _find(self, kinds: list[str], batch: str, span: int) -> None:
        self.findings.update((kind, span) for kind in kinds)
        self.faulty.update((word, span) for word in {kind.split()[0] for kind in kinds})
        self.first = dict.fromkeys(kinds, batch) | self.first

"""Many changed proofs on several processes, and what was said of them."""

import json
from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

from hypothesis import Phase

from tests.fuzz.drawing import Counts, add_up, each_of
from tests.fuzz.proofs.changes import KINDS_OF_CHANGE, Case, cases, with_moved
from tests.fuzz.proofs.judging import Said, TooMuchWork, alone, faults, run
from tests.theory.proofs.verifier import verifier

BATCH = 250  # proofs
ALONE_EVERY = 100  # of these proofs, one in a process of its own
ALONE = "another answer in a process of its own"


@dataclass
class ProofTally(Counts):
    """Counts of changed proofs.

    Attributes
    ----------
    kinds, proved, faulty : proofs, those of which a line was printed, and those with a finding, by what was changed
    said : "lines" that were judged, and proofs that were checked "alone", too, in a process of its own
    findings : by kind
    first : of each kind the first pair of files
    """

    kinds: Counter[str] = field(default_factory=Counter)
    proved: Counter[str] = field(default_factory=Counter)
    faulty: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)
    findings: Counter[str] = field(default_factory=Counter)


def run_proofs(start: int, proofs: int, jobs: int) -> ProofTally:
    """Try so many changed proofs, of a seed."""
    return add_up(tried, ProofTally(), start, proofs, BATCH, jobs)


def tried(
    of: str, examples: int, program: ModuleType = verifier, kinds: tuple[str, ...] = KINDS_OF_CHANGE
) -> ProofTally:
    """Judge so many examples of a seed."""
    tally = ProofTally()
    with TemporaryDirectory() as folder:
        trial = Trial(Path(folder), program, tally)
        each_of(cases(kinds), trial.judge, of, examples, Phase.generate)
    return tally


@dataclass
class Trial:
    """Files in a folder, a program that is run on them, and what it says of them all."""

    folder: Path
    program: ModuleType
    tally: ProofTally

    def judge(self, case: Case) -> None:
        """Count what is said of a case, and of the case with its numbers shaved."""
        number = self.tally.kinds.total()
        self.tally.kinds[case.kind] += 1
        graph, proof = self.folder / "graph.npz", self.folder / "proof.json"
        graph.write_bytes(case.graph)
        proof.write_bytes(case.proof)
        try:
            said = run(graph, proof, self.program)
            if case.shaved and said.lines:
                said = self._shaved(case, said)
            found = faults(said, case.graph)
            if number % ALONE_EVERY == 0 and self.program is verifier:
                self.tally.said["alone"] += 1
                found += [ALONE] if alone(graph, proof) != said else []
        except TooMuchWork:
            said, found = Said((), None), ["too much work"]
        except Exception as error:
            said, found = Said((), None), [f"crash {type(error).__name__}"]
        self.tally.proved[case.kind] += bool(said.lines)
        self.tally.faulty[case.kind] += bool(found)
        self.tally.said["lines"] += len(said.lines)
        self.tally.findings.update(found)
        for kind in found:
            self.tally.first.setdefault(kind, (graph.read_bytes(), proof.read_bytes()))

    def _shaved(self, case: Case, said: Said) -> Said:
        """What is said where each number in turn is as low, or as high, as the program is found to take it."""
        graph, proof, record = self.folder / "graph.npz", self.folder / "proof.json", case.record
        for path in case.shaved:
            upwards = path in (("at_least",), ("penalty",)) or (path[0], path[-1]) == ("moments", 0)
            step = Fraction(1 if upwards else -1, 8)
            for _ in range(case.tries):
                shaved = with_moved(record, path, step)
                proof.write_text(json.dumps(shaved), encoding="utf-8")
                answer = run(graph, proof, self.program)
                said, record, step = (answer, shaved, step) if answer.lines else (said, record, step / 2)
        proof.write_text(json.dumps(record), encoding="utf-8")
        return said

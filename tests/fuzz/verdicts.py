"""What `check_bounds` makes of a specimen: verdicts, and all that should never happen."""

import math
import re
import traceback
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from pairbounds import BOUNDS, Bound, PairGraph, check_bounds, spectrum
from pairbounds.theory.bounds import QUANTITIES, Encoder
from pairbounds.theory.bounds.check import subjects_of
from pairbounds.theory.graph.pair_graph import SMALLEST
from tests.fuzz import mutants
from tests.fuzz.specimen import Specimen

NUMERICAL = "not applicable: float64"  # how the note of a row begins that float64 cannot judge
RESOLVED = 1e-6  # a mutant is plainly false where it fails by more than this, relative to what its sides are made of


@dataclass
class Outcome:
    """What one specimen showed.

    Attributes
    ----------
    judged, abstained : asserted bounds that have a verdict, and those that float64 cannot judge here
    refuted, missed : mutants that the checker refutes, and those that it does not although they are plainly false
    refusal : what the constructor said, if it refused the weights or labels
    findings : kinds of what should never happen
    """

    judged: list[str] = field(default_factory=list)
    abstained: list[str] = field(default_factory=list)
    refuted: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    refusal: str | None = None
    findings: list[str] = field(default_factory=list)


def judge(specimen: Specimen) -> Outcome:
    """Try a specimen; with the mutants too, where they are registered."""
    outcome = Outcome()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            graph = specimen.graph()
        except ValueError as error:
            outcome.refusal = _without_numbers(str(error))
        except Exception as error:
            outcome.findings.append(_crash(error))
        else:
            _check(specimen, graph, outcome)
    outcome.findings += sorted({_warning(each) for each in caught})
    return outcome


def findings(specimen: Specimen) -> list[str]:
    """Kinds of what should never happen: "violated ...", "crash ...", "warning ..."."""
    return judge(specimen).findings


def _check(specimen: Specimen, graph: PairGraph, outcome: Outcome) -> None:
    try:
        table = check_bounds(graph, specimen.k, **specimen.arguments)
    except Exception as error:
        outcome.findings.append(_crash(error))
        return
    asserted = table[[mutants.is_asserted(BOUNDS[name]) for name in table["bound"]]]
    is_mutant = asserted["bound"].str.startswith(mutants.PREFIX)
    rows = asserted[~is_mutant]
    applies = rows["applicable"]
    abstains = rows["note"].str.startswith(NUMERICAL)
    outcome.judged, outcome.abstained = rows.loc[applies, "bound"].tolist(), rows.loc[abstains, "bound"].tolist()
    outcome.findings += [f"violated {name}" for name in rows.loc[applies & ~rows["holds"], "bound"]]
    for row in asserted[is_mutant].itertuples():
        if row.applicable and not row.holds:
            outcome.refuted.append(row.bound)
        elif _is_plainly_false(row, specimen, graph):
            outcome.missed.append(row.bound)


def _is_plainly_false(row: Any, specimen: Specimen, graph: PairGraph) -> bool:
    """Whether plain float64 says that a claim fails, by more than any rounding could explain."""
    if not row.applicable and not row.note.startswith(NUMERICAL):
        return False
    if math.isfinite(row.measured) and not _excess(row.relation, row.measured, row.value) > 0:
        return False
    claim = BOUNDS[row.bound]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            triplets = spectrum(graph, min(specimen.k + 1, *graph.joint.shape)).leading(specimen.k + 1)
            encoder = subjects_of(graph, triplets, specimen.k, **specimen.arguments)[claim.subject]
            measured, value = QUANTITIES[claim.quantity].measure(encoder), claim(graph, triplets, specimen.k, encoder)
            scale, doubt = _scale(claim, encoder), QUANTITIES[claim.quantity].doubt(encoder)
        except (ArithmeticError, ValueError):  # plain float64 says nothing, either
            return False
    # Nodes that tie by round-off may be errors or not: means of classes that are nearer than theirs tell nothing.
    # Nor do differences below the smallest normal number, which is all the round-off that products of features have.
    resolved = RESOLVED * max(scale, abs(measured), abs(value)) + doubt + SMALLEST
    return math.isfinite(resolved) and _excess(claim.relation, measured, value) > resolved


def _excess(relation: str, measured: float, value: float) -> float:
    """By how much a claim fails."""
    return {"<=": measured - value, ">=": value - measured, "=": abs(measured - value)}[relation]


def _scale(claim: Bound, encoder: Encoder) -> float:
    """The size of what a quantity is made of; that of a variance is a mean, whatever the largest feature is."""
    if claim.quantity == "class_variance":
        return float(encoder.graph.left_marginal @ np.sum(encoder.left**2, axis=1))
    return QUANTITIES[claim.quantity].scale(encoder)


def _crash(error: Exception) -> str:
    """The kind of an exception, with the last place in our own code that it passed."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "theory" in Path(frame.filename).parts]
    place = f" in {Path(ours[-1].filename).stem}.{ours[-1].name}" if ours else ""
    return f"crash {type(error).__name__}{place}: {_without_numbers(str(error))}"


def _warning(warning: warnings.WarningMessage) -> str:
    place = Path(warning.filename).name
    return f"warning {warning.category.__name__} at {place}: {_without_numbers(str(warning.message))}"


def _without_numbers(message: str) -> str:
    """So that one fault has one name."""
    return " ".join(re.sub(r"[-+]?\d[\d.]*(e[-+]?\d+)?", "N", message).split())

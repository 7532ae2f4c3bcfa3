"""What `check_bounds` makes of a specimen: verdicts, and all that should never happen."""

import re
import traceback
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pairbounds import BOUNDS, PairGraph, check_bounds
from tests.fuzz import mutants
from tests.fuzz.specimens import Specimen

NUMERICAL = "not applicable: float64"  # how the note of a row begins that float64 cannot judge


@dataclass
class Outcome:
    """What one specimen showed.

    Attributes
    ----------
    judged, abstained : asserted bounds that have a verdict, and those that float64 cannot judge here
    tried, refuted : mutants that have a verdict, and those of them that the checker refutes
    refusal : what the constructor said, if it refused the weights or labels
    findings : kinds of what should never happen: "violated ...", "crash ...", "warning ..."
    """

    judged: list[str] = field(default_factory=list)
    abstained: list[str] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    refuted: list[str] = field(default_factory=list)
    refusal: str | None = None
    findings: list[str] = field(default_factory=list)


def judge(specimen: Specimen, false: Iterable[str] = ()) -> Outcome:
    """Try a specimen, on the bounds and on these mutants."""
    outcome = Outcome()
    with warnings.catch_warnings(record=True) as caught, mutants.registered(false):
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


def _check(specimen: Specimen, graph: PairGraph, outcome: Outcome) -> None:
    try:
        table = check_bounds(graph, specimen.k, **specimen.arguments)
    except Exception as error:
        outcome.findings.append(_crash(error))
        return
    asserted = table[[mutants.is_asserted(BOUNDS[name]) for name in table["bound"]]]
    is_mutant = asserted["bound"].str.startswith(mutants.PREFIX)
    false, rows = asserted[is_mutant & asserted["applicable"]], asserted[~is_mutant]
    applies, abstains = rows["applicable"], rows["note"].str.startswith(NUMERICAL)
    outcome.judged, outcome.abstained = rows.loc[applies, "bound"].tolist(), rows.loc[abstains, "bound"].tolist()
    outcome.tried, outcome.refuted = false["bound"].tolist(), false.loc[~false["holds"].astype(bool), "bound"].tolist()
    outcome.findings += [f"violated {name}" for name in rows.loc[applies & ~rows["holds"], "bound"]]


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

"""What a bound is, and the register that every table, test and search reads."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

from theory.bounds.quantities import QUANTITIES, Encoder
from theory.graph import PairGraph
from theory.spectra import Spectrum

Status = Literal["exact", "restated", "rate", "conjecture"]
Relation = Literal["<=", ">=", "="]
Subject = Literal["optimum", "encoder"]


@dataclass(frozen=True)
class Bound:
    """A claim of the form *measured quantity* <= (or >=, or =) *value*.

    Attributes
    ----------
    name : how tables and the command line call it
    quantity : what it bounds, a key of `QUANTITIES`
    status : "exact" (may never be violated), "restated" (from the literature), "rate" (never asserted as an
        inequality), "conjecture" (nobody knows)
    relation : of the measured quantity to the value: "<=", ">=" or "="
    subject : "optimum", a claim about the top-k embedding, or "encoder", a claim about every embedding
    statement : the first line of the docstring
    evaluate : the function that was decorated
    """

    name: str
    quantity: str
    status: Status
    relation: Relation
    subject: Subject
    statement: str
    evaluate: Callable[..., float]

    def __call__(self, graph: PairGraph, spectrum: Spectrum, k: int, encoder: Encoder | None = None) -> float:
        """The value on a graph; `spectrum` holds at least k + 1 triplets.

        Raises
        ------
        HypothesisError
            A hypothesis fails.
        ValueError
            A claim about encoders was given none.
        """
        if self.subject == "optimum":
            return float(self.evaluate(graph, spectrum, k))
        if encoder is None:
            raise ValueError(f"bound {self.name!r} is about encoders: give one")
        return float(self.evaluate(graph, spectrum, k, encoder))


BOUNDS: dict[str, Bound] = {}


def bound(
    name: str,
    *,
    quantity: str,
    status: Status,
    relation: Relation = "<=",
    subject: Subject = "optimum",
) -> Callable[[Callable[..., float]], Bound]:
    """Register a function `(graph, spectrum, k) -> float` as a bound; it then appears wherever bounds do.

    With `subject="encoder"` the function also takes the `Encoder` it is about. `spectrum` holds at least
    k + 1 triplets; use `spectrum.upper_values` for the singular values that make a bound larger.

    Raises
    ------
    ValueError
        An unknown quantity, status, relation or subject; a name that is taken.

    Examples
    --------
    >>> from theory import bound, induced_labelling_error
    >>> @bound("no-factor-two", quantity="probe_error", status="conjecture")
    ... def no_factor_two(graph, spectrum, k):
    ...     "Is `E(f*) <= α_T / (1 - σ²_{k+1})`?"
    ...     return induced_labelling_error(graph) / (1 - spectrum.upper_values[k] ** 2)
    >>> no_factor_two.statement
    'Is `E(f*) <= α_T / (1 - σ²_{k+1})`?'
    >>> from theory import BOUNDS
    >>> del BOUNDS["no-factor-two"]
    """
    choices: dict[str, tuple[str, Any]] = {
        "quantity": (quantity, tuple(QUANTITIES)),
        "status": (status, get_args(Status)),
        "relation": (relation, get_args(Relation)),
        "subject": (subject, get_args(Subject)),
    }
    for what, (given, allowed) in choices.items():
        if given not in allowed:
            raise ValueError(f"{what}={given!r} of bound {name!r} is none of {', '.join(allowed)}")
    if name in BOUNDS:
        raise ValueError(f"a bound named {name!r} is registered already: choose another name")

    def register(function: Callable[..., float]) -> Bound:
        statement = (function.__doc__ or "").strip().split("\n", 1)[0]
        BOUNDS[name] = Bound(name, quantity, status, relation, subject, statement, function)
        return BOUNDS[name]

    return register

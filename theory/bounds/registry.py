"""Register of bounds, for tables, tests and searches."""

import inspect
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, get_args

from pairbounds.infrastructure.checks import HypothesisError, find_named, require_named
from pairbounds.infrastructure.users_code import Register, as_number, foreign_code, is_foreign
from pairbounds.theory.graph.pair_graph import LabelledGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.spectrum.triplets import enough_triplets

if TYPE_CHECKING:
    from pairbounds.theory.bounds.measured import Encoder

Status = Literal["exact", "restated", "rate", "conjecture"]
Relation = Literal["<=", ">=", "="]
Subject = Literal["optimum", "encoder", "penalised optimum", "penalised encoder", "critic"]

# Argument of `check_bounds` that a subject needs beyond a graph and a width
NEEDED: dict[str, str] = {"penalised optimum": "penalty", "penalised encoder": "penalty", "critic": "critic"}


@dataclass(frozen=True)
class Bound:
    """Claim of the form *measured quantity* <= (or >=, or =) *value*.

    Attributes
    ----------
    name : its name in tables and on the command line
    quantity : the bounded quantity, a key of `QUANTITIES`
    status : "exact" (may never be violated), "restated" (from the literature), "rate" (never asserted as an
        inequality), "conjecture" (unproved)
    relation : of the measured quantity to the value: "<=", ">=" or "="
    subject : "optimum", a claim about the top-k embedding; "encoder", about every embedding; "penalised optimum" and
        "penalised encoder", about the minimiser of the penalised spectral loss and every embedding, at `encoder.
        penalty`; "critic", about every critic `s(x, l) = f(x)ᵀ g(l)`
    statement, remarks : the first line of the docstring, and the rest of it
    evaluate : the decorated function
    corollary_of : the bound of the same cost that is never weaker; if on a squared error, twice it is never weaker
    through : True if it also holds through features, evaluated on a `GraphThroughFeatures` (theorem 42)
    kept : reason to keep the row: "published", "less information: " than a sharper row needs, or "sharper" on some
        graphs; `None` for a user's bound
    """

    name: str
    quantity: str
    status: Status
    relation: Relation
    subject: Subject
    statement: str
    remarks: str
    evaluate: Callable[..., float]
    corollary_of: str | None = None
    kept: str | None = None
    through: bool = False

    @property
    def foreign(self) -> bool:
        """True for a user's bound, False for one of the ledger."""
        return is_foreign(self.evaluate)

    @property
    def theorem(self) -> int | None:
        """Number of its theorem, from its module's name; `None` for a user's bound."""
        match = re.fullmatch(r"theorem(\d+)[a-z]?_.*", self.evaluate.__module__.rpartition(".")[2])
        return None if match is None or self.foreign else int(match[1])

    @property
    def of_encoder(self) -> bool:
        """True if it depends on an encoder or a critic, and not only on pairs."""
        return not self.subject.endswith("optimum")

    def __call__(
        self,
        graph: LabelledGraph,
        spectrum: Spectrum,
        k: int,
        encoder: "Encoder | None" = None,
        *,
        order: int | None = None,
    ) -> float:
        """Value on a graph, from `spectrum(graph, k + 1)` or more, for the optimum or a given encoder.

        `order` is passed to functions with this argument.

        `HypothesisError`: a hypothesis fails. `ValueError`: k out of range, too few triplets. `ForeignCodeError`: a
        user's function raised another exception, or did not return a number.
        """
        top = enough_triplets(graph, spectrum, k)
        arguments: dict[str, Any] = {"graph": graph, "spectrum": top, "k": k}
        if self.subject != "optimum" and not graph.is_linear:
            from pairbounds.theory.bounds.measured import Encoder  # theorems on pairs alone do not need it

            subject = encoder or Encoder.optimum(graph.pair_graph, top, k)
            if NEEDED.get(self.subject) == "penalty" and subject.penalty is None:
                raise ValueError(f"bound {self.name!r} is about a penalised loss: give an encoder with a penalty")
            arguments["encoder"] = subject
        options = {"order": order} if order is not None and self.takes_order else {}
        if not self.foreign:
            needed = self._parameters & arguments.keys()
            return float(self.evaluate(**{name: arguments[name] for name in needed}, **options))
        with foreign_code(f"bound {self.name!r}", self.evaluate, HypothesisError):
            return as_number(self.evaluate(*arguments.values(), **options))

    @property
    def takes_order(self) -> bool:
        """True if its function has an argument `order`."""
        return "order" in self._parameters

    @cached_property
    def _parameters(self) -> frozenset[str]:
        try:
            return frozenset(inspect.signature(self.evaluate).parameters)
        except (TypeError, ValueError):  # compiled code that has no signature
            return frozenset()


BOUNDS: Register[Bound] = Register(
    "bound", source=lambda claim: claim.evaluate, load=lambda: import_module("pairbounds.theory.bounds.theorems")
)


def bound(
    name: str,
    *,
    quantity: str,
    status: Status,
    relation: Relation = "<=",
    subject: Subject = "optimum",
    corollary_of: str | None = None,
    kept: str | None = None,
    through: bool = False,
) -> Callable[[Callable[..., float]], Bound]:
    """Register a function `(graph, spectrum, k) -> float` as a bound for all tables, checks and searches.

    For subjects other than "optimum" the function also takes an `Encoder`. `spectrum` holds k + 1 triplets. An argument
    `order` gets that of `check_bounds`, if given. A function of this package names only the arguments that it needs.
    Round outward, or round-off will refute the claim: divide by the gap with `over_gap`, and use
    `spectrum.upper_values` for singular values that increase the bound. A bound with `corollary_of` is listed after
    that bound in tables and in the ledger.

    Raises
    ------
    ValueError : an unknown quantity, status, relation or subject; a name that is not text, or that another function
        has; not a function. A function is replaced if its file or notebook cell runs again.

    Examples
    --------
    >>> from pairbounds import bound, induced_labelling_error, over_gap
    >>> @bound("no-factor-two", quantity="probe_error", status="conjecture")
    ... def no_factor_two(graph, spectrum, k):
    ...     "Is `E(f*) <= α_T / (1 - σ²_{k+1})`?"
    ...     return over_gap(induced_labelling_error(graph), spectrum, k)
    >>> no_factor_two.statement
    'Is `E(f*) <= α_T / (1 - σ²_{k+1})`?'
    >>> from pairbounds import BOUNDS
    >>> del BOUNDS["no-factor-two"]
    """
    for what, value, allowed in (
        ("status", status, get_args(Status)),
        ("relation", relation, get_args(Relation)),
        ("subject", subject, get_args(Subject)),
    ):
        require_named(f"bound {name!r}: {what}", str(value), allowed)

    def entry(function: Callable[..., float]) -> Bound:
        if is_foreign(function):
            from pairbounds.theory.bounds.theorems import QUANTITIES

            require_named(f"bound {name!r}: quantity", str(quantity), QUANTITIES)
        statement, _, remarks = inspect.cleandoc(function.__doc__ or "").partition("\n")
        texts = (statement, remarks.strip())
        return Bound(name, quantity, status, relation, subject, *texts, function, corollary_of, kept, through)

    return BOUNDS.registering(name, entry)


exact = partial(bound, status="exact")  # decorator of proved bounds


def names_of(bounds: "str | Bound | Iterable[str | Bound]") -> list[str]:
    """Names of a bound or several, each given by name or as a `Bound`."""
    items: list[Any] = list(bounds) if isinstance(bounds, Iterable) and not isinstance(bounds, str) else [bounds]
    for item in items:
        if not isinstance(item, str | Bound):
            raise ValueError(f"bounds={item!r} is not the name of a bound: the names are in pairbounds.BOUNDS")
    return [item if isinstance(item, str) else item.name for item in items]


def named(name: str) -> Bound:
    """Registered bound of this name; `ValueError` with a list of names for an unknown name."""
    return find_named("bound", name, dict(sorted(BOUNDS.items())))

"""The ledger as a table, and the sharpest graph known for each bound, drawn."""

import re
from collections.abc import Iterator
from types import ModuleType
from typing import NamedTuple

from markupsafe import Markup, escape

from pairbounds.figures.report.contents import Table
from pairbounds.figures.report.prose import inline
from pairbounds.theory.attack.records import ANYWHERE, MATTERS, RATINGS, Record
from pairbounds.theory.attack.sharpness import SHARPEST, read_sharpness
from pairbounds.theory.bounds import BOUNDS, STATEMENTS, THEOREMS, Bound
from pairbounds.theory.graph.drawing import graph_picture, is_small
from pairbounds.theory.ledger.page import title_and_text

UNBOUNDED = "rate"  # a status: nothing is asserted, so that no graph is the sharpest


class Sharpest(NamedTuple):
    """The graph on which a bound comes nearest to equality.

    Attributes
    ----------
    claim, theorem : the bound, and the title of its theorem
    sentence : the size of the graph, and what is measured there
    picture : the graph as SVG; empty where it is too large to be drawn, or none is known
    """

    claim: Bound
    theorem: str
    sentence: str
    picture: Markup


def sharpest(claim: Bound) -> Sharpest:
    """The sharpest graph that is stored for a bound; it takes up to a second to hold the bound against it anew."""
    record, theorem = Record.load(claim, ANYWHERE, SHARPEST), title_and_text(_module(claim))[0]
    if record.witness is None:
        return Sharpest(claim, theorem, "No graph is known on which it says something.", Markup())
    graph, k = record.witness.graph, record.witness.k
    sentence = (
        f"The sharpest graph that is known has {graph.n_left} left and {graph.n_right} right nodes, at `k = {k}`: "
        f"`{claim.quantity}` is {record.measured:.6g}, and the bound is {record.value:.6g}."
    )
    if not is_small(graph):
        return Sharpest(claim, theorem, f"{sentence} It is too large to be drawn.", Markup())
    return Sharpest(claim, theorem, sentence, Markup(graph_picture(graph, graph.joint.toarray())))


def all_sharpest() -> Iterator[Sharpest]:
    """The sharpest graph of each bound for which one is sought, in the order of the ledger."""
    yield from (sharpest(claim) for claim in BOUNDS.values() if claim.status != UNBOUNDED)


def anchor(claim: Bound) -> str:
    """The anchor of a bound's sharpest graph in a report."""
    return f"sharpest-{claim.name}"


def ledger() -> Table:
    """Every bound: what it states, and the largest ratio of what is measured to it."""
    ratios = {(row["bound"], row["where"]): row["ratio"] for row in read_sharpness(SHARPEST).to_dict("records")}
    columns = ["theorem", "bound", "states", "measured quantity", "status", *(f"sharpest {where}" for where in RATINGS)]
    rows = [
        (
            _number(claim),
            _linked(claim),
            inline(claim.statement),
            claim.quantity.replace("_", " "),
            claim.status,
            *(ratios.get((claim.name, where)) for where in (ANYWHERE, MATTERS)),
        )
        for claim in BOUNDS.values()
    ]
    return Table("The ledger of bounds", columns, rows)


def statements() -> Table:
    """The statements that bound no quantity of one graph."""
    rows = [(one.name, inline(one.statement), one.status, one.place, one.tested_in) for one in STATEMENTS.values()]
    return Table(
        "Statements that bound no quantity of one graph", ["name", "states", "status", "computed by", "tested in"], rows
    )


def _module(claim: Bound) -> ModuleType:
    return next(module for module in THEOREMS if module.__name__ == claim.evaluate.__module__)


def _number(claim: Bound) -> int | None:
    """The number of its theorem, from the name of its module."""
    found = re.search(r"theorem(\d+)_", claim.evaluate.__module__)
    return None if found is None else int(found[1])


def _linked(claim: Bound) -> Markup:
    name = escape(claim.name)
    return name if claim.status == UNBOUNDED else Markup('<a href="#{}">{}</a>').format(anchor(claim), name)

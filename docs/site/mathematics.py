"""A page for each theorem: what it means, states and costs, why, its sharpest graphs drawn, and the numbers on them."""

import re
from collections.abc import Iterator
from types import ModuleType

from pairbounds.theory.attack.sharpest import sharpest_graphs
from pairbounds.theory.bounds.registry import BOUNDS, Bound
from pairbounds.theory.bounds.scoring import score
from pairbounds.theory.bounds.statements import Statement
from pairbounds.theory.bounds.theorems import THEOREMS
from pairbounds.theory.graph.drawing import graph_picture, is_small
from pairbounds.theory.ledger.formal import coq_statement, foundation, machine_checked
from pairbounds.theory.ledger.ledger_page import STATUS_MEANS, title_and_text

FOLDER = "mathematics"
WORDS = "In words: "  # so begins the paragraph of a docstring that says what a theorem means
NO_GRAPH = "It speaks of no single graph and embedding, so that there is no sharpest graph to draw."


def pages() -> Iterator[tuple[str, str]]:
    """Path and Markdown of each page, and of one that lists them."""
    listed = []
    for number, modules in _by_number().items():
        title = title_and_text(modules[0])[0]
        name = f"theorem{number:02d}"
        listed.append(name)
        sections = [f"# {title}", *("\n\n".join(_section(module, alone=len(modules) == 1)) for module in modules)]
        yield f"{FOLDER}/{name}.md", "\n\n".join(sections) + "\n"
    toctree = "\n".join(listed)
    yield f"{FOLDER}/index.md", f"# The mathematics\n\n```{{toctree}}\n:maxdepth: 1\n\n{toctree}\n```\n"


def _by_number() -> dict[int, list[ModuleType]]:
    found: dict[int, list[ModuleType]] = {}
    for module in THEOREMS:
        match = re.search(r"theorem(\d+)[a-z]?_", module.__name__)
        assert match
        found.setdefault(int(match[1]), []).append(module)
    return found


def _docstring(module: ModuleType) -> tuple[str, str, str]:
    """Title, what it means in a sentence, and the rest."""
    title, text = title_and_text(module)
    words, _, rest = text.partition("\n\n")
    if not words.startswith(WORDS):
        raise ValueError(
            f"{module.__name__} does not say in words what it means: its second paragraph begins {WORDS!r}"
        )
    return title, words.removeprefix(WORDS), rest


def _section(module: ModuleType, *, alone: bool) -> Iterator[str]:
    """The text of one module; of several, each has a heading, and what it states stands below that."""
    title, words, text = _docstring(module)
    heading = "##" if alone else "###"
    if not alone:
        named = title.partition(", ")[2] or title.partition(": ")[2]
        yield f"## {named[:1].upper()}{named[1:]}"
    yield f"{{.question}}\n{words}"
    yield text
    for claim in BOUNDS.values():
        if claim.evaluate.__module__ == module.__name__:
            yield from _claim(claim, heading)
    yield from _statements(getattr(module, "STATEMENTS", ()), heading)


def _statements(statements: tuple[Statement, ...], heading: str) -> Iterator[str]:
    for one in statements:
        yield f"{heading} {one.name}"
        yield f"{one.statement}"
        yield f"Computed by `{one.place}`, tested in `{one.tested_in}`. {NO_GRAPH}"
        yield from _machine_checked(one)


def _machine_checked(one: Bound | Statement) -> Iterator[str]:
    if (formal := machine_checked(one)) is not None:
        yield f"It is machine-checked: `theory/formal/{formal}` proves in Coq, {foundation(formal)}:"
        yield f"```text\n{coq_statement(formal)}\n```"


def _claim(claim: Bound, heading: str) -> Iterator[str]:
    yield f"{heading} {claim.name}"
    yield claim.statement
    yield f"The measured quantity is `{claim.quantity}`. Its status is {claim.status}: {STATUS_MEANS[claim.status]}."
    if claim.remarks:
        yield claim.remarks
    yield from _machine_checked(claim)
    if claim.status == "rate":
        yield "It asserts no inequality, so that no graph is the sharpest."
    else:
        yield from _sharpest(claim)


def _sharpest(claim: Bound) -> Iterator[str]:
    """The graph on which it comes nearest to equality, and what is measured there."""
    sides = sharpest_graphs().get(claim.name)
    if sides is None:
        yield "No graph is known on which it says something."
        return
    found, (graph, k, *_) = score(claim, *sides), sides
    yield (
        f"The sharpest graph that is known has {graph.n_left} left and {graph.n_right} right nodes, at `k = {k}`: "
        f"`{claim.quantity}` is {found.measured:.6g}, and the bound is {found.value:.6g}."
        + ("" if is_small(graph) else " It is too large to be drawn.")
    )
    if is_small(graph):
        picture = graph_picture(graph, graph.joint.toarray())
        yield "\n".join(line for line in picture.splitlines() if line.strip())

"""Uses between theorems, from the lists on their pages and from the Coq proofs."""

import csv
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import networkx as nx

from pairbounds.theory.bounds.registry import BOUNDS
from pairbounds.theory.bounds.theorems import STATEMENTS
from pairbounds.theory.ledger.formal import machine_checked

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "theorems"
FORMAL = ROOT / "theory" / "formal" / "uses.csv"  # written by `make formal`
LINK = re.compile(r"\(theorem(\d\d)\.md")
Constant = tuple[str, str]  # file without .v, and name


@cache
def texts() -> dict[int, str]:
    """Source text of each theorem's page by number."""
    return {int(path.stem[-2:]): path.read_text(encoding="utf-8") for path in sorted(PAGES.glob("theorem??.md"))}


def titles() -> dict[int, str]:
    """Title of each page, without `Theorem N: `."""
    return {number: text.partition("\n")[0].partition(": ")[2] for number, text in texts().items()}


def uses_of_pages() -> nx.DiGraph:
    """Theorems with a page, and an edge to each theorem listed in *Uses*.

    `ValueError`: circular uses.
    """
    graph: nx.DiGraph = nx.DiGraph()
    graph.add_nodes_from(texts())
    for number, text in texts().items():
        section = text.partition("\n## Uses\n")[2].partition("\n## ")[0]
        graph.add_edges_from((number, int(used)) for used in LINK.findall(section))
    if not nx.is_directed_acyclic_graph(graph):
        circle = " -> ".join(str(number) for number, _ in nx.find_cycle(graph))
        raise ValueError(f"docs/theorems: *Uses* of theorems {circle} is circular. Remove one of the uses.")
    return graph


@cache
def uses_of_constants(path: Path = FORMAL) -> nx.DiGraph:
    """Lemmas and theorems of `theory/formal`, with an edge to each constant in the proof."""
    graph: nx.DiGraph = nx.DiGraph()
    with path.open(encoding="utf-8") as lines:
        next(lines)  # the digest
        for row in csv.DictReader(lines):
            constant = row["file"], row["constant"]
            graph.add_node(constant)
            names = (used.rpartition(".") for used in row["uses"].split())
            graph.add_edges_from((constant, (file or row["file"], name)) for file, _, name in names)
    return graph


@cache
def stated() -> dict[Constant, int]:
    """Rows with a Coq proof, with the numbers of their theorems."""
    rows = (machine_checked(row) for row in (*BOUNDS.values(), *STATEMENTS.values()))
    parts = [row.partition(".v:") for row in rows if row is not None]
    return {(file, name): int(file.removeprefix("theorem")[:2]) for file, _, name in parts}


def used_by(number: int) -> set[Constant]:
    """Lemmas in the proofs of a theorem, and rows of other theorems, at which the search stops."""
    rows = stated()
    proofs = nx.subgraph_view(uses_of_constants(), filter_edge=lambda user, _: rows.get(user, number) == number)
    starts = {row for row in rows if rows[row] == number}
    return {used for row in starts for used in nx.descendants(proofs, row)} - starts


def uses_of_proofs() -> nx.DiGraph:
    """Theorems with Coq proofs, and an edge to each theorem whose rows they use."""
    graph, rows = nx.DiGraph(), stated()
    graph.add_nodes_from(rows.values())
    for number in list(graph):
        graph.add_edges_from((number, rows[used]) for used in used_by(number) if used in rows)
    return graph


def by_file(constants: Iterable[Constant]) -> dict[str, list[str]]:
    """Names of constants by file."""
    names: dict[str, list[str]] = {}
    for file, name in sorted(constants):
        names.setdefault(file, []).append(name)
    return names

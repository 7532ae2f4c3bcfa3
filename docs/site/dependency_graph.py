"""The graph of theorems as SVG: who uses whom, and how each row is known.

Rows from top to bottom, each theorem below those that it uses. All long edges from one theorem share a line through the
rows, so that no edge crosses a node.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import fmean

import jinja2
import networkx as nx

from pairbounds.infrastructure.palette import BLUE, GREEN, INK, ORANGE, PURPLE

TEMPLATE = Path(__file__).with_name("theorems.svg.jinja")
WIDTH, NODE, HEIGHT, ROW, LINE = 760, 84, 44, 82, 9  # pixels; of a node, from row to row, and for a passing line
TOP = 10  # pixels above the first row
PER_ROW = 8  # nodes
SWEEPS = 24
LETTERS = 15  # of the label in a node
KINDS = {"machine-checked": GREEN, "proved on paper": BLUE, "restated": ORANGE, "rate": PURPLE}
Item = tuple[int, int]  # theorem and row: the theorem itself in its row, or the line from it in a row below


def svg(
    uses: nx.DiGraph,
    kinds: Mapping[int, list[str]],
    labels: Mapping[int, str],
    titles: Mapping[int, str],
    dashed: Callable[[int, int], bool],
) -> str:
    """The graph as SVG.

    Parameters
    ----------
    uses : an edge from each theorem to those that it uses
    kinds : kind of each of its rows, keys of `KINDS`
    labels, titles : short text of each node, and the text that appears over it
    dashed : tells if the edge from a theorem to one that it uses is drawn so
    """
    rows = _rows(uses)
    lines = sorted({(used, row) for user, used in uses.edges for row in range(rows[used] + 1, rows[user])})
    steps = [((used, row - 1), (used, row)) for used, row in lines]
    ends = [((used, rows[user] - 1), (user, rows[user])) for user, used in sorted(uses.edges)]
    at = _arranged(dict.fromkeys(rows.items(), NODE) | dict.fromkeys(lines, LINE), steps + ends)
    edges = [(f"from{it[0]}", _path(at, above, it, goes_on=True), False) for above, it in steps]
    edges += [
        (f"from{used[0]} to{it[0]}", _path(at, used, it, goes_on=False), dashed(it[0], used[0])) for used, it in ends
    ]
    most = {number: max(KINDS, key=kinds[number].count) for number in rows}
    nodes = [(number, at[number, row], TOP + ROW * row, KINDS[most[number]]) for number, row in rows.items()]
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    size = {"width": WIDTH, "height": ROW * (max(rows.values()) + 1) + 46, "node_width": NODE, "node_height": HEIGHT}
    texts = {"kinds": kinds, "labels": labels, "titles": titles, "colours": KINDS, "ink": INK, "letters": LETTERS}
    return template.render(nodes=nodes, edges=edges, **size, **texts).strip()


def _rows(uses: nx.DiGraph) -> dict[int, int]:
    """Row of each theorem, below those that it uses; what neither uses nor is used comes last."""
    rows: dict[int, int] = {}
    order = [*nx.lexicographical_topological_sort(uses.reverse())]
    for number in sorted(order, key=lambda it: uses.degree(it) == 0):
        row = max((rows[used] + 1 for used in uses.successors(number)), default=0)
        if uses.degree(number) == 0:
            row = max(rows.values(), default=0)
        while [*rows.values()].count(row) >= PER_ROW:
            row += 1
        rows[number] = row
    return rows


def _arranged(widths: Mapping[Item, int], links: list[tuple[Item, Item]]) -> dict[Item, float]:
    """Place of each item in its row, so that links are short: means of neighbours above and below, in turns."""
    near: dict[bool, dict[Item, list[Item]]] = {down: {item: [] for item in widths} for down in (True, False)}
    for above, below in links:
        near[True][below].append(above)
        near[False][above].append(below)
    by_row = {row: [item for item in widths if item[1] == row] for row in sorted({row for _, row in widths})}
    at = {item: x for row in by_row.values() for item, x in _packed(row, widths).items()}
    best, shortest = at, float("inf")
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        for row in sorted(by_row, reverse=not down):
            target = {it: fmean([at[other] for other in near[down][it]] or [at[it]]) for it in by_row[row]}
            at = at | _packed(sorted(by_row[row], key=lambda it: (target[it], it)), widths)
        length = sum((at[above] - at[below]) ** 2 for above, below in links)
        if length < shortest:
            best, shortest = at, length
    return best


def _packed(row: list[Item], widths: Mapping[Item, int]) -> dict[Item, float]:
    """Centres of a row's items, spread over the width in their order."""
    gap, x, centres = (WIDTH - sum(widths[item] for item in row)) / (len(row) + 1), 0.0, {}
    for item in row:
        centres[item] = x + gap + widths[item] / 2
        x += gap + widths[item]
    return centres


def _path(at: Mapping[Item, float], above: Item, below: Item, *, goes_on: bool) -> str:
    """A curve from an item to one in the next row, and through that row if it is a line that goes on."""
    start, end = TOP + above[1] * ROW + HEIGHT, TOP + below[1] * ROW
    middle = (start + end) / 2
    curve = f"M{at[above]:.1f},{start}C{at[above]:.1f},{middle} {at[below]:.1f},{middle} {at[below]:.1f},{end}"
    return f"{curve}V{end + HEIGHT}" if goes_on else curve

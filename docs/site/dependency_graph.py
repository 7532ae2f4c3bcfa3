"""Graph of the uses between theorems as SVG, with the kind of evidence for each row.

Each theorem is below the theorems that it uses. Long edges from the same theorem share a line through the rows, so
edges do not cross nodes.
"""

from collections.abc import Callable, Mapping
from statistics import fmean

import networkx as nx
from pair_drawing import TEMPLATES

from pairbounds.infrastructure.pictures import BLUE, GREEN, INK, ORANGE, PURPLE

WIDTH, NODE, HEIGHT, ROW, LINE = 760, 84, 44, 82, 9  # pixels: page, node, node, between rows, passing line
TOP = 10  # pixels above the first row
PER_ROW = 8  # nodes
SWEEPS = 24
LETTERS = 15  # of the label of a node
KINDS = {"machine-checked": GREEN, "proved on paper": BLUE, "restated": ORANGE, "rate": PURPLE}
Item = tuple[int, int]  # theorem and row: the node in its own row, or its line in a row below


def svg(
    uses: nx.DiGraph,
    kinds: Mapping[int, list[str]],
    labels: Mapping[int, str],
    titles: Mapping[int, str],
    dashed: Callable[[int, int], bool],
) -> str:
    """Graph as SVG.

    Parameters
    ----------
    uses : edges from each theorem to the theorems that it uses
    kinds : kinds of its rows, keys of `KINDS`
    labels, titles : short text of each node, and its tooltip
    dashed : true if the edge from a theorem to one that it uses is dashed
    """
    rows = _rows(uses)
    layers = nx.DiGraph()
    layers.add_nodes_from(rows.items(), width=NODE)
    for user, used in sorted(uses.edges):
        line = [(used, row) for row in range(rows[used], rows[user])]
        nx.add_path(layers, [*line, (user, rows[user])])
    centres = _arranged(layers)
    edges = []
    for above, below in layers.edges:
        (used, _), (user, row) = above, below
        path = _path(centres, above, below)
        if rows[user] == row:
            edges.append((f"from{used} to{user}", path, dashed(user, used)))
        else:  # the line goes on through this row
            edges.append((f"from{used}", f"{path}V{TOP + row * ROW + HEIGHT}", False))
    commonest = {number: max(KINDS, key=kinds[number].count) for number in rows}
    nodes = [(number, centres[number, row], TOP + ROW * row, KINDS[commonest[number]]) for number, row in rows.items()]
    size = {"width": WIDTH, "height": ROW * (max(rows.values()) + 1) + 46, "node_width": NODE, "node_height": HEIGHT}
    texts = {"kinds": kinds, "labels": labels, "titles": titles, "colours": KINDS, "ink": INK, "letters": LETTERS}
    template = TEMPLATES.get_template("theorems.svg.jinja")
    return template.render(nodes=nodes, edges=edges, **size, **texts).strip()


def _rows(uses: nx.DiGraph) -> dict[int, int]:
    """Row of each theorem, below the theorems that it uses; isolated theorems are last."""
    rows: dict[int, int] = {}
    order = [*nx.lexicographical_topological_sort(uses.reverse())]
    for number in sorted(order, key=lambda theorem: uses.degree(theorem) == 0):
        row = max((rows[used] + 1 for used in uses.successors(number)), default=0)
        if uses.degree(number) == 0:
            row = max(rows.values(), default=0)
        while [*rows.values()].count(row) >= PER_ROW:
            row += 1
        rows[number] = row
    return rows


def _arranged(layers: nx.DiGraph) -> dict[Item, float]:
    """Horizontal positions of items for short links: means of neighbours, alternately above and below."""
    widths = dict(layers.nodes(data="width", default=LINE))
    by_row = [[item for item in widths if item[1] == row] for row in range(1 + max(row for _, row in widths))]
    centres = {item: x for row in by_row for item, x in _packed(row, widths).items()}
    best, shortest = centres, float("inf")
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        neighbours = layers.predecessors if down else layers.successors
        for row in by_row if down else reversed(by_row):
            target = {item: fmean([centres[end] for end in neighbours(item)] or [centres[item]]) for item in row}
            centres = centres | _packed(sorted(row, key=lambda item: (target[item], item)), widths)
        length = sum((centres[above] - centres[below]) ** 2 for above, below in layers.edges)
        if length < shortest:
            best, shortest = centres, length
    return best


def _packed(row: list[Item], widths: Mapping[Item, int]) -> dict[Item, float]:
    """Centres of the items of a row, in order, spread over the width."""
    gap, x, centres = (WIDTH - sum(widths[item] for item in row)) / (len(row) + 1), 0.0, {}
    for item in row:
        centres[item] = x + gap + widths[item] / 2
        x += gap + widths[item]
    return centres


def _path(centres: Mapping[Item, float], above: Item, below: Item) -> str:
    """Curve from an item to one in the next row."""
    start, end = TOP + above[1] * ROW + HEIGHT, TOP + below[1] * ROW
    x, new_x, middle = centres[above], centres[below], (start + end) / 2
    return f"M{x:.1f},{start}C{x:.1f},{middle} {new_x:.1f},{middle} {new_x:.1f},{end}"

"""The rooms of the package: a room imports only from rooms above it in `ORDER`, and CONTRIBUTING draws them."""

import networkx as nx

from tests.rooms import DOORS, ORDER, RANK, ROOT, drawing, imported, modules, room


def test_a_room_imports_only_from_rooms_above_it():
    arrows = {(module, name) for module in modules().keys() - DOORS for name in imported(module) - DOORS}
    outside = {(module, name) for module, name in arrows if room(module) != room(name)}
    assert {(module, name) for module, name in outside if RANK[room(name)] >= RANK[room(module)]} == set()


def test_no_imports_are_circular():
    arrows = nx.DiGraph((module, name) for module in modules() for name in imported(module, at_once=True))
    assert [circle for circle in nx.strongly_connected_components(arrows) if len(circle) > 1] == []


def test_every_room_is_in_the_order():
    assert {room(module) for module in modules().keys() - DOORS} == set(RANK)
    assert len(RANK) == sum(map(len, ORDER))


def test_contributing_has_the_drawing():
    assert drawing() in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")

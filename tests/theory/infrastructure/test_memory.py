import resource
from contextlib import nullcontext

import pytest

from pairbounds.infrastructure import memory
from pairbounds.infrastructure.memory import LOADING, MIB, ROOM, require_room, require_room_to_load


@pytest.fixture
def limited(monkeypatch):
    """Have the address space limited to so many bytes more than are in use."""

    def limit(more):
        used = int(memory.STATM.read_text().split()[0]) * resource.getpagesize()
        monkeypatch.setattr(resource, "getrlimit", lambda _: (used + more, resource.RLIM_INFINITY))
        require_room.cache_clear()

    yield limit
    require_room.cache_clear()


def test_too_little_room_is_told_with_what_is_enough(limited):
    limited(ROOM // 2)
    with pytest.raises(MemoryError, match=r"`ulimit -v` allows \d+ MiB, .* takes \d+: allow \d+ MiB or more"):
        require_room()


def test_where_there_is_enough_nothing_is_said(limited):
    limited(ROOM + 64 * MIB)
    require_room()


def test_less_than_loading_takes_is_told_before_it(monkeypatch):
    for limit, told in (
        (LOADING - 1, pytest.raises(MemoryError, match="allow 2048 MiB or more")),
        (LOADING, nullcontext()),
    ):
        monkeypatch.setattr(resource, "getrlimit", lambda _, limit=limit: (limit, limit))
        with told:
            require_room_to_load()


def test_without_a_limit_nothing_is_looked_at(monkeypatch):
    monkeypatch.setattr(memory, "STATM", None)
    require_room.cache_clear()
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY
    require_room()

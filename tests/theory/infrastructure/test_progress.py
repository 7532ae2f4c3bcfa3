"""Progress in a terminal and elsewhere."""

import pytest

from pairbounds.infrastructure import progress
from pairbounds.infrastructure.progress import Bar


@pytest.fixture
def count(capsys, monkeypatch):
    """Lines that a bar of 8 writes, begun at 1, by the seconds that a step takes."""
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    monkeypatch.delenv(progress.QUIET, raising=False)

    def _count(seconds, **options):
        with Bar(desc="[red]work", unit="graphs", total=8, initial=1, **options) as bar:
            for _ in range(7):
                now[0] += seconds
                bar.update()
        return capsys.readouterr().err

    return _count


def test_long_work_writes_a_line_every_half_minute_and_short_work_none(count, monkeypatch):
    assert count(10).splitlines() == [
        "[red]work:  25% of 8 graphs, about 60 seconds left",
        "[red]work:  62% of 8 graphs, about 30 seconds left",
    ]
    assert count(0.1) == count(10, disable=True) == ""
    monkeypatch.setenv(progress.QUIET, "1")
    assert count(10) == ""


def test_a_terminal_shows_bars_and_is_left_clean(count, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    for name in ("is_interactive", "_force_terminal"):
        monkeypatch.setattr(progress._shown.console, name, True)
    with Bar(desc="outer", total=2) as outer:
        outer.reach(1)
        output = count(10)
    assert "[red]work:  25% of 8 graphs, about 60 seconds left" in output
    assert "[red]work:  88% of 8 graphs, about 10 seconds left" in output
    assert count(0.1) == ""
    assert not progress._shown.tasks


def test_a_bar_counts_the_items_that_it_passes_on():
    bar = Bar(iter("abc"), total=3)
    assert list(bar) == ["a", "b", "c"]
    assert bar.n == 3

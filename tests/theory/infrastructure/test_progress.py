"""Progress on a terminal and elsewhere."""

from pairbounds.infrastructure import progress
from pairbounds.infrastructure.progress import Bar


def test_progress_is_for_terminals_and_leaves_nothing_there(capsys, monkeypatch):
    assert list(Bar(range(3), desc="counting")) == [0, 1, 2]
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setattr("pairbounds.infrastructure.progress.BETWEEN", 0)
    assert list(Bar(iter(range(3)), desc="counting", total=6, initial=3, unit="step")) == [0, 1, 2]
    shown = capsys.readouterr().err
    assert "counting:  67% of 6 step, a second left" in shown
    assert "counting: 100% of 6 step" in shown
    assert shown.endswith(" \r")
    monkeypatch.setenv("PAIRBOUNDS_QUIET", "1")
    assert list(Bar(range(3), desc="counting")) == [0, 1, 2]
    assert capsys.readouterr().err == ""


def test_a_long_work_writes_lines_where_no_bar_is_seen(capsys, monkeypatch):
    """It takes 10 seconds a step: the first line has an estimate, and the others are half a minute apart."""
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    monkeypatch.delenv(progress.QUIET, raising=False)

    def counted(seconds, **options):
        with Bar(desc="what", unit="graphs", total=8, initial=1, **options) as bar:
            for _ in range(7):
                now[0] += seconds
                bar.update()
        return capsys.readouterr().err.splitlines()

    assert counted(10, lines=True) == [
        "what:  25% of 8 graphs, about 60 seconds left",
        "what:  62% of 8 graphs, about 30 seconds left",
    ]
    assert counted(0.1, lines=True) == counted(10) == counted(10, lines=True, disable=True) == []
    monkeypatch.setenv(progress.QUIET, "1")
    assert counted(10, lines=True) == []

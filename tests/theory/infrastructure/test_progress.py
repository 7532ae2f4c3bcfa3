"""Progress on a terminal and elsewhere."""

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

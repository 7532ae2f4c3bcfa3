"""Quicker drawing in tests: no layout of its words, no fonts embedded, few pixels."""

import pytest

from pairbounds.figures.style import SETTINGS
from pairbounds.real_data.audit.audit_figure import STYLE


def audits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw audits so."""
    _set(monkeypatch, STYLE, {"figure.constrained_layout.use": False, "pdf.fonttype": 3, "savefig.dpi": 50})


def figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw figures so. That they fit a page with their layout and fonts is tested by itself."""
    _set(monkeypatch, SETTINGS, {"figure.constrained_layout.use": False, "pdf.fonttype": 3, "savefig.dpi": 80})


def _set(monkeypatch: pytest.MonkeyPatch, style: dict, quicker: dict) -> None:
    for name, value in quicker.items():
        monkeypatch.setitem(style, name, value)

"""Quick drawing in tests: no text layout, no embedded fonts, few pixels."""

from typing import Any

import pytest

QUICKER = {"figure.constrained_layout.use": False, "pdf.fonttype": 3, "savefig.dpi": 80}


def draw_quickly(monkeypatch: pytest.MonkeyPatch, style: dict[str, Any]) -> None:
    """Change a style to quick drawing. One test draws figures with their layout and fonts."""
    for name, value in QUICKER.items():
        monkeypatch.setitem(style, name, value)

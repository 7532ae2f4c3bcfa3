"""Quick drawing in tests: no text layout, no embedded fonts, few pixels."""

import pytest

from pairbounds.figures.style import SETTINGS

QUICKER = {"figure.constrained_layout.use": False, "pdf.fonttype": 3, "savefig.dpi": 80}


def draw_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Change the style to quick drawing. One test draws figures with their layout and fonts."""
    for name, value in QUICKER.items():
        monkeypatch.setitem(SETTINGS, name, value)

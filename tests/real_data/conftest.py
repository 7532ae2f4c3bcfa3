"""What all tests of real data have in common."""

import pytest

from real_data.audit import drawing


@pytest.fixture(autouse=True)
def quick_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures of an audit without a layout of their words, without fonts, of few pixels: it takes less to measure one.

    Audits of a module's fixtures are drawn as they are published.
    """
    for name, value in {"figure.constrained_layout.use": False, "pdf.fonttype": 3, "savefig.dpi": 50}.items():
        monkeypatch.setitem(drawing.STYLE, name, value)

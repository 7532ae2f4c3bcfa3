"""What all tests of real data have in common."""

import pytest

from pairbounds.real_data.audit.audit_figure import STYLE
from pairbounds.real_data.pairings.sources import Source
from tests.quick import draw_quickly
from tests.real_data.colours import coloured_source


@pytest.fixture(autouse=True)
def quick_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Audits of a module's fixtures are drawn as they are published."""
    draw_quickly(monkeypatch, STYLE)


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    """Coloured pictures of known colours and captions."""
    return coloured_source(tmp_path_factory.mktemp("colours"))

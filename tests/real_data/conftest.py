"""What all tests of real data have in common."""

import pytest

from tests import quick


@pytest.fixture(autouse=True)
def quick_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Audits of a module's fixtures are drawn as they are published."""
    quick.audits(monkeypatch)

from collections.abc import Iterator

import pytest

from pairbounds import BOUNDS


@pytest.fixture(autouse=True)
def _forget_registered() -> Iterator[None]:
    """Forget the bounds that a test registers."""
    before = set(BOUNDS)
    yield
    for name in BOUNDS.keys() - before:
        del BOUNDS[name]

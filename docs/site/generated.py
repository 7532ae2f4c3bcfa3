"""Pages made from the register and from what was measured: none of them is committed."""

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # `tests` is in no package, and other packages install one
from pairbounds.theory.ledger.ledger_page import ledger_page
from tests.benchmarks.__main__ import benchmarks_page
from tests.reliability.page import reliability_page

PAGES = {
    "benchmarks.md": benchmarks_page,
    "ledger.md": ledger_page,
    "reliability.md": reliability_page,
}


def pages() -> Iterator[tuple[str, str]]:
    """Path and Markdown of each page."""
    for path, content in PAGES.items():
        yield path, content()

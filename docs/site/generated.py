"""Pages made from the register, from the commands, and from what was measured: none of them is committed."""

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[2]))  # `tests` is in no package, and other packages install one
from pairbounds.theory.ledger.page import ledger_page
from tests.benchmarks.page import benchmarks_page
from tests.mistakes.page import answers, mistakes_page
from tests.reliability.page import reliability_page


def _mistakes() -> str:
    with TemporaryDirectory() as folder:
        return mistakes_page(answers(Path(folder)))


PAGES = {
    "benchmarks.md": benchmarks_page,
    "ledger.md": ledger_page,
    "mistakes.md": _mistakes,  # half a minute: each mistake is made
    "reliability.md": reliability_page,
}


def pages() -> Iterator[tuple[str, str]]:
    """Path and Markdown of each page."""
    for path, content in PAGES.items():
        yield path, content()

"""Findings, shrunk, as tests that a developer can move into tests/."""

import re
from collections.abc import Iterator
from pathlib import Path

import jinja2

from pairbounds.infrastructure.tables import replacing
from tests.fuzz.metamorphic import differences
from tests.fuzz.sampling import draw
from tests.fuzz.shrinking import shrink
from tests.fuzz.specimen import Specimen
from tests.fuzz.tally import Tally
from tests.fuzz.verdicts import findings

TEMPLATE = Path(__file__).with_name("found.py.jinja")


def write_tests(tally: Tally, seed: int, folder: Path) -> Iterator[Path]:
    """A file for each kind of finding, of the graph that has the fewest decades."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind, (_, number) in sorted(tally.first.items()):
        specimen = shrink(draw(seed, number), lambda tried, kind=kind: kind in shown(kind, tried))
        path = folder / f"test_found_{slug(kind)}.py"
        with replacing(path) as temporary:
            temporary.write_text(as_test(kind, specimen, seed, number), encoding="utf-8")
        yield path


def shown(kind: str, specimen: Specimen) -> list[str]:
    """The findings of a specimen, of the sort that a kind is of."""
    if not kind.startswith("property "):
        return findings(specimen)
    name = _property(kind)
    return [f"property {name}: {row}" for row in differences(name, specimen)]


def as_test(kind: str, specimen: Specimen, seed: int, number: int) -> str:
    """The source of a test that fails while the finding stands."""
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        specimen.literals(),
        kind=kind.replace("\\", " ").replace('"', "'"),
        word=kind.split()[0],
        bound=kind.partition(" ")[2],
        property=_property(kind),
        slug=slug(kind),
        seed=seed,
        number=number,
    )


def slug(kind: str) -> str:
    """A kind as part of a name."""
    return re.sub(r"[^a-z0-9]+", "_", kind.lower()).strip("_")[:70]


def _property(kind: str) -> str:
    return kind.removeprefix("property ").partition(":")[0]

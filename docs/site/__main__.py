"""Assemble written and generated pages of the site: `python docs/site OUT FIGURES`."""

import shutil
import sys
from pathlib import Path

import blueprint
import gallery
import reference
import written

sys.path.insert(0, str(Path(__file__).parents[2]))  # `tests` is not installed, and other packages install one
from tests.benchmarks.__main__ import benchmarks_page
from tests.reliability.page import reliability_page

HERE = Path(__file__).parent


def main(out: Path, figures: Path) -> None:
    """Delete the folder, and write all pages into it."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    shutil.copytree(HERE / "_static", out / "_static")
    for name in ("conf.py", "docstrings.py", "mathml.py"):
        shutil.copy(HERE / name, out)
    generated = {"benchmarks.md": benchmarks_page(), "reliability.md": reliability_page()}
    for pages in (written.pages(), generated.items(), blueprint.pages(), gallery.pages(figures), reference.pages()):
        for path, content in pages:
            (out / path).parent.mkdir(parents=True, exist_ok=True)
            (out / path).write_bytes(content if isinstance(content, bytes) else content.encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

"""Assemble the pages of the site from what is written and what is made of the code: `python docs/site OUT FIGURES`."""

import shutil
import sys
from pathlib import Path

import gallery
import generated
import mathematics
import reference
import written

HERE = Path(__file__).parent


def main(out: Path, figures: Path) -> None:
    """Write all pages into a folder, which is made anew."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    shutil.copytree(HERE / "_static", out / "_static")
    for name in ("conf.py", "docstrings.py"):
        shutil.copy(HERE / name, out)
    for pages in (written.pages(), generated.pages(), mathematics.pages(), gallery.pages(figures), reference.pages()):
        for path, content in pages:
            (out / path).parent.mkdir(parents=True, exist_ok=True)
            (out / path).write_bytes(content if isinstance(content, bytes) else content.encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

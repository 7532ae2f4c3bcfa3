"""`python -m tests.budgets`: lines of code, words of prose and dependencies, against their limits in pyproject.toml."""

import json
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
LICENCES = "THIRD_PARTY.md"  # complete, whatever its length
NO_PROSE = re.compile(r"^ *(`{3,})[^\n]*\n.*?^ *\1|<!--.*?-->|\{[#%].*?[#%]\}", re.DOTALL | re.MULTILINE)
VALUE = re.compile(r"\{\{.*?\}\}", re.DOTALL)  # of a template: one word of its page
WORD = re.compile(r"[^\W_]")


def rooms(root: Path) -> dict[str, Counter[str]]:
    """Lines of Python and words of prose by room: `source` and `tests` by folder, `words` by file."""
    found: dict[str, Counter[str]] = {"source": Counter(), "tests": Counter(), "words": Counter()}
    for file in _files(root):
        folders = file.parts[:-1]
        if file.suffix == ".py":
            kind = "tests" if folders[:1] == ("tests",) else "source"
            found[kind]["/".join(folders[:2])] += len((root / file).read_text(encoding="utf-8").splitlines())
        elif _is_written(root / file):
            found["words"][str(file)] += words((root / file).read_text(encoding="utf-8"), file.suffix)
    return found


def words(text: str, suffix: str = ".md") -> int:
    """Number of words of a page, a template or a notebook's text, without blocks of code and comments."""
    if suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    return sum(bool(WORD.search(word)) for word in VALUE.sub("0", NO_PROSE.sub("", text)).split())


def excesses(counts: dict[str, int], limits: dict[str, int]) -> list[str]:
    """One line for each count above its limit."""
    return [f"{kind}: {counts[kind]:,} of {limit:,}" for kind, limit in limits.items() if counts[kind] > limit]


def _files(root: Path) -> Iterator[Path]:
    """Files that git knows or would take."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    yield from (Path(name) for name in sorted(set(listed.split("\0")) - {""}) if (root / name).is_file())


def _is_written(file: Path) -> bool:
    """Tell a document that somebody wrote from one that a template makes."""
    made = file.with_name(f"{file.name}.jinja").is_file()
    return file.name.endswith((".md", ".md.jinja", ".ipynb")) and not made and file.name != LICENCES


def main() -> int:
    """Print each room and the sums, and return 1 where one is above its limit."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    limits = project["tool"]["pairbounds"]["budgets"]
    found = rooms(ROOT)
    for kind, counted in found.items():
        print(f"{kind}:", *(f"  {count:>7,}  {room or '.'}" for room, count in sorted(counted.items())), sep="\n")
    counts = {kind: sum(counted.values()) for kind, counted in found.items()}
    counts["dependencies"] = len(project["project"]["dependencies"])
    print(*(f"{kind:>13} {counts[kind]:>7,} of {limit:,}" for kind, limit in limits.items()), sep="\n")
    above = excesses(counts, limits)
    if above:
        print(f"above the budget: {'; '.join(above)}", file=sys.stderr)
    return int(bool(above))


if __name__ == "__main__":
    sys.exit(main())

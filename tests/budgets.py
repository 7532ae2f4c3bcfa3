"""`python -m tests.budgets`: lines and tokens of code, words of prose and dependencies, against their limits."""

import ast
import json
import re
import subprocess
import sys
import tokenize
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
LICENCES = "THIRD_PARTY.md"  # complete, whatever its length
NO_PROSE = re.compile(r"^ *(`{3,})[^\n]*\n.*?^ *\1|<!--.*?-->|\{[#%].*?[#%]\}", re.DOTALL | re.MULTILINE)
VALUE = re.compile(r"\{\{.*?\}\}", re.DOTALL)  # of a template: one word of its page
WORD = re.compile(r"[^\W_]")
PLANS = Path("docs/preregistration")  # registered, and never edited
NO_TOKENS = {
    *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT),
    *(tokenize.ENCODING, tokenize.ENDMARKER),
}
THEOREMS = Path("docs/theorems")  # counted apart, without a limit: a proof is complete
UNITS = ("source lines", "source tokens", "tests lines", "tests tokens", "words", "words of theorems")


def rooms(root: Path) -> dict[str, Counter[str]]:
    """Counts by unit and room: lines and tokens of Python by folder, words of prose by file."""
    counts: dict[str, Counter[str]] = {unit: Counter() for unit in UNITS}
    for file in _files(root):
        folders = file.parts[:-1]
        if file.is_relative_to(PLANS):
            continue
        if file.suffix == ".py":
            kind, room = "tests" if folders[:1] == ("tests",) else "source", "/".join(folders[:2])
            counts[f"{kind} lines"][room] += len((root / file).read_text(encoding="utf-8").splitlines())
            counts[f"{kind} tokens"][room] += tokens(root / file)
        elif _is_written(root / file):
            unit = "words of theorems" if file.is_relative_to(THEOREMS) else "words"
            counts[unit][str(file)] += words((root / file).read_text(encoding="utf-8"), file.suffix)
    return counts


def tokens(file: Path) -> int:
    """Number of tokens of a module, without comments, docstrings and layout; an f-string is one, as in Python 3.11."""
    with tokenize.open(file) as lines:
        source = lines.read()
    docstrings, depth, count = _docstrings(ast.parse(source)), 0, 0
    for token in tokenize.generate_tokens(iter(source.splitlines(keepends=True)).__next__):
        name = tokenize.tok_name[token.type]
        depth += name == "FSTRING_START"
        is_code = token.type not in NO_TOKENS and token.start not in docstrings
        count += is_code and (depth == 0 or (depth == 1 and name == "FSTRING_START"))
        depth -= name == "FSTRING_END"
    return count


def _docstrings(tree: ast.Module) -> set[tuple[int, int]]:
    """Line and column of each docstring."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = [node for node in ast.walk(tree) if isinstance(node, documented)]
    return {(node.body[0].lineno, node.body[0].col_offset) for node in nodes if ast.get_docstring(node) is not None}


def words(text: str, suffix: str = ".md") -> int:
    """Number of words of a page, a template or a notebook's text, without blocks of code and comments."""
    if suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    return sum(bool(WORD.search(word)) for word in VALUE.sub("0", NO_PROSE.sub("", text)).split())


def _files(root: Path) -> Iterator[Path]:
    """Files that git tracks, or that are neither tracked nor ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    yield from (Path(name) for name in sorted(set(listed.split("\0")) - {""}) if (root / name).is_file())


def _is_written(file: Path) -> bool:
    """True for a handwritten document, false for a generated one."""
    is_generated = file.with_name(f"{file.name}.jinja").is_file()
    return file.name.endswith((".md", ".md.jinja", ".ipynb")) and not is_generated and file.name != LICENCES


def main() -> int:
    """Print each room and the sums, and return 1 if one is above its limit."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    limits = project["tool"]["pairbounds"]["budgets"]
    by_room = rooms(ROOT)
    for kind in ("source", "tests"):
        lines, of_tokens = by_room[f"{kind} lines"], by_room[f"{kind} tokens"]
        print(f"{kind} (lines, tokens):")
        print(*(f"  {lines[room]:>7,} {of_tokens[room]:>8,}  {room or '.'}" for room in sorted(lines)), sep="\n")
    print("words:", *(f"  {count:>7,}  {file}" for file, count in sorted(by_room["words"].items())), sep="\n")
    counts = {unit.replace(" ", "-"): counter.total() for unit, counter in by_room.items()}
    counts["dependencies"] = len(project["project"]["dependencies"])
    print(f"words of theorems, without a limit: {counts['words-of-theorems']:,}")
    print(*(f"{unit:>13} {counts[unit]:>7,} of {limit:,}" for unit, limit in limits.items()), sep="\n")
    above = [f"{unit}: {counts[unit]:,} of {limit:,}" for unit, limit in limits.items() if counts[unit] > limit]
    if above:
        print(f"above the budget: {'; '.join(above)}", file=sys.stderr)
    return int(bool(above))


if __name__ == "__main__":
    sys.exit(main())

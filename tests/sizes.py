"""`python -m tests.sizes`: lines and tokens of Python, room by room."""

import ast
import subprocess
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
NO_TOKENS = {
    *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT),
    *(tokenize.ENCODING, tokenize.ENDMARKER),
}
UNITS = ("source lines", "source tokens", "tests lines", "tests tokens")


def rooms(root: Path) -> dict[str, Counter[str]]:
    """Counts by unit and room, which is a folder."""
    counts: dict[str, Counter[str]] = {unit: Counter() for unit in UNITS}
    for file in _files(root):
        if file.suffix == ".py":
            folders = file.parts[:-1]
            kind, room = "tests" if folders[:1] == ("tests",) else "source", "/".join(folders[:2])
            counts[f"{kind} lines"][room] += len((root / file).read_text(encoding="utf-8").splitlines())
            counts[f"{kind} tokens"][room] += tokens(root / file)
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


def _files(root: Path) -> Iterator[Path]:
    """Files that git tracks, or that are neither tracked nor ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    yield from (Path(name) for name in sorted(set(listed.split("\0")) - {""}) if (root / name).is_file())


def main() -> None:
    """Print each room and the sums."""
    by_room = rooms(ROOT)
    for kind in ("source", "tests"):
        lines, of_tokens = by_room[f"{kind} lines"], by_room[f"{kind} tokens"]
        print(f"{kind} (lines, tokens):")
        print(*(f"  {lines[room]:>7,} {of_tokens[room]:>8,}  {room or '.'}" for room in sorted(lines)), sep="\n")
        print(f"  {lines.total():>7,} {of_tokens.total():>8,}  in all")


if __name__ == "__main__":
    main()

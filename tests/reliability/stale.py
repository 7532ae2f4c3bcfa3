"""`python -m tests.reliability.stale`: name the rows of `make matrix` that must be measured again.

A row is stale if more than 300 commits have touched source since its own, or if its tests failed or were not run.
`--strict`, which `make release` gives, makes such a row an error.
"""

import json
import subprocess
import sys
from pathlib import Path

from tests.reliability.record import RECORDS, ROOT
from tests.rooms import LINKED

ROWS = {  # Python and row of the record, by the name of a session
    "lowest": ("3.11", "Python 3.11, lowest dependencies"),
    "newest": ("3.11", "Python 3.11, newest dependencies"),
    "3.13": ("3.13", "Python 3.13, newest dependencies"),
    "3.14": ("3.14", "Python 3.14, newest dependencies"),
}
REQUIRED = ("lowest", "newest", "3.13")
SOURCE = ("pairbounds", *LINKED)
MOST_COMMITS = 300


def commits_since(commit: str) -> int | None:
    """Number of later commits that touched source; `None` if git does not know the commit."""
    command = ("git", "rev-list", "--count", f"{commit.removesuffix('-dirty')}..HEAD", "--", *SOURCE)
    counted = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return int(counted.stdout) if counted.returncode == 0 else None


def stale(record: Path = RECORDS / "matrix.json") -> list[str]:
    """One line for each required row that is absent, failed, not run, or too old."""
    rows = json.loads(record.read_text(encoding="utf-8"))["rows"] if record.is_file() else []
    by_name = {row["what"].partition(":")[0]: row for row in rows}
    lines = []
    for session in REQUIRED:
        name = ROWS[session][1]
        row = by_name.get(name)
        if row is None:
            reason = "not run"
        elif row["found"]:
            reason = f"{row['found']} of {row['count']} tests failed"
        elif (commits := commits_since(row["commit"])) is None:
            reason = f"its commit {row['commit'][:12]} is unknown here"
        elif commits > MOST_COMMITS:
            reason = f"{commits} commits have touched source since then, {MOST_COMMITS} are allowed"
        else:
            continue
        lines.append(f"{name}: {reason}. Measure it: make matrix ROW={session}")
    return lines


if __name__ == "__main__":
    stale_rows = stale()
    print(*stale_rows, sep="\n", end="\n" if stale_rows else "")
    sys.exit(int(bool(stale_rows) and "--strict" in sys.argv))

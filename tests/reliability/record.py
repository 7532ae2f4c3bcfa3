"""A record of what was tried: how much, what was found, when, on what, and the command that repeats it."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pairbounds.infrastructure.commandline import echo, print_table
from pairbounds.infrastructure.tables import replacing, surroundings

RECORDS = Path(__file__).parents[2] / "results" / "reliability"


def here_and_now() -> dict[str, Any]:
    """The day of what is measured now, and the commit, which a record of an earlier campaign does not change."""
    about = ("git", "diff", "--quiet", "HEAD", "--", ".", ":!results/reliability")
    commit = str(surroundings()["commit"])
    if subprocess.run(about, cwd=RECORDS.parents[1], capture_output=True, check=False).returncode == 0:
        commit = commit.removesuffix("-dirty")
    return {"date": date.today().isoformat(), "commit": commit}


@dataclass(frozen=True)
class Record:
    """Rows say `what` was tried, the `count` of tries, how many `found` something, and the `test` that repeats them."""

    title: str
    command: str
    rows: Sequence[Mapping[str, Any]]
    minutes: float
    seed: int | None = None
    notes: Sequence[str] = ()
    more: Mapping[str, Any] = field(default_factory=dict)

    def show(self, heading: str) -> None:
        """Print the rows and the notes."""
        columns = [("what", "left"), ("count", "right"), ("found", "right")]
        print_table(heading, columns, [(row["what"], f"{row['count']:,}", f"{row['found']:,}") for row in self.rows])
        echo(*self.notes)

    def write(self, name: str, folder: Path = RECORDS) -> Path:
        """Write `name`.json into the folder; return its path."""
        measured = {**surroundings(), **here_and_now(), "seed": self.seed, "minutes": self.minutes}
        head = {"title": self.title, "command": self.command, "measured": measured}
        content = {**head, "rows": list(self.rows), "notes": list(self.notes), **self.more}
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(folder / f"{name}.json") as temporary:
            temporary.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        return folder / f"{name}.json"

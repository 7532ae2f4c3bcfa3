"""The tasks of the diary, done in one folder, and the page with their times."""

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

TASKS = Path(__file__).with_name("tasks.md").read_text(encoding="utf-8")  # {} is the time of a task
RECORD = Path(__file__).parents[2] / "results" / "diary.json"
BLOCK = re.compile(r"(?:`(?P<file>[\w.]+)`:\n\n)?```(?P<kind>\w+)\n(?P<text>.*?)```", re.DOTALL)
SECONDS = 300  # that a task may take


class Done(NamedTuple):
    """A task by its heading, how long it took, its exit code, and what it printed."""

    task: str
    seconds: float
    code: int
    said: str


def tasks(page: str) -> list[str]:
    """The sections of the page, one for each task."""
    return [f"## {section}" for section in page.split("\n## ")[1:]]


def done(page: str, folder: Path, bin_: Path) -> Iterator[Done]:
    """All tasks in their order, in one folder; commands are those of an environment."""
    path = os.pathsep.join([str(bin_), os.environ.get("PATH", os.defpath)])
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {"PATH": path}
    for task in tasks(page):
        lines = ["set -e"]
        for block in BLOCK.finditer(task):
            if block["file"]:
                (folder / block["file"]).write_text(block["text"], encoding="utf-8")
            else:
                lines.append(block["text"])
        start = time.monotonic()
        said = subprocess.run(
            ["bash", "-c", "\n".join(lines)],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        yield Done(task.partition("\n")[0].removeprefix("## "), time.monotonic() - start, said.returncode, said.stdout)


def diary_page(record: Path = RECORD) -> str:
    """Markdown of the page: the tasks, with the seconds that the last run of each took."""
    times = iter(json.loads(record.read_text(encoding="utf-8"))["seconds"])
    return re.sub(r"\{\}(?= s\.\*)", lambda _: str(max(1, round(next(times)))), TASKS)

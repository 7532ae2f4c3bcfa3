"""Records of ended experiments: folders of results with a README.md. test_links tests their links."""

import json
import re
from pathlib import Path

import pytest

from pairbounds.sweeps.studies import digest
from tests.rooms import ROOT

HEADINGS = ["Question", "Plan", "Answer", "What it does not show", "How it was run", "Tables"]
MOST_WORDS = 150  # of an answer
RECORDS = sorted(path.parent for path in (ROOT / "results").glob("*/README.md"))
PICTURES_AND_ROWS = re.compile(r"^(!.*|\|.*)$", re.MULTILINE)
TAG = "experiments-2026-12"  # last commit with the code of the experiments


@pytest.fixture(params=RECORDS, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def text(folder: Path) -> str:
    return (folder / "README.md").read_text("utf-8")


def sidecars(folder: Path) -> dict[str, dict[str, object]]:
    """Sidecars of the tables, by the name of the table; a table without one raises FileNotFoundError."""
    return {table.stem: json.loads(Path(f"{table}.json").read_bytes()) for table in folder.glob("*.parquet")}


def test_a_record_has_its_headings_in_order(folder):
    assert re.findall(r"^## (.+)$", text(folder), re.MULTILINE) == HEADINGS


def test_an_answer_is_short(folder):
    answer = text(folder).split("\n## Answer\n")[1].split("\n## ")[0]
    assert len(PICTURES_AND_ROWS.sub("", answer).split()) <= MOST_WORDS


def test_each_table_is_named_with_the_commit_of_its_sidecar(folder):
    records = sidecars(folder)
    run, tables = text(folder).split("\n## How it was run\n")[1].split("\n## Tables\n")
    assert records
    assert [name for name in records if f"`{name}.parquet`" not in tables] == []
    assert [name for name, record in records.items() if str(record["commit"]) not in run] == []
    assert TAG in run
    assert "make setup" in run
    assert "was not tried" in run  # the run again


def test_data_is_fetched_after_the_checkout(folder):
    run = text(folder).split("\n## How it was run\n")[1].split("\n## Tables\n")[0]
    if "make data" in run:
        assert run.index("git checkout") < run.index("make data")


def test_a_registered_plan_is_the_one_that_was_registered(folder):
    if (folder / "plan.md").exists():
        assert "(plan.md)" in text(folder)
        registered = digest((folder / "plan.md").read_bytes())
        assert any(registered in json.dumps(record) for record in sidecars(folder).values())

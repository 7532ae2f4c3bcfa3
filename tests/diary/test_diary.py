"""The diary is true: its commands work in an empty folder, by the installed package alone."""

import json
import re

import pytest

from tests.diary.doing import TASKS, diary_page, done, tasks
from tests.test_wheel import install


def test_there_are_ten_tasks_each_with_its_time(tmp_path):
    page = diary_page()
    assert len(tasks(page)) == 10
    assert [len(re.findall(r"\*It took [1-9]\d* s\.\*", task)) for task in tasks(page)] == 10 * [1]
    record = tmp_path / "diary.json"
    record.write_text(json.dumps({"seconds": [0.2, *9 * [5.4]]}))
    assert diary_page(record).count("*It took 5 s.*") == 9


@pytest.mark.slow
def test_every_task_can_be_done(tmp_path):
    bin_ = install(tmp_path / "installed", "jupyter-core", "nbclient", "ipykernel")
    folder = tmp_path / "empty"
    folder.mkdir()
    found = list(done(TASKS, folder, bin_))
    assert [(each.task, each.said) for each in found if each.code] == []
    written = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    expected = ["features.npz", "bounds.png", "counterexample.npz", "drawn/phase.png", "audit/audit.png"]
    expected += ["paper/phase.pdf", "look.ipynb", "counterexample.html"]
    assert set(expected) <= written

"""The diary is true: its commands work in an empty folder, by the installed package alone."""

import pytest

from tests.diary.doing import PAGE, TOOK, done, tasks, timed
from tests.test_wheel import install


def test_there_are_nine_tasks_each_with_its_time():
    text = PAGE.read_text(encoding="utf-8")
    assert len(tasks(text)) == 9
    assert [len(TOOK.findall(task)) for task in tasks(text)] == 9 * [1]
    assert "It took 0 s" not in text
    assert timed(text, [5.0] * 9).count("*It took 5 s.*") == 9


@pytest.mark.slow
def test_every_task_can_be_done(tmp_path):
    bin_ = install(tmp_path / "installed", "jupyter-core", "nbclient", "ipykernel")
    folder = tmp_path / "empty"
    folder.mkdir()
    found = list(done(PAGE.read_text(encoding="utf-8"), folder, bin_))
    assert [(each.task, each.said) for each in found if each.code] == []
    written = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    expected = ["features.npz", "bounds.png", "counterexample.npz", "drawn/phase.png", "audit/audit.png"]
    expected += ["paper/phase.pdf", "column/phase-1.pdf", "look.ipynb", "counterexample.html"]
    assert set(expected) <= written

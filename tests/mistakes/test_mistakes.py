"""Every mistake is met with one line that helps and exit code 2, nothing is lost, and the page has it."""

from itertools import chain

import pytest

from tests.mistakes.cases import MISTAKES
from tests.mistakes.page import Answer, answers, mistakes_page

LONGEST = 500  # characters of a line that somebody still reads


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Answer]]:
    return answers(tmp_path_factory.mktemp("mistakes"))


def test_there_are_sixty_different_ones():
    commands = [mistake.command for mistake in chain(*MISTAKES.values())]
    assert len(commands) == len(set(commands)) >= 60


def test_each_is_met_with_one_line_that_helps(found):
    for answer in chain(*found.values()):
        assert answer.code == 2, answer
        assert answer.said.startswith("error: "), answer
        assert answer.said.count("\n") == 1, answer
        assert answer.mistake.told in answer.said, answer
        assert len(answer.said) < LONGEST, answer


def test_nothing_is_written_and_nothing_lost(found):
    assert [answer.mistake.command for answer in chain(*found.values()) if not answer.untouched] == []


def test_the_page_has_every_mistake_with_its_message(found):
    text = mistakes_page(found)
    assert text.count("\n## ") == len(MISTAKES)
    rows = [line for line in text.splitlines() if line.startswith("| ") and "`pairbounds …`" not in line]
    assert len(rows) == len(list(chain(*MISTAKES.values())))
    assert "| no such file | `check graphs.npz --k 2` | graph file graphs.npz does not exist |" in rows

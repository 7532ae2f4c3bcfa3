"""Every mistake is met with one line that helps and exit code 2, nothing is lost, and the page says what is said."""

from itertools import chain

import pytest

from tests.mistakes.cases import MISTAKES
from tests.mistakes.page import PAGE, Answer, answers, page

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


def test_the_page_says_what_is_said(found):
    assert PAGE.read_text(encoding="utf-8") == page(found), "make mistakes"

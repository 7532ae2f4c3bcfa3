"""Every mistake is met with one line that helps and exit code 2, nothing is lost, and the page has it."""

from itertools import chain

from tests.mistakes.page import answers, mistakes_page

LONGEST = 500  # characters of a line that somebody still reads


def test_each_is_met_with_one_line_that_helps_and_changes_no_file(tmp_path):
    found = answers(tmp_path)
    for answer in chain(*found.values()):
        assert answer.code == 2, answer
        assert answer.said.startswith("error: "), answer
        assert answer.said.count("\n") == 1, answer
        assert answer.mistake.told in answer.said, answer
        assert len(answer.said) < LONGEST, answer
        assert answer.untouched, answer
    rows = [
        line for line in mistakes_page(found).splitlines() if line.startswith("| ") and "`pairbounds …`" not in line
    ]
    assert len({*rows}) == len(list(chain(*found.values())))
    assert "| no such file | `check graphs.npz --k 2` | graph file graphs.npz does not exist |" in rows

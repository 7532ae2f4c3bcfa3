"""What the first page of the site shows runs as it is written, and says what the page says."""

import re
from pathlib import Path

from theory.bounds import BOUNDS

PAGE = Path(__file__).parents[2] / "docs" / "index.md"


def test_the_code_of_the_first_page_runs_and_says_what_the_page_says(capsys):
    known: dict[str, object] = {}
    try:
        for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
            exec(compile(block, str(PAGE), "exec"), known)
    finally:
        BOUNDS.pop("no-factor-two", None)
    table, found = known["table"], known["found"]
    assert not (table["holds"] == False).any()  # noqa: E712  # None where nothing is applicable
    assert found.refuted
    assert "True PairGraph(n_left=" in capsys.readouterr().out

"""What finds and runs the blocks of pages notices what is wrong with them."""

import pytest

from tests.docs.blocks import ROOT, blocks
from tests.docs.running import Page, fresh

PAGE = ROOT / "docs" / "page.md"


def found(text):
    return blocks(PAGE, text)


def test_blocks_have_their_marks_and_what_they_print():
    text = "<!-- slow; run: --small -->\n```sh\nls\n```\n\n```python\nprint(1)\n```\n\n```\n1\n```\n"
    first, second = found(text)
    assert (first.kind, first.text, first.marks, first.line) == ("sh", "ls\n", {"slow": "", "run": "--small"}, 2)
    assert (second.kind, second.marks, second.printed) == ("python", {}, "1\n")
    assert [block.text for block in found("Text\n\n    make\n")] == ["make\n"]


def test_a_file_is_written_and_not_run(tmp_path):
    for block in found("<!-- file: tests/a.ini -->\n```ini\n[pytest]\n```\n"):
        Page(tmp_path).run(block)
    assert (tmp_path / "tests" / "a.ini").read_text() == "[pytest]\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<!-- slow -->\n\nText\n", "the mark before it is of no block"),
        ("<!-- skip -->\n```sh\nls\n```\n", "'skip' is no mark"),
        ("<!-- not run -->\n```sh\nls\n```\n", "'not run' is no mark"),
        ("```toml\nk = 1\n```\n", "a block of 'toml'"),
        ("Text\n\n```\n1\n```\n", "a block of ''"),
    ],
)
def test_what_would_be_skipped_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        found(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("```python\nprint(1.5)\n```\n\n```\n1.8\n```\n", r"prints 1.5, and not 1.8"),
        ("```python\nprint('holds')\n```\n\n```\nfails\n```\n", "prints holds, and not fails"),
        ("```python\nprint(1)\n```\n\n```\n1 1\n```\n", "prints"),
        ("```sh\npairbounds check none.npz --k 1\n```\n", "exits with 2"),
        ("<!-- exit: 1 -->\n```sh\npairbounds --version\n```\n", "exits with 0"),
        ("```sh\nrm graph.npz\n```\n", "how to run rm"),
        ("```sh\npairbounds --version  # 17.5 bounds\n```\n", "17.5 is not printed"),
    ],
)
def test_what_is_not_so_fails(text, message, tmp_path):
    (block,) = found(text)
    with pytest.raises(AssertionError, match=message):
        Page(tmp_path).run(block)


def test_what_a_page_registers_is_unknown_to_its_commands(tmp_path):
    own = "from pairbounds import bound\n@bound('no-factor-two', quantity='probe_mse', status='conjecture')\n"
    text = f"```python\n{own}def mine(graph, spectrum, k):\n    return 1.0\n```\n"
    text += "```sh\npairbounds graph latent_captions --out graph.npz\n"
    text += "pairbounds check graph.npz --k 8 --plugin examples/my_bound.py\n```\n"
    text += (
        "```python\nfrom pairbounds import BOUNDS\nprint(BOUNDS['no-factor-two'].quantity)\n```\n```\nprobe_mse\n```\n"
    )
    place = Page(tmp_path)
    with fresh():
        for block in found(text):
            place.run(block)

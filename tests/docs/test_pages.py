"""Every block of code and every command of README and site does what the page says."""

import pytest

from tests.docs.blocks import ROOT, blocks
from tests.docs.running import Page, fresh
from tests.quick import draw_quickly

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
BLOCKS = {str(page.relative_to(ROOT)): page_blocks for page in PAGES if (page_blocks := blocks(page))}
SLOW = [name for name, page_blocks in BLOCKS.items() if any("slow" in block.marks for block in page_blocks)]


@pytest.mark.parametrize("name", BLOCKS)
def test_quick_blocks_of_a_page_do_what_it_says(name, tmp_path):
    run(tmp_path, [block for block in BLOCKS[name] if "slow" not in block.marks])


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW)
def test_all_blocks_of_a_page_do_what_it_says(name, tmp_path):
    run(tmp_path, BLOCKS[name])


def run(folder, page_blocks):
    session = Page(folder)
    with fresh(), pytest.MonkeyPatch.context() as patch:
        draw_quickly(patch)
        for block in page_blocks:
            if "not run" not in block.marks:
                session.run(block)

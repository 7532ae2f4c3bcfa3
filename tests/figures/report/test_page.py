"""Parts of a page: tables, numbers, and the one script."""

import base64
import hashlib
import re

import numpy as np

from pairbounds.figures.report import page
from tests.figures.report.made import LONG, RIGHT_TO_LEFT


def test_values_are_formatted_for_readers():
    values = [None, True, 1234567, np.int64(2000), 0.123456, np.float32(0.5), np.inf, -np.inf, np.nan, "a\nb"]
    written = ["", "yes", "1,234,567", "2,000", "0.1235", "0.5", "∞", "−∞", "", "a b"]
    assert [page.written(value) for value in values] == written
    assert len(page.written(LONG)) == page.LONGEST
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in page.written(RIGHT_TO_LEFT)
    assert [float(page.sortable(value)) for value in (0.1 + 0.2, np.int64(3), np.inf)] == [0.1 + 0.2, 3, np.inf]
    assert [page.sortable(value) for value in (np.nan, None, True, "x", "3")] == ["", "", "", "", "3.0"]


def test_the_policy_allows_only_the_script_of_the_page(tmp_path):
    page.write_page(tmp_path / "p.html", [], title="T", lead="", refused=[])
    html = (tmp_path / "p.html").read_text(encoding="utf-8")
    (script,) = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in html
    assert html.startswith(page.BEGINNING)

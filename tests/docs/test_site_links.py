"""A link of the built site that leads nowhere is found."""

import sys

from tests.docs.blocks import ROOT

sys.path.insert(0, str(ROOT / "docs" / "site"))
from links import broken


def test_a_link_that_leads_nowhere_is_named(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "a b.txt").write_text("text")
    (tmp_path / "sub" / "two.html").write_text('<h1 id="here">Two</h1><a href="../one.html">one</a>')
    one = '<a href="sub/two.html#here"><a href="#top"><a id="top"><a href="https://a.b/c"><img src="a%20b.txt">'
    (tmp_path / "one.html").write_text(one)
    assert list(broken(tmp_path)) == []
    (tmp_path / "one.html").write_text(one + '<a href="sub/two.html#there"><a href="three.html"><a href="#bottom">')
    assert list(broken(tmp_path)) == [
        "one.html: sub/two.html#there leads nowhere",
        "one.html: three.html leads nowhere",
        "one.html: #bottom leads nowhere",
    ]

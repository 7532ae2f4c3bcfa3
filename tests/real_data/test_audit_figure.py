"""The figure of an audit: legible on a narrow page, with captions in the scripts of installed fonts."""

import re
import warnings

import pytest
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.text import Text

from pairbounds.__main__ import app

HOOKED = "\N{LATIN SMALL LETTER K WITH PALATAL HOOK}"  # of matplotlib's own fonts STIX has it, and DejaVu has not
BOXES = "Boxes: characters that no installed font has."


@pytest.mark.usefixtures("draws_audits")
@pytest.mark.parametrize(("fonts", "expected_notes"), [("DejaVu", [BOXES, BOXES]), ("DejaVu|STIX", [])])
def test_captions_of_any_script_are_legible_in_a_picture_of_400_pixels(
    call, tmp_path, monkeypatch, fonts, expected_notes
):
    installed, notes, heights = [font for font in fontManager.ttflist if re.match(fonts, font.name)], [], []
    monkeypatch.setattr(fontManager, "ttflist", installed)
    monkeypatch.setattr(Figure, "supxlabel", lambda _, note, **__: notes.append(note))
    save = Figure.savefig

    def saved(picture, *arguments, **options):
        sizes = [text.get_fontsize() for text in picture.findobj(Text) if text.get_text()]
        heights.append(min(sizes) / 72 * 400 / picture.get_figwidth())
        save(picture, *arguments, **options)

    monkeypatch.setattr(Figure, "savefig", saved)
    rows = [f"{i},{HOOKED} {(i % 8 + j) % 9},{'ab'[i % 8 > 3]}\n" for i in range(20) for j in range(2)]
    (tmp_path / "pairs.csv").write_text("image,caption,label\n" + "".join(rows), encoding="utf-8")
    options = ("--label-col", "label", "--k", 2, "--out", tmp_path)
    with warnings.catch_warnings(action="error"):
        assert call(app, "audit", tmp_path / "pairs.csv", *options)[::2] == (0, "")
    assert notes == expected_notes  # in both pictures
    assert min(heights) >= 9

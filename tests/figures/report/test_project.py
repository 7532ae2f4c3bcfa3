"""The report of the project: all that it is to have is in it, computed from what lies on disk."""

import re

import pytest

from pairbounds import BOUNDS
from pairbounds.figures.report import ledger, phase_map
from pairbounds.figures.report.page import BEGINNING
from pairbounds.infrastructure.tables import content_key
from tests.figures.report import made
from tests.figures.report.reading import require_sound


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        return made.project_page(tmp_path_factory.mktemp("project"), patch)


def test_it_is_whole_and_alone_and_has_every_part(page):
    html = page.read_text(encoding="utf-8")
    assert html.startswith(BEGINNING)
    shown = require_sound(html)
    ids = {attributes.get("id") for _, attributes in shown.elements}
    assert ids >= {"question", "verdicts", "gallery", "phase-map", "ledger", "sharpest", "provenance", "not-run"}
    assert ids >= {"finding-phase", "figure-phase", "figure-natural_foretelling", "sharpest-probe-mse"}
    assert len(shown.all("img")) == 2
    text = shown.text()
    caption = (page.parents[1] / "figures" / "phase.txt").read_text(encoding="utf-8").removeprefix("Phase diagram. ")
    assert caption.strip() in text
    assert "Where do caption pairs have the smaller bound" in text
    assert "pairbounds draw phase" in text
    assert content_key(page.parents[1] / "tables" / "phase.parquet") in text
    assert "What was run, and what was not?" in text


def test_a_verdict_that_the_tables_do_not_bear_out_is_not_given(page):
    text = require_sound(page.read_text(encoding="utf-8")).text("main")
    phase, pretraining = (text.partition(made.all_findings()[name].question)[2] for name in ("phase", "pretraining"))
    assert phase.strip().startswith("No verdict by these tables: they do not say that")
    assert not pretraining.strip().startswith("No verdict")


def test_a_picture_that_is_missing_is_named(tmp_path, monkeypatch):
    tables, figures = made.project_inputs(tmp_path, monkeypatch)
    (figures / "phase.png").unlink()
    with pytest.raises(FileNotFoundError, match=r"phase\.png does not exist: `make figures` draws it"):
        made.project.project_report(tables, figures, tmp_path / "report.html")
    assert not (tmp_path / "report.html").exists()


def test_a_cell_of_the_map_says_the_means_of_its_seeds():
    drawn = phase_map.phase_map(made.phase_table()).drawn
    titles = re.findall(r"<title>(.*?)</title>", drawn)
    assert len(titles) == 9
    # Captions at noise 0.2, augmentations at 0.3 / 0.5; seeds add 0 and 0.01, the column of the bound 0.002.
    assert (
        "noise 0.2, strength 0.5: theorem 15 is 0.207 by captions and 0.607 by augmentation; the trained error is 0.21 "
        "and 0.61; theorem 15 is right in 2 of 2 seeds"
    ) in titles


def test_the_ledger_has_every_bound_and_a_link_to_the_graph_of_each():
    table = ledger.ledger()
    assert len(table.rows) == len(BOUNDS)
    names = [row[1] for row in table.rows]
    linked = [name for name, claim in BOUNDS.items() if claim.status != "rate"]
    assert [name for name in BOUNDS if any(f"#sharpest-{name}" + '"' in cell for cell in names)] == linked
    assert sum('class="formula"' in row[2] for row in table.rows) > len(BOUNDS) / 2
    row = table.rows[list(BOUNDS).index("probe-mse")]
    assert 0 < row[-2] <= 1 + 1e-9


def test_the_sharpest_graph_is_drawn_with_what_is_measured_on_it():
    found = ledger.sharpest(BOUNDS["probe-mse"])
    assert re.search(r"`probe_mse` is [\d.e-]+, and the bound is [\d.e-]+", found.sentence)
    assert found.picture.startswith("<svg")

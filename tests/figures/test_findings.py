"""The page of findings says what the tables say, in a stated order, and nothing that they do not."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pairbounds.commands.figures import FIGURES, app
from pairbounds.figures.findings import bound_holds, caption_pairs, page, pretraining, rates
from pairbounds.figures.findings.finding import Finding, found
from pairbounds.figures.findings.wording import WIDTH, listed, wrapped
from pairbounds.figures.prerequisites import study_of
from pairbounds.infrastructure.tables import write_table

ROOT = Path(__file__).parents[2]
FINDINGS = found()


def counting(place=1, **changes):
    """A finding that counts the rows of a table and says that there are few."""
    parts = {
        "name": "rows",
        "place": place,
        "question": "How many?",
        "tables": ("counted",),
        "figures": ("phase",),
        "answer": "There are {{ rows }} rows, which is few.",
        "text": "\nThey lie in {{ rows }} lines.\n",
        "facts": lambda tables: {"rows": len(tables["counted"]["x"])},
        "claims": lambda facts: {"there are few rows": facts["rows"] < 5},
    }
    return Finding(**(parts | changes))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a table that one finding counts."""
    monkeypatch.setattr(page, "found", lambda: {"rows": counting()})
    write_table(pd.DataFrame({"x": range(3)}), tmp_path / "counted.parquet", {})
    return tmp_path


def written(call, folder, *more):
    return call(app, "findings", "--tables", folder, "--out", folder / "page.md", *more)


@pytest.mark.parametrize("name", FINDINGS)
def test_a_finding_names_figures_tables_and_studies_that_exist(name):
    finding = FINDINGS[name]
    assert (ROOT / "figures" / "findings" / f"{name}.py").is_file()
    assert set(finding.figures) <= set(FIGURES)
    assert not finding.picture or (ROOT / "docs" / f"{finding.picture}.png").is_file()
    for table in finding.tables:
        assert any(table in FIGURES[figure].tables for figure in FIGURES)
        assert study_of(table), table
        assert f"`{table}`" in finding.sources()
    assert finding.after_looking.endswith(".") or not finding.tables


def test_findings_stand_in_their_order():
    places = [finding.place for finding in FINDINGS.values()]
    assert places == sorted(set(places))


def test_the_page_has_every_finding_once_and_in_order():
    """What is committed was made by these findings, though without the tables its numbers cannot be judged here."""
    text = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
    assert text.startswith(page.BEGINNING)
    headings = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]
    assert headings[: len(FINDINGS)] == [finding.question for finding in FINDINGS.values()]
    for finding in FINDINGS.values():
        assert wrapped(finding.sources()) in text


def test_every_number_of_the_page_is_computed_from_the_published_tables(tmp_path):
    for folder in ("results", "results/published"):
        for path in (ROOT / folder).glob("*.parquet*"):
            (tmp_path / path.name).symlink_to(path)
    assert page.is_current(ROOT / "docs" / "findings.md", tmp_path)


def test_a_changed_table_changes_the_sentence(call, folder):
    assert written(call, folder)[:2] == (0, f"{folder / 'page.md'}\n")
    text = (folder / "page.md").read_text(encoding="utf-8")
    assert "## How many?\n\n**There are 3 rows, which is few.**\n\nThey lie in 3 lines.\n\nFigure: `phase`." in text
    assert "cores under" in text  # what it was measured on, by the sidecar
    assert written(call, folder, "--check")[0] == 0
    write_table(pd.DataFrame({"x": range(4)}), folder / "counted.parquet", {})
    code, out, err = written(call, folder, "--check")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "is not what the tables say" in err
    assert (folder / "page.md").read_text(encoding="utf-8") == text
    assert written(call, folder)[0] == 0
    assert "There are 4 rows" in (folder / "page.md").read_text(encoding="utf-8")


def test_a_sentence_that_would_be_false_is_refused_by_name(call, folder):
    write_table(pd.DataFrame({"x": range(9)}), folder / "counted.parquet", {})
    code, _, err = written(call, folder)
    assert (code, err.count("\n")) == (2, 1)
    assert "finding rows: the tables do not say that there are few rows" in err
    assert not (folder / "page.md").exists()


def test_bad_input_is_one_line_and_exit_2(call, folder):
    for change, message in (
        (lambda: None, "page.md does not exist"),
        (lambda: write_table(pd.DataFrame({"y": [1]}), folder / "counted.parquet", {}), "finding rows: the tables in"),
        (lambda: (folder / "counted.parquet").unlink(), "counted.parquet does not exist"),
    ):
        change()
        code, _, err = written(call, folder, *(["--check"] if "page" in message else []))
        assert (code, err.count("\n")) == (2, 1)
        assert message in err


def test_a_violation_is_not_passed_over():
    rows = {
        "seed": 0,
        "pairs": "caption",
        "k": 2,
        "measured": 0.5,
        "value": [1.0, np.inf, np.nan, 3.0],
        "vacuous": True,
    }
    table = pd.DataFrame(rows | {"bound": "probe-error", "holds": True, "status": ["exact"] * 3 + ["rate"]})
    both = pd.concat([table, table.assign(bound="sharp-probe-error", vacuous=[False] * 4)])
    facts = bound_holds.facts({"bound_holds": both})
    assert (facts["checks"], facts["bounds"], facts["infinite"], facts["violated"]) == (4, 2, 2, 0)
    assert all(bound_holds.claims(facts).values())
    both.loc[0, "holds"] = False
    with pytest.raises(ValueError, match="finding bound_holds: the tables do not say that no bound is violated"):
        bound_holds.FINDING.require(bound_holds.facts({"bound_holds": both}))


def test_the_rate_leaves_zeros_out_and_says_how_many():
    table = pd.DataFrame({"seed": range(6), "bound": "image-error-rate", "status": "rate"})
    table = table.assign(value=[1.0, 2.0, 4.0, np.inf, 0.0, 8.0], measured=[0.1, 0.2, 0.4, 0.5, 0.5, 0.0])
    points = rates.by_conductance(table)
    assert points["x"].tolist() == [1.0, 2.0, 4.0, 8.0]
    assert (points["y"] > 0).sum() == 3


def test_the_best_setting_is_chosen_by_validation_for_each_seed():
    runs = [
        {"seed": seed, "kind": kind, "validation": validation, "test": test}
        for seed in (0, 1)
        for kind, validation, test in (("clip", 0.5, 0.6 + seed / 10), ("clip", 0.4, 0.9), ("simclr", 0.3, 0.5))
    ]
    best = pretraining.best(pd.DataFrame(runs))
    assert best["test"].tolist() == [0.6, 0.7, 0.5, 0.5]
    mean, half = pretraining.difference(best)
    assert mean == pytest.approx(15.0)
    # The 97.5% quantile of Student's t with 1 degree; for 1/2 there is 1/2 + 1/3, of 20% judged and 60% trained on.
    assert half == pytest.approx(12.706205 * 5.0 * np.sqrt(5 / 3))


def test_a_false_claim_about_caption_pairs_is_named():
    value = caption_pairs.Value(0.5, 0.4, 0.6)
    same = dict.fromkeys(caption_pairs.NAMES, value)
    shown = {
        convention: {"exact": True, "unnamed": True, "estimated": convention == "all"}
        for convention in caption_pairs.CONVENTIONS
    }
    errors = {convention: {"exact": (-0.1, 0.2), "estimated": (0.1, 0.2)} for convention in caption_pairs.CONVENTIONS}
    facts = {"others": same, "all": same, "shown": shown, "by_gradients": 0, "errors": errors}
    with pytest.raises(ValueError, match=r"finding caption_pairs: .* clearly above the controls"):
        caption_pairs.FINDING.require(facts)


def test_lines_are_broken_between_words_only_and_tables_never():
    table = "| " + "a " * 100 + "|\n|---|"
    text = wrapped(f"{'word ' * 30}`make a long piece of code stay` 1.0 ± 2.0\n\n{table}")
    words, kept = text.split("\n\n")
    assert kept == table
    assert max(map(len, words.splitlines())) <= WIDTH
    assert "`make a long piece of code stay`" in words
    for position in range(100, 125):
        assert "1.0 ± 2.0" in wrapped(f"{'x' * position} 1.0 ± 2.0")


def test_no_line_of_the_page_turns_into_a_list_or_a_heading_by_chance():
    for line in (ROOT / "docs" / "findings.md").read_text(encoding="utf-8").splitlines():
        assert not re.match(r"(\d+[.)]|[-+*>]|#{3,}|=+$) ?$|(\d+[.)]|[-+*>]) ", line), line


def test_items_are_listed_as_in_a_sentence():
    assert [listed(items) for items in (["a"], ["a", "b"], ["a", "b", "c"])] == ["a", "a and b", "a, b and c"]


@pytest.mark.parametrize("finding", FINDINGS.values(), ids=lambda finding: finding.name)
def test_a_finding_says_what_would_change_our_mind(finding):
    assert re.fullmatch(r"[a-z][^{}]+\.", finding.overturned)
    said = wrapped(f"What would change our mind: {finding.overturned}")
    assert said in (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")

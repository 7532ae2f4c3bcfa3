"""The key numbers of the findings: changes are reported."""

import json

import numpy as np
import pandas as pd
import pytest

from pairbounds.figures.finding import Finding, Of
from pairbounds.figures.findings import evidence as module
from pairbounds.figures.findings.__main__ import app
from pairbounds.figures.findings.evidence import Number, compared, evidence
from pairbounds.infrastructure.tables import write_table

SEEDS = 8


def mean(tables):
    values = tables["measured"]["x"]
    pairs = {"all": (values.mean(), 2)}
    return {
        "of": Of(1, SEEDS, 1),
        "mean": values.mean(),
        "half": values.sem(),
        "count": len(values),
        "by": pairs,
        "infinite": np.inf,
    }


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Tables of one finding about the mean of a column."""
    finding = Finding("What is the mean?", ("measured",), mean, lambda facts: {"it is small": facts["mean"] < 9})
    monkeypatch.setattr(module, "findings", lambda: {"test_evidence": finding})
    written(tmp_path, np.random.default_rng(0).standard_normal(SEEDS))
    return tmp_path


def written(folder, values):
    write_table(pd.DataFrame({"seed": range(len(values)), "x": values}), folder / "measured.parquet", {})


def test_the_spread_is_the_standard_error_over_seeds(folder):
    values = pd.read_parquet(folder / "measured.parquet")["x"]
    result = evidence(folder)
    assert result["test_evidence.mean"].value == values.mean()
    assert result["test_evidence.mean"].tolerance == pytest.approx(values.std(ddof=1) / np.sqrt(SEEDS))
    assert result["test_evidence.by.all.1"] == Number(2.0, 0.0)
    assert result["test_evidence.claims.it is small"] == Number(value=True, tolerance=0.0)
    assert result["test_evidence.infinite"] == Number(None, 0.0)


@pytest.mark.parametrize("unit", ["seed", "draw"])
def test_a_half_width_from_two_values_has_itself_as_tolerance(folder, unit):
    table = pd.DataFrame({"seed": 0, "draw": 0, "x": [1.0, 3.0]}).assign(**{unit: range(2)})
    write_table(table, folder / "measured.parquet", {})
    result = evidence(folder)
    assert result["test_evidence.mean"] == Number(2.0, pytest.approx(1.0))
    assert result["test_evidence.half"] == Number(pytest.approx(1.0), pytest.approx(1.0))


@pytest.mark.parametrize(
    "was, tolerance, is_now, moved",
    [
        (0.1905, 0.0, 0.1914, False),  # in the fourth digit
        (0.1905, 0.0, 0.1916, True),  # in the third
        (541.0, 0.0, 542.5, True),
        (541.0, 2.0, 542.5, False),  # within its spread
        (0.0, 0.0, 1e-15, False),  # round-off
        (0.0, 0.0, 0.001, True),
        (0.5, 0.0, None, True),
        ("captions", 0.0, "views", True),
    ],
)
def test_a_number_moves_by_its_third_digit_and_by_more_than_its_spread(was, tolerance, is_now, moved):
    assert bool(compared({"it": Number(was, tolerance)}, {"it": is_now})) == moved


def test_the_command_prints_changes_and_accepts_them(call, refused, folder, monkeypatch):
    reference = folder / "reference.json"
    command = [app, "compare", "--tables", folder, "--reference", reference]
    refused(*command)
    assert call(*command, "--accept")[0] == 0
    monkeypatch.setattr(module, "_leave_one_out", None)  # to compare takes the spread that was accepted
    assert call(*command)[:2] == (0, "7 key numbers are unchanged\n")
    written(folder, np.full(SEEDS, 10.0))
    code, _, err = call(*command)
    assert code == 1
    assert "test_evidence.claims.it is small was true and is false" in err
    assert "test_evidence.mean was" in err
    assert "`make smoke ACCEPT=1`" in err
    assert json.loads(reference.read_text())["test_evidence.claims.it is small"] == [True, 0.0]


def test_a_foreign_reference_file_is_an_error(refused, folder):
    (folder / "reference.json").write_text("[1, 2]")
    assert "has no key numbers" in refused(app, "compare", "--tables", folder, "--reference", folder / "reference.json")

import numpy as np
import pandas as pd
import pytest

from pairbounds import check_bounds, to_latex
from pairbounds.infrastructure.tables import sidecar, write_table
from tests.families import GRAPHS

NAMES = ["probe-mse", "optimum", "sharp-probe-mse-below", "image-error-rate", "zero-shot"]
GRAPH = GRAPHS["latent_captions"](np.random.default_rng(0), 40)


def cells(latex):
    """The rows between the rules, the heading first."""
    lines = [line.removesuffix(r" \\") for line in latex.splitlines() if line.endswith(r"\\")]
    return [[cell.strip() for cell in line.split(" & ")] for line in lines]


@pytest.mark.parametrize(
    ("number", "digits", "expected"),
    [
        (0.123456, 3, "0.123"),
        (1234.5, 2, "1234"),
        (-2.0, 2, "$-2.0$"),
        (0.0, 3, "0.00"),
        (3.14159e-7, 3, r"$3.14 \times 10^{-7}$"),
        (np.inf, 3, r"$\infty$"),
        (np.nan, 3, "--"),
        (np.float32(0.5), 2, "0.50"),
    ],
)
def test_numbers_have_significant_digits(number, digits, expected):
    assert cells(to_latex(pd.DataFrame({"x": [number]}), digits=digits))[1] == [expected]


def test_what_latex_would_obey_is_escaped():
    latex = to_latex(pd.DataFrame({"a_b%": ["50 % of {x_1} & #2 ~ $"], "n": [3], "yes": [True], "none": [None]}))
    assert cells(latex)[0] == [r"a\_b\%", "n", "yes", "none"]
    assert r"50 \% of \{x\_1\} \& \#2 \textasciitilde \space \$ & 3 & yes & -- \\" in latex
    assert latex.startswith("\\begin{tabular}{lrll}\n\\toprule\n")
    assert latex.endswith("\\bottomrule\n\\end{tabular}\n")


@pytest.mark.parametrize("k", [3, [2, 3]])
def test_a_table_of_checks_has_the_two_sides_and_a_verdict(k):
    table = check_bounds(GRAPH, k, bounds=NAMES)
    heading, *rows = cells(to_latex(table))
    assert heading == [
        *(["k"] if k != 3 else []),
        *("bound", "quantity", "measured", "relation", "value", "tightness", "verdict"),
    ]
    checked = table[table["applicable"]]
    assert len(rows) == len(checked)  # neither the rate, nor what does not apply
    assert {row[-1] for row in rows} <= {"holds", "vacuous"}
    found = dict(zip((row[-7] for row in rows), rows, strict=False))
    assert found["probe-mse"][-4] == r"$\le$"
    assert float(found["probe-mse"][-3]) == pytest.approx(
        checked.set_index("bound").loc[["probe-mse"], "value"].iloc[-1], rel=5e-3
    )


def test_a_violation_is_printed_as_one_and_an_index_with_a_name_is_a_column():
    table = check_bounds(GRAPH, 3, bounds=["probe-mse"]).assign(holds=pd.array([False], dtype="boolean"))
    assert cells(to_latex(table))[1][-1] == "violated"
    named = pd.DataFrame({"x": [1.5]}, index=pd.Index(["a_b"], name="bound"))
    assert cells(to_latex(named)) == [["bound", "x"], [r"a\_b", "1.50"]]


def test_it_is_written_as_other_tables_are(tmp_path):
    key = write_table(pd.DataFrame({"x": [1.5]}), tmp_path / "t.tex", {"seed": 0})
    assert cells((tmp_path / "t.tex").read_text())[1] == ["1.50"]
    assert key in sidecar(tmp_path / "t.tex").read_text()


@pytest.mark.parametrize(
    ("table", "digits", "message"),
    [
        (pd.DataFrame({"x": []}), 3, "0 rows and 1 columns"),
        (check_bounds(GRAPH, 3, bounds=["image-error-rate"]), 3, "there is nothing to print"),
        (pd.DataFrame({"x": [1]}), 0, "digits=0 is not a number of digits"),
    ],
)
def test_nothing_to_print_is_said(table, digits, message):
    with pytest.raises(ValueError, match=message):
        to_latex(table, digits=digits)

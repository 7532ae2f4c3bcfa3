import numpy as np
import pandas as pd
import pytest

from pairbounds import check_bounds, to_latex
from pairbounds.infrastructure.files import sidecar
from pairbounds.infrastructure.tables import write_table
from tests.families import family_graph

GRAPH = family_graph("latent_captions", 0, 40)


def cells(latex):
    """The rows between the rules, the heading first."""
    lines = [line.removesuffix(r" \\") for line in latex.splitlines() if line.endswith(r"\\")]
    return [[cell.strip() for cell in line.split(" & ")] for line in lines]


def test_latex_commands_are_escaped_and_numbers_have_significant_digits(tmp_path):
    """In the file, too, that is written as other tables are."""
    frame = pd.DataFrame({"a_b%": ["50 % of {x_1} & #2"], "n": [3], "x": [1 / 3], "small": [1e-9], "none": [np.nan]})
    key = write_table(frame.set_index(pd.Index(["y_2"], name="name")), tmp_path / "t.tex", {"seed": 0})
    latex = (tmp_path / "t.tex").read_text()
    assert cells(latex)[0] == ["name", r"a\_b\%", "n", "x", "small", "none"]
    assert r"y\_2 & 50 \% of \{x\_1\} \& \#2 & 3 & 0.333 & 1e-09 & -- \\" in latex
    assert key in sidecar(tmp_path / "t.tex").read_text()


def test_a_table_of_checks_has_the_two_sides_and_a_verdict():
    table = check_bounds(GRAPH, [2, 3], bounds=["probe-mse", "optimum", "image-error-rate"])
    heading, *rows = cells(to_latex(table))
    assert heading == ["k", "bound", "quantity", "measured", "relation", "value", "tightness", "verdict"]
    assert len(rows) == len(table[table["applicable"]])  # neither the rate, nor what does not apply
    assert {row[-1] for row in rows} <= {"holds", "vacuous"}
    assert r"$\le$" in {row[4] for row in rows}
    false = table.assign(holds=pd.array([False] * len(table), dtype="boolean"))
    assert cells(to_latex(false))[1][-1] == "violated"


def test_an_empty_table_raises():
    with pytest.raises(ValueError, match="0 rows and 1 columns: nothing to print"):
        to_latex(pd.DataFrame({"x": []}))

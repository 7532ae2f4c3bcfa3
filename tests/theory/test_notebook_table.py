"""Tables of bounds in a notebook: the same rows and verdicts as `pairbounds check` prints."""

import pickle
from xml.etree import ElementTree

import pandas as pd

from pairbounds import PairGraph, check_bounds
from pairbounds.theory.bounds.check_table import CheckTable


def text_of(table):
    """Text of the HTML of a table, which is well-formed."""
    return "".join(ElementTree.fromstring(table._repr_html_()).itertext())


def test_a_check_table_is_shown_as_it_is_printed(tmp_path):
    table = check_bounds(PairGraph([[3, 1, 0], [1, 2, 0], [0, 1, 4]], ["cat", "cat", "dog"]), 2)
    text = text_of(table)
    assert "probe_error" in text
    assert "not applicable" in text
    assert f"of {len(table)} in all" in text
    assert type(table[["bound", "value"]]) is pd.DataFrame
    assert type(pickle.loads(pickle.dumps(table))) is CheckTable
    table.to_parquet(tmp_path / "table.parquet")
    assert list(pd.read_parquet(tmp_path / "table.parquet")["bound"]) == list(table["bound"])
    table.loc[table["bound"] == "probe-error", "holds"] = False
    assert "VIOLATED" in text_of(table)

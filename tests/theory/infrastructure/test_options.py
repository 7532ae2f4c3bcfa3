"""Names of columns on a command line."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairbounds.infrastructure.commandline import column_names

NAMES = st.lists(st.text(min_size=1).filter(lambda name: name == name.strip()), min_size=2, max_size=3)


@given(NAMES)
def test_two_or_three_names_are_read_as_csv_writes_them(names):
    line = io.StringIO()
    csv.writer(line).writerow(names)
    assert column_names(line.getvalue()) == (names[:2], names[2] if len(names) == 3 else None)


@pytest.mark.parametrize("columns", ["", "url", "url,", "a,b,c,d"])
def test_other_numbers_of_names_raise(columns):
    with pytest.raises(ValueError, match="give two names"):
        column_names(columns)
    assert column_names(None) == (None, None)

"""A table of several widths equals the tables of single widths from equal triplets."""

import numpy as np
import pandas as pd
import pytest

from pairbounds import BOUNDS, check_bounds, spectrum
from tests.families import embeddings, family_graph

WIDTHS = (1, 4)
ROUND_OFF = 1e4 * np.finfo(float).eps


def given_on(graph):
    return {"penalty": 0.5, "critic": embeddings(graph, 2)}


@pytest.mark.parametrize("family", ["sparse_random", "latent_captions"])
def test_a_table_of_several_widths_equals_the_tables_of_single_widths(family):
    """On two equal graphs, which share no cached values."""
    first, second = (family_graph(family, 3, 12) for _ in range(2))
    result = check_bounds(first, WIDTHS, **given_on(first))
    assert result.columns[0] == "k"
    assert set(result["bound"]) == set(BOUNDS)
    assert result["holds"].all()
    options, triplets = given_on(second), spectrum(second, 5)
    single_tables = [check_bounds(second, k, triplets=triplets, **options).assign(k=k) for k in WIDTHS]
    joined = pd.concat(single_tables, ignore_index=True)[result.columns]
    pd.testing.assert_frame_equal(result, joined, check_frame_type=False, rtol=ROUND_OFF, atol=ROUND_OFF)


def test_certificates_are_for_each_width():
    graph = family_graph("latent_captions", 0, 20)
    result = check_bounds(graph, [2, 5], bounds=["probe-mse"], certified=True)
    expected = [check_bounds(graph, k, bounds=["probe-mse"], certified=True)["value"].item() for k in (2, 5)]
    np.testing.assert_allclose(result["value"], expected, rtol=1e-9)


def test_a_table_of_several_widths_shows_them_in_a_notebook():
    table = check_bounds(family_graph("dense_random", 1, 12), [2, 3], bounds=["probe-mse"])
    assert "<th>k</th>" in table._repr_html_()

import inspect
import re
import tracemalloc

import numpy as np
import pandas as pd
import pytest
import torch

from pairbounds import BOUNDS, Bound, PairGraph, bound, check_bounds, induced_labelling_error, spectrum
from pairbounds.theory.bounds.check_table import CheckTable
from tests.families import row_of, slow_decay

GRAPH = PairGraph(np.random.default_rng(0).random((8, 6)), [0, 1] * 4, [0, 1] * 3)
CRITIC = np.random.default_rng(1).random((8, 3)), np.random.default_rng(2).random((6, 3))


def test_a_users_bound_appears_in_the_table():
    @bound("mine", quantity="probe_error", status="conjecture")
    def mine(graph, spectrum, k):
        """No factor two."""
        return induced_labelling_error(graph) / (1 - spectrum.singular_values[k] ** 2)

    assert isinstance(mine, Bound)
    assert BOUNDS["mine"] is mine
    assert mine.statement == "No factor two."
    row, plain = (row_of(name, GRAPH, 2) for name in ("mine", "probe-error"))
    assert row["value"] == pytest.approx(plain["value"] / 2)
    assert row["measured"] == plain["measured"]
    assert row["status"] == "conjecture"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"quantity": "happiness"}, "bound 'mine': quantity 'happiness' is none of probe_error"),
        ({"status": "true"}, "status 'true'"),
        ({"relation": "<"}, "relation '<'"),
        ({"subject": "me"}, "subject 'me'"),
        ({"name": "probe-error"}, "bound 'probe-error' is registered already"),
    ],
)
def test_bad_registrations(change, message):
    arguments = {"name": "mine", "quantity": "probe_error", "status": "exact"} | change
    with pytest.raises(ValueError, match=message):
        bound(arguments.pop("name"), **arguments)(lambda graph, spectrum, k: 0.0)


def test_a_notebook_cell_that_runs_again_replaces_its_bound():
    for value in (1.0, 2.0):

        @bound("mine", quantity="probe_error", status="conjecture")
        def mine(graph, spectrum, k, value=value):
            return value

    assert row_of("mine", GRAPH, 2)["value"] == 2
    with pytest.raises(ValueError, match="registered already"):

        @bound("mine", quantity="probe_error", status="conjecture")
        def other(graph, spectrum, k):
            return 0.0


def test_the_table_has_its_columns_and_a_row_for_each_bound():
    features = np.eye(GRAPH.n_left)[:, :3] + 1
    table = check_bounds(GRAPH, 2, penalty=0.5, critic=CRITIC, through=features)
    text = inspect.cleandoc(CheckTable.__doc__)  # Python 3.13 stores it without its indentation
    described = re.findall(r"[a-z_]+", " ".join(re.findall(r"^([a-z_, ]+) :", text, flags=re.MULTILINE)))
    assert {"k", *table.columns} == set(described)
    assert table["bound"].tolist() == list(BOUNDS)
    assert (table["applicable"].dtype, table["holds"].dtype, table["vacuous"].dtype) == ("bool", "boolean", "boolean")
    for column in ("holds", "vacuous"):
        assert (table[column].isna() == ~table["applicable"]).all()


def test_numpy_and_torch_features_give_one_table_and_leave_rows_of_the_optimum():
    rng = np.random.default_rng(1)
    f, g = rng.standard_normal((8, 2)), rng.standard_normal((6, 2))
    first, second = check_bounds(GRAPH, 2, (f, g)), check_bounds(GRAPH, 2, (torch.tensor(f), torch.tensor(g)))
    pd.testing.assert_frame_equal(first, second)
    at_optimum = check_bounds(GRAPH, 2)
    about_optimum = first["bound"].map(lambda name: BOUNDS[name].subject == "optimum")
    pd.testing.assert_frame_equal(first[about_optimum], at_optimum[about_optimum])
    excess = first.set_index("bound").loc["excess-loss"]
    assert excess["slack"] > 0.1
    assert excess["holds"]


def test_memory_is_linear_in_pairs_and_nodes():
    graph = slow_decay(np.random.default_rng(2), 20_000, 10_000)
    graph = PairGraph(graph.joint, np.arange(graph.n_left) % 4, np.arange(graph.n_right) % 4)
    tracemalloc.start()
    table = check_bounds(graph, 4)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 0.8 * graph.n_right**2  # bytes: the least of the forbidden squares, of bool, would take 1
    skipped = table["bound"][~table["applicable"]].tolist()
    assert "infonce-entropy" in skipped  # it scores every pair of nodes
    assert len(skipped) < len(BOUNDS) / 4


@pytest.mark.parametrize(
    ("k", "options", "message"),
    [
        (7, {}, r"k=7 is not in 1\.\.6"),
        (2, {"features": np.ones((8, 3))}, "f has width 3 and k is 2"),
        (2, {"features": np.ones((7, 2))}, "f has shape"),
        (2, {"features": (np.ones((8, 2)), np.ones((6, 1)))}, "g has width 1 and k is 2"),
        (2, {"triplets": spectrum(GRAPH, 2)}, "k=2 needs 3 triplets, but 2 are given"),
        (2, {"bounds": []}, "bounds names none"),
        *((2, {"penalty": penalty}, r"is not in \(0, 1\)") for penalty in (0, 1, np.nan)),
    ],
)
def test_bad_arguments(k, options, message):
    with pytest.raises(ValueError, match=message):
        check_bounds(GRAPH, k, **options)

"""Plots of a user's graphs, on given or new axes."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from pairbounds import PairGraph, check_bounds, choose, consistency_curve
from pairbounds.figures.plots import (
    CYCLE,
    plot_bounds,
    plot_choice,
    plot_classes,
    plot_comparison,
    plot_consistency,
    plot_phase,
    plot_spectrum,
)
from pairbounds.infrastructure.pictures import NEUTRAL
from tests.families import family_graph

GRAPH = family_graph("latent_captions", 0, 40)
NAMES = ["probe-mse", "multihop-mse", "probe-error"]
TABLE = pd.concat([check_bounds(GRAPH, k, bounds=NAMES).assign(k=k) for k in (2, 4, 8)])
CELLS = [(noise, k, seed) for noise in (0.1, 0.2) for k in (1, 2) for seed in (0, 1)]
SWEEP = pd.DataFrame([{"noise": noise, "k": k, "seed": seed, "error": noise * k} for noise, k, seed in CELLS])
OF_BOUNDS = pd.concat([SWEEP.assign(bound=name) for name in ("probe-mse", "probe-error")])
LABELS = dict(enumerate(GRAPH.left_labels[:120]))
CHOICE = choose({"noise": np.random.default_rng(0).random((GRAPH.n_left, 3)), "eye": np.eye(GRAPH.n_left)}, LABELS, 3)
PLOTS = {
    "choice": lambda **ax: plot_choice(CHOICE, **ax),
    "bounds": lambda **ax: plot_bounds(TABLE, **ax),
    "spectrum": lambda **ax: plot_spectrum(GRAPH, **ax),
    "consistency": lambda **ax: plot_consistency({"a": GRAPH, "b": GRAPH}, **ax),
    "classes": lambda **ax: plot_classes(GRAPH, **ax),
    "comparison": lambda **ax: plot_comparison({"a": TABLE, "b": TABLE}, **ax),
    "phase": lambda **ax: plot_phase(SWEEP, "noise", "k", "error", **ax),
}


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_draws_on_the_axes_it_is_given_and_changes_no_setting(name):
    before = dict(mpl.rcParams)
    _, (axes, unused_axes) = plt.subplots(1, 2)
    assert PLOTS[name](ax=axes) is axes
    assert axes.has_data()
    assert not unused_axes.has_data()
    new = PLOTS[name]()
    assert new.figure is not axes.figure
    assert new.get_xlabel()
    assert new.get_ylabel()
    assert dict(mpl.rcParams) == before


def lines(axes):
    return {line.get_label(): line.get_ydata() for line in axes.lines}


@pytest.mark.parametrize("name", ["bounds", "comparison", "consistency"])
def test_given_axes_keep_their_colour_cycle_and_new_axes_have_ours(name):
    with mpl.rc_context({"axes.prop_cycle": mpl.cycler(color=["#111111", "#222222", "#333333"])}):
        axes = PLOTS[name](ax=plt.subplots()[1])
        new = PLOTS[name]()
    assert next(line.get_color() for line in axes.lines if line.get_color() != NEUTRAL) == "#111111"
    assert "#222222" in [line.get_color() for line in axes.lines]
    assert {line.get_color() for line in new.lines} <= {*CYCLE.by_key()["color"], NEUTRAL}


def test_the_consistency_is_that_of_the_graph():
    (line,) = plot_consistency(GRAPH, 5).lines
    np.testing.assert_allclose(line.get_ydata(), consistency_curve(GRAPH, 5))


def test_classes_are_named_and_their_pairs_counted():
    names = ["a, b and c", "$5$ a kilo", "x" * 99]
    graph = PairGraph(np.eye(4)[[0, 0, 1, 2, 3, 3]], [names[i] for i in (0, 0, 1, 2, 2, 1)])
    axes = plot_classes(graph)
    axes.figure.canvas.draw()  # a dollar begins no formula
    written = [label.get_text() for label in axes.get_yticklabels()]
    assert sorted(written) == sorted(["a, b and c", "$5$ a kilo", "x" * 19 + "…"])
    shares = np.asarray(axes.collections[0].get_array())
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    np.testing.assert_allclose(shares[written.index("$5$ a kilo"), written.index("x" * 19 + "…")], 0.25)
    assert "2 of 3" in plot_classes(graph, 2).get_xlabel()


def test_a_phase_map_is_of_means():
    (mesh,) = plot_phase(SWEEP, "noise", "k", "error").collections
    np.testing.assert_allclose(np.asarray(mesh.get_array()), [[0.1, 0.2], [0.2, 0.4]])


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plot_bounds(TABLE.drop(columns="k")), "no k: give one of check_bounds at several widths"),
        (lambda: plot_bounds(TABLE, ["probe-mse", "probe-error"]), "on several quantities"),
        (lambda: plot_phase(SWEEP[SWEEP["k"] == 1], "noise", "k", "error"), "1 of k: a map needs two"),
        (lambda: plot_phase(OF_BOUNDS, "noise", "k", "error"), "rows of 2 bounds, probe-mse, probe-error: choose one"),
    ],
)
def test_an_unsuitable_table_raises_and_leaves_no_figure(draw, message):
    before = plt.get_fignums()
    with pytest.raises(ValueError, match=message):
        draw()
    assert plt.get_fignums() == before

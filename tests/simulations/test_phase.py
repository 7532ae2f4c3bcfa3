"""The study behind the phase diagram."""

import pytest

from pairbounds import LatentWorld, check_bounds, induced_labelling_error
from pairbounds.simulations.studies import phase_worlds
from pairbounds.simulations.studies.phase import Settings, measure


@pytest.mark.parametrize(
    ("settings", "graph"),
    [
        (Settings(noise=0.1), LatentWorld(seed=3).caption_graph(0.1, 0.3)),
        (Settings(strength=1.2), LatentWorld(seed=3).augmentation_graph(1.2)),
    ],
)
def test_a_cell_has_the_bounds_of_its_graph_and_an_encoder_trained_on_it(settings, graph):
    row = measure(settings, 3).iloc[0]
    checks = check_bounds(graph, settings.k).set_index("bound")
    for column, bound in (("bound", "probe-error"), ("sharp_bound", "sharp-probe-error")):
        assert row[column] == checks.loc[bound, "value"]
    assert row["multihop_bound"] == checks.loc["multihop-error", "value"]
    assert row["optimum_error"] == checks.loc["probe-error", "measured"]
    assert row["excess_loss"] < 1e-3
    assert row["trained_error"] == pytest.approx(row["optimum_error"], abs=2 / graph.n_left)


@pytest.mark.parametrize("settings", [{}, {"noise": 0.1, "strength": 1.0}])
def test_a_cell_is_of_one_kind_of_pairs(settings):
    with pytest.raises(ValueError, match="give noise for captions, or strength for augmentations"):
        Settings(**settings)


def test_each_world_has_its_named_change_and_is_measured_as_in_the_diagram(monkeypatch):
    monkeypatch.setattr(phase_worlds, "WORLDS", {name: phase_worlds.WORLDS[name] for name in ("2 classes", "k = 5")})
    table = phase_worlds.measure(phase_worlds.Settings(noises=(0.1,), strengths=(1.2,), steps=20), 3)
    assert table["world"].nunique() == 2 == len(table) / 2
    rows = table[table["world"] == "k = 5"]
    for (_, row), changed in zip(rows.iterrows(), ({"noise": 0.1}, {"strength": 1.2}), strict=True):
        settings = Settings(k=5, steps=20, **changed)
        assert row["alpha"] == induced_labelling_error(settings.graph(3))
        for column, value in measure(settings, 3).iloc[0].items():
            assert row[column] == value

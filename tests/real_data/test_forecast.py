"""How many encoders a command trains and for how long, said before it does."""

import os

import pytest

from pairbounds.__main__ import app
from pairbounds.real_data.training.forecast import BESIDE, training_forecast
from pairbounds.real_data.training.objectives import OBJECTIVES, Objective
from pairbounds.real_data.training.recipe import Recipe
from pairbounds.real_data.training.runs import RESULT, Run, Studio
from tests.real_data.colours import coloured_source


@pytest.mark.parametrize(
    ("arguments", "encoders"),
    [
        (["resampled_training"], 5 * (3 + 5 * 3 - 1)),
        (["resampled_training", "--set", "rules=none", "--seeds", "2"], 2 * 3),
        (["resampled_training", "--preset", "results", "--seeds", "1"], 3 + 2 + 23 + 2 * 2),
        (["pretraining"], 5 * (1 + 2 * 3 * 3)),
    ],
)
def test_a_dry_run_counts_the_encoders_and_writes_nothing(call, tmp_path, arguments, encoders):
    code, out, _ = call(app, "study", *arguments, "--set", "device=cpu", "--dry-run", "--out", tmp_path / "out")
    assert code == 0
    assert out.splitlines()[-1].startswith(f"{encoders} encoders, about ")
    assert not list(tmp_path.iterdir())


def test_the_time_is_in_proportion_and_kept_encoders_are_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    source = coloured_source(tmp_path)
    studio = Studio(source, tmp_path, views=2, device="cpu")
    runs = [Run("simclr", Recipe(epochs=20_000, batch=32, warmup=0), seed) for seed in range(4)]
    size = source.dataset.size
    images = len(studio.split(0).train) // 32 * 32
    minutes = BESIDE * 4 * 20_000 * images * OBJECTIVES["simclr"].seconds * (size / 64) ** 2 / 60
    for jobs, cores in ((1, 4), (-1, 4), (2, 2), (9, 4)):
        said = training_forecast(runs, studio, tmp_path, jobs)
        assert float(said.split()[3]) == pytest.approx(minutes / cores / (60 if "hours" in said else 1), rel=0.06)
    (tmp_path / runs[0].key).mkdir()
    (tmp_path / runs[0].key / RESULT).write_text("{}")
    assert training_forecast(runs, studio, tmp_path, 1).startswith("4 encoders, 1 of them kept, about ")
    monkeypatch.setitem(OBJECTIVES, "mine", type("Mine", (Objective,), {"views": 1}))
    for other in (Run("simclr", Recipe("resnet18", batch=32), 0), Run("mine", Recipe(batch=32), 0)):
        assert training_forecast([other], studio, tmp_path, 1).startswith("1 encoders, for how long is not known: only")


def test_hours_are_told_by_a_throughput(tmp_path):
    studio = Studio(coloured_source(tmp_path), tmp_path, views=2, device="cpu")
    recipe = Recipe("resnet18", epochs=10, batch=32, warmup=0)
    runs = [Run("untrained", recipe, 0), Run("supervised", recipe, 0), Run("simclr", recipe, 0)]
    pictures = 10 * (len(studio.split(0).encoder) // 32 * 32) * 3
    assert training_forecast(runs, studio, tmp_path, 1, throughput=10) == (
        f"3 encoders, about {pictures / 600:.2g} minutes of one device: {pictures / 36_000:,.1f} GPU-hours for "
        f"{pictures:,} pictures at 10 a second, training alone"
    )

"""Forecasts of how many encoders a command trains, and for how long."""

import os

import pytest

from pairbounds.real_data.training.data import TrainingData
from pairbounds.real_data.training.encoder_runs import RESULT
from pairbounds.real_data.training.forecast import BESIDE, training_forecast
from pairbounds.real_data.training.objectives import OBJECTIVES
from pairbounds.real_data.training.recipe import Recipe
from pairbounds.real_data.training.run import Run


def test_the_time_is_in_proportion_and_kept_encoders_are_left_out(source, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    studio = TrainingData(source, tmp_path, views=2, device="cpu")
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
    other = Run("simclr", Recipe("resnet18", batch=32), 0)
    assert training_forecast([other], studio, tmp_path, 1).endswith(" views, for how long is not known")

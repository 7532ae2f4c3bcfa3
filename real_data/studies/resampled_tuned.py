"""SimCLR, and AddNewPositive with a guide with and without text, all tuned in the same way."""

from dataclasses import replace

import pandas as pd

from pairbounds.real_data.studies.resampled_training import Settings, encoders
from pairbounds.real_data.studies.resampled_training import measure as measured
from pairbounds.real_data.training.encoder_runs import summary
from pairbounds.real_data.training.forecast import EncoderStudy
from pairbounds.real_data.training.recipes import RESULTS

ARMS = ("simclr", "add_new_positive:encoder", "add_new_positive:no_text")
VALUES = {**RESULTS.values, "only": ARMS, "tune": ARMS, "baselines": 1, "whole_seeds": None}


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """Encoders of one seed; columns as in `resampled_training`."""
    return measured(settings, seed)


STUDY = EncoderStudy(
    question="Do guides with and without text gain if all arms are tuned in the same way?",
    settings=Settings,
    measure=measure,
    seeds=8,
    small={"epochs": 1, "warmup": 0, "views": 2, "rules": "add_new_positive"},
    presets={"results": replace(RESULTS, values=VALUES)},
    encoders=encoders,
    summary=lambda tables, _: summary(tables["resampled_tuned"]),
)

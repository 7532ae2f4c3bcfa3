"""SimCLR, and AddNewPositive with a guide with and without text, all tuned in the same way."""

from dataclasses import replace

from pairbounds.real_data.studies import resampled_training
from pairbounds.real_data.training.recipes import RESULTS

ARMS = ("simclr", "add_new_positive:encoder", "add_new_positive:no_text")
VALUES = {**RESULTS.values, "only": ARMS, "tune": ARMS, "baselines": 1, "whole_seeds": None}

STUDY = replace(
    resampled_training.STUDY,
    name="resampled_tuned",
    tables=("resampled_tuned",),
    question="Do guides with and without text gain if all arms are tuned in the same way?",
    seeds=8,
    slow=True,
    presets={"results": replace(RESULTS, values=VALUES)},
)

"""The arm of resampling in training whose guide has no text, tuned as SimCLR and the guide with text are."""

from dataclasses import replace
from functools import partial

import pandas as pd

from pairbounds.real_data.settings import image_inputs
from pairbounds.real_data.studies.resampled_training import Settings, encoders
from pairbounds.real_data.studies.resampled_training import measure as measured
from pairbounds.real_data.training.forecast import encoders_forecast
from pairbounds.real_data.training.recipes import RESULTS
from pairbounds.real_data.training.runs import along, summary
from pairbounds.sweeps import Study

ARM = ("add_new_positive:no_text",)


def measure(settings: Settings, seed: int) -> pd.DataFrame:
    """The arm of one seed; columns as `resampled_training` has them."""
    return measured(settings, seed)


STUDY = Study(
    question="Does a guide without text gain as much where it is tuned as well?",
    settings=Settings,
    measure=measure,
    seeds=8,
    small={"epochs": 1, "warmup": 0, "views": 2, "rules": "add_new_positive"},
    presets={"results": replace(RESULTS, values={**RESULTS.values, "only": ARM, "tune": ARM})},
    inputs=image_inputs,
    forecast=partial(encoders_forecast, encoders),
    columns={"resampled_no_text": "guide kind labels published rule seed test"},
    summary=lambda tables, _: summary(tables["resampled_no_text"]),
    along=partial(along, encoders),
)

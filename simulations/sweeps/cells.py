"""A cell of a sweep: one experiment with one choice of settings and one seed."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import Any, get_args, get_type_hints

import pandas as pd

from simulations.sweeps.experiment import digest, find_experiment
from theory.infrastructure.foreign import ForeignCodeError, contained

SEED = "seed"


@dataclass(frozen=True)
class Cell:
    """What one measurement depends on, and nothing else.

    Attributes
    ----------
    experiment : its name
    version : of the source of the experiment
    settings : an instance of the experiment's settings
    seed : at least 0
    """

    experiment: str
    version: str
    settings: Any
    seed: int

    @cached_property
    def key(self) -> str:
        """A digest of all of it: two cells have one key just when they are equal."""
        return digest(json.dumps(asdict(self), sort_keys=True).encode())

    def measure(self, seconds: float = math.inf) -> bytes:
        """The rows of this cell, as a Parquet file, unless it takes longer than so many seconds.

        Raises
        ------
        ValueError
            The source here, on the machine of a worker perhaps, is of another version; a column is named as a setting.
        ForeignCodeError
            The experiment exits, takes too long, or returns no table. Other errors of its own pass.
        """
        experiment = find_experiment(self.experiment)
        if experiment.version != self.version:
            raise ValueError(
                f"this worker has other source code of {self.experiment!r} than the sweep: install the same"
            )
        about = f"experiment {self.experiment!r}"
        rows: object = contained(
            experiment.measure,
            self.settings,
            self.seed,
            name=about,
            place=experiment.place,
            seconds=seconds,
            passing=(Exception,),
        )
        if not isinstance(rows, pd.DataFrame):
            raise ForeignCodeError(about, *experiment.place, f"returned no DataFrame, but {type(rows).__name__}")
        taken = {SEED, *asdict(self.settings)} & set(rows.columns)
        if taken:
            raise ValueError(f"columns {', '.join(sorted(taken))} of {self.experiment!r} are named as its settings")
        return bytes(rows.to_parquet(index=False))


def chosen_settings(kind: type[Any], values: Mapping[str, object]) -> Any:
    """An instance of a settings dataclass, its values checked against the types of its fields.

    Raises
    ------
    ValueError
        An unknown setting, a value of the wrong type, or one that the dataclass refuses.
    """
    hints = get_type_hints(kind)
    for name in values:
        if name not in hints:
            raise ValueError(f"setting {name!r} is none of {', '.join(field.name for field in fields(kind))}")
    return kind(**{name: _typed(name, value, hints[name]) for name, value in values.items()})


def _typed(name: str, value: object, hint: Any) -> object:
    kinds = get_args(hint) or (hint,)
    if type(value) in kinds:
        return value
    if type(value) is int and float in kinds:
        return float(value)
    raise ValueError(f"setting {name}={value!r} is not of type {getattr(hint, '__name__', hint)}")

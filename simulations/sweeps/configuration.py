"""What a sweep is over: an experiment, fixed settings, grids of the others, and seeds; read from a TOML file."""

import itertools
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from pathlib import Path
from typing import Any

from simulations.sweeps.cells import Cell, chosen_settings
from simulations.sweeps.experiment import Experiment, find_experiment
from theory.infrastructure.foreign import SECONDS, contained
from theory.infrastructure.inputs import require_file

MOST_CELLS = 1_000_000  # of a sweep: each is held in memory, and is a file
READABLE = 10**15  # a count with its digits


@dataclass(frozen=True)
class SweepConfiguration:
    """The cells of a sweep, in a few lines.

    Attributes
    ----------
    experiment : the name of a module in `simulations/experiments`, or of any other with dots
    seeds : how many: 0..seeds-1
    grid : tables of settings with the values they take; every combination within a table is a point of the sweep
    settings : those that are the same in all cells; the others have the experiment's defaults

    Examples
    --------
    ::

        experiment = "phase"
        seeds = 10

        [settings]
        k = 8

        [[grid]]
        noise = [0.0, 0.1, 0.2]
        detail = [0.0, 0.5]

        [[grid]]
        strength = [0.5, 1, 2]
    """

    experiment: str
    seeds: int
    grid: list[Mapping[str, list[Any]]]
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.experiment, str):
            raise ValueError(f"experiment={self.experiment!r} is not the name of an experiment")
        if type(self.seeds) is not int or self.seeds < 1:
            raise ValueError(f"seeds={self.seeds!r} is not an integer of at least 1")
        if not isinstance(self.settings, dict):
            raise ValueError(f"settings={self.settings!r} is not a table: write [settings]")
        if not isinstance(self.grid, list) or not self.grid or not all(isinstance(block, dict) for block in self.grid):
            raise ValueError(f"grid={self.grid!r} is not a list of tables: write [[grid]]")
        for block in self.grid:
            _require_values(block, self.settings)
        self._require_few()

    def _require_few(self) -> None:
        """Count the cells, equal ones too, from the lengths of the lists: there may be too many to look at."""
        count = self.seeds * sum(math.prod(map(len, block.values())) for block in self.grid)
        if count > MOST_CELLS:
            told = f"{count:,}" if count < READABLE else f"{Decimal(count):.1e}"
            raise ValueError(f"seeds and grid spell {told} cells, and a sweep has at most {MOST_CELLS:,}")

    @classmethod
    def read(cls, path: Path, seeds: int | None = None) -> "SweepConfiguration":
        """The configuration in a TOML file; `seeds`, if given, in place of the file's own.

        Raises
        ------
        ValueError
            Not TOML, an unknown or missing key, a wrong type, a grid without values, more cells than `MOST_CELLS`.
        ForeignCodeError
            The experiment fails where its settings are made.
        FileNotFoundError
            No such file.
        """
        require_file(path, "sweep")
        try:
            given = tomllib.loads(path.read_text(encoding="utf-8")) | ({} if seeds is None else {"seeds": seeds})
            known = [key.name for key in fields(cls)]
            for key in given:
                if key not in known:
                    raise ValueError(f"key {key!r} is none of {', '.join(known)}")
            for key in known:
                if key not in given and key != "settings":
                    raise ValueError(f"key {key!r} is missing")
            configuration = cls(**given)
            configuration.cells()
        except (ValueError, RecursionError) as error:
            raise ValueError(f"sweep {path}: {error}") from error
        return configuration

    @property
    def axes(self) -> list[str]:
        """The settings that vary, in the order of the file."""
        return list(dict.fromkeys(itertools.chain.from_iterable(self.grid)))

    def cells(self) -> list[Cell]:
        """Every point of every grid with every seed, once, in the order of the file and with the seeds innermost.

        Raises
        ------
        ValueError
            An unknown experiment or setting, or a value that does not suit it.
        """
        experiment = find_experiment(self.experiment)
        settings = contained(
            self._settings,
            experiment,
            name=f"experiment {self.experiment!r}",
            place=experiment.place,
            seconds=SECONDS,
            passing=(ValueError,),
        )
        return [
            Cell(self.experiment, experiment.version, chosen, seed) for chosen in settings for seed in range(self.seeds)
        ]

    def _settings(self, experiment: Experiment) -> list[Any]:
        """The settings of every point, once."""
        points = (
            {**self.settings, **dict(zip(block, values, strict=True))}
            for block in self.grid
            for values in itertools.product(*block.values())
        )
        return list(dict.fromkeys(chosen_settings(experiment.settings, point) for point in points))


def _require_values(block: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    if not block:
        raise ValueError("a [[grid]] is empty: give it a setting and a list of values")
    for name, values in block.items():
        if not isinstance(values, list) or not values:
            raise ValueError(f"grid: {name}={values!r} is not a list of at least one value")
        if name in settings:
            raise ValueError(f"{name!r} is both fixed in [settings] and varied in a [[grid]]")

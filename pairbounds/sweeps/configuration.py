"""Configuration of a sweep, read from a TOML file: study, fixed settings, grids and seeds."""

import itertools
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from pairbounds.infrastructure.checks import require_named
from pairbounds.infrastructure.inputs import require_file
from pairbounds.sweeps.settings import chosen_settings
from pairbounds.sweeps.studies import find_study

MOST_CELLS = 1_000_000  # cells of a sweep: each is in memory, and has a file
REQUIRED = ("study", "seeds")  # keys of the file


@dataclass(frozen=True)
class SweepConfiguration:
    """Configuration of a sweep.

    Attributes
    ----------
    study : name of the study
    seeds : number of seeds, 0..seeds-1
    grid : tables of settings with their values. Each combination within a table is a point of the sweep. Without a
        grid, the fixed settings are the only point
    settings : fixed settings; the others have the study's defaults

    Examples
    --------
    ::

        study = "training"
        seeds = 10

        [settings]
        k = 8

        [[grid]]
        noise = [0.0, 0.1, 0.2]
        detail = [0.0, 0.5]

        [[grid]]
        loss = ["spectral", "clip"]
    """

    study: str
    seeds: int
    grid: list[Mapping[str, list[Any]]] = field(default_factory=list)
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.study, str):
            raise ValueError(f"study={self.study!r} is not the name of a study")
        if type(self.seeds) is not int or self.seeds < 1:
            raise ValueError(f"seeds={self.seeds!r} is not a positive integer")
        if not isinstance(self.settings, dict):
            raise ValueError(f"settings={self.settings!r} is not a table: write [settings]")
        if not isinstance(self.grid, list) or not all(isinstance(block, dict) for block in self.grid):
            raise ValueError(f"grid={self.grid!r} is not a list of tables: write [[grid]]")
        for name, values in itertools.chain.from_iterable(block.items() for block in self.grid):
            if not isinstance(values, list) or not values:
                raise ValueError(f"grid: {name}={values!r} is not a nonempty list of values")
            if name in self.settings:
                raise ValueError(f"{name!r} is both in [settings] and in a [[grid]]: remove one of them")
        # Counted from the lengths of the lists: the cells may not fit into memory.
        if self.seeds * sum(math.prod(map(len, block.values())) for block in self.grid or [{}]) > MOST_CELLS:
            raise ValueError(f"seeds and grid have more than {MOST_CELLS:,} cells, which is the maximum: use fewer")

    @classmethod
    def read(cls, path: str | Path, seeds: int | None = None) -> "SweepConfiguration":
        """Read a TOML file and check it against its study; `seeds` replaces the value in the file."""
        file = require_file(path, "sweep")
        try:
            values = tomllib.loads(file.read_text(encoding="utf-8")) | ({} if seeds is None else {"seeds": seeds})
            for key in values:
                require_named("key", key, [setting.name for setting in fields(cls)])
            for key in REQUIRED:
                if key not in values:
                    raise ValueError(f"key {key!r} is missing: add it")
            configuration = cls(**values)
            configuration.points()
        except (ValueError, RecursionError) as error:
            raise ValueError(f"sweep {path}: {error}") from error
        return configuration

    @property
    def axes(self) -> list[str]:
        """Names of the settings that vary, in the order of the file."""
        return list(dict.fromkeys(itertools.chain.from_iterable(self.grid)))

    def points(self) -> list[Any]:
        """Settings of all points of all grids, in the order of the file, without duplicates."""
        study = find_study(self.study)
        points = [
            {**self.settings, **dict(zip(block, values, strict=True))}
            for block in self.grid or [{}]
            for values in itertools.product(*block.values())
        ]
        with study.naming_errors(ValueError, OSError):
            return list(dict.fromkeys(chosen_settings(study.settings, point) for point in points))

"""The phase diagram as a map whose cells say their numbers: who wins at a noise and a strength, and by how much."""

from typing import NamedTuple

import pandas as pd

from pairbounds.figures.phase import BEST, BOUNDS, TRAINED, Outcome, outcome
from pairbounds.figures.report.contents import Picture, Table
from pairbounds.figures.report.page import filled

PHASE = "phase"  # the study
NUMBERS = (BEST, TRAINED)  # columns of a cell's numbers


class Cell(NamedTuple):
    """A point of the plane.

    Attributes
    ----------
    noise, strength : where it is
    captions : the share of the seeds in which captions train the better encoder, less that in which augmentations do
    right, decided : in how many seeds theorem 15 names the better encoder, of those in which there is one
    values : mean of each of `NUMBERS` by captions, and by augmentations
    """

    noise: float
    strength: float
    captions: float
    right: int
    decided: int
    values: dict[str, tuple[float, float]]

    @property
    def title(self) -> str:
        """The numbers of the cell, shown when it is pointed at."""
        bound, error = (self.values[name] for name in NUMBERS)
        return (
            f"noise {self.noise:g}, strength {self.strength:g}: {BOUNDS[BEST]} is {bound[0]:.4g} by captions and "
            f"{bound[1]:.4g} by augmentation; the trained error is {error[0]:.4g} and {error[1]:.4g}; "
            f"{BOUNDS[BEST]} is right in {self.right} of {self.decided} seeds"
        )

    @property
    def wrong(self) -> bool:
        """True where theorem 15 is wrong more often than not."""
        return 2 * self.right < self.decided


def phase_map(table: pd.DataFrame) -> Picture:
    """The map of a table of the study `phase`.

    Raises
    ------
    ValueError, KeyError
        No map can be made of it, or it lacks a column.
    """
    found = outcome(table)
    cells = _cells(found)
    noises, strengths = (sorted({getattr(cell, axis) for cell in cells}) for axis in ("noise", "strength"))
    drawn = filled(
        "phase_map.html.jinja",
        cells=[(noises.index(cell.noise), len(strengths) - 1 - strengths.index(cell.strength), cell) for cell in cells],
        noises=noises,
        strengths=strengths[::-1],
        numbers=_numbers(cells),
    )
    seeds = found.points["seed"].nunique()
    caption = (
        f"Each cell is a noise of the captions and a strength of the augmentation, over {seeds} seeds: green where "
        "captions train the better encoder, blue where augmentations do, pale where it depends on the seed. A dot: "
        f"{BOUNDS[BEST]} names the other one in most seeds. Point at a cell for its numbers; the table below has all."
    )
    return Picture(
        drawn, "Phase map: who trains the better encoder, by caption noise and augmentation strength.", caption
    )


def _cells(found: Outcome) -> list[Cell]:
    points = found.points.assign(winner=found.wins[TRAINED], right=found.right[BEST].reindex(found.points.index))
    return [
        Cell(
            float(rows["noise"].iloc[0]),
            float(rows["strength"].iloc[0]),
            float(rows["winner"].mean()),
            int(rows["right"].eq(other=True).sum()),
            int(rows["right"].notna().sum()),
            {name: (rows[f"{name}_caption"].mean(), rows[f"{name}_augmentation"].mean()) for name in NUMBERS},
        )
        for _, rows in points.groupby(["strength", "noise"])
    ]


def _numbers(cells: list[Cell]) -> Table:
    columns = ["noise", "strength", "bound by captions", "bound by augmentation", "trained error by captions"]
    columns += ["trained error by augmentation", "captions win less augmentations", "theorem 15 right, seeds", "of"]
    rows = [
        (cell.noise, cell.strength, *cell.values[BEST], *cell.values[TRAINED], cell.captions, cell.right, cell.decided)
        for cell in cells
    ]
    return Table("The numbers of the map", columns, rows, folded=True)

"""Tables, columns and figures that had other names: for one version the old ones are read, with a warning."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from pairbounds.figures.settings import KEY, settings_of
from pairbounds.infrastructure.renamed import renamed
from pairbounds.infrastructure.tables import read_table

PAIRINGS = ("frontier", "matched", "difference", "verdict", "learned", "confusion", "pairs")
TABLES: Mapping[str, str] = {  # old names by the new ones
    "resampled_worlds": "resampling",
    "resampled_views": "emoji_resampling",
    "resampled_training": "resample",
    "pretraining": "pretrain",
    **{f"pairings_{part}": f"arms_{part}" for part in PAIRINGS},
}
COLUMNS: Mapping[str, str] = {  # new names by the old ones
    "arm": "pairing",
    "eye": "image_encoder",
    "judge": "evaluator",
    "technique": "rule",
}
FIGURES: Mapping[str, str] = {  # new names by the old ones
    "resampling": "resampled_graphs",
    "resampling_training": "resampled_training",
}


def read(folder: Path, name: str) -> pd.DataFrame:
    """A table of a folder, by its name or the one that it had."""
    path, old = folder / f"{name}.parquet", folder / f"{TABLES.get(name, name)}.parquet"
    if not path.is_file() and old.is_file():
        renamed(f"table {old.stem}", name)
        path = old
    return read_file(path)


def read_file(path: Path) -> pd.DataFrame:
    """A table, its columns as they are named now."""
    table = read_table(path)
    table.attrs[KEY] = settings_of(path)
    if changed := {column: COLUMNS[column] for column in table.columns if column in COLUMNS}:
        renamed(f"column {', '.join(changed)} of table {path.stem}", ", ".join(changed.values()))
    return table.rename(columns=changed)

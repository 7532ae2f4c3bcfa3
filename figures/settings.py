"""Tables with the settings that they were measured with, as their sidecars have them, and captions that name these."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from pairbounds.infrastructure.files import disagrees, sidecar
from pairbounds.infrastructure.tables import read_table

KEY = "settings"  # of a table's `attrs`


def read(path: Path) -> pd.DataFrame:
    """A table, its settings among its `attrs`.

    `FileNotFoundError`: there is no table, or it is not that of its sidecar, as after a run that was killed between the
    two.
    """
    table = read_table(path)
    if disagrees(path):
        raise FileNotFoundError(f"table {path} is not the one of its sidecar {sidecar(path).name}: compute it anew")
    table.attrs[KEY] = settings_of(path)
    return table


def settings_of(path: Path) -> Mapping[str, Any]:
    """The settings by their names; none where there is no sidecar, or none that says them."""
    try:
        configuration = json.loads(sidecar(path).read_text(encoding="utf-8"))["configuration"]
        settings: Mapping[str, Any] = configuration | configuration.get("settings", {})  # of a sweep, of all its cells
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}
    return settings


def with_settings(table: pd.DataFrame, words: str) -> str:
    """The words with settings of a table in their places, as in ", k = {k}"; empty where one of them is not known."""
    try:
        return words.format_map(table.attrs.get(KEY, {}))
    except LookupError:
        return ""

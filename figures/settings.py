"""Tables with the settings from their sidecars, and captions that name these settings."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from pairbounds.infrastructure.files import disagrees, sidecar
from pairbounds.infrastructure.tables import read_table

KEY = "settings"  # key in a table's `attrs`


def read(path: Path) -> pd.DataFrame:
    """Read a table, with its settings in `attrs`.

    `FileNotFoundError`: the table is missing, or disagrees with its sidecar, as after a killed run.
    """
    table = read_table(path)
    if disagrees(path):
        raise FileNotFoundError(f"table {path} disagrees with its sidecar {sidecar(path).name}: compute it again")
    table.attrs[KEY] = settings_of(path)
    return table


def settings_of(path: Path) -> Mapping[str, Any]:
    """Settings by name; empty if there is no valid sidecar."""
    try:
        configuration = json.loads(sidecar(path).read_text(encoding="utf-8"))["configuration"]
        settings: Mapping[str, Any] = configuration | configuration.get("settings", {})  # fixed settings of a sweep
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}
    return settings


def with_settings(table: pd.DataFrame, words: str) -> str:
    """Fill in a template such as ", k = {k}" with settings of a table; empty if a setting is unknown."""
    try:
        return words.format_map(table.attrs.get(KEY, {}))
    except LookupError:
        return ""

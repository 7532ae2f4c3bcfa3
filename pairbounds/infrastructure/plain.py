"""Results as JSON: floats have all digits; missing and non-finite values are null."""

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd


def plain(value: Any) -> Any:
    """Convert a value to numbers, text, lists and dicts; a table becomes the list of its rows."""
    if isinstance(value, pd.DataFrame):
        value = value.to_dict("records")
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, np.generic):
        value = value.item()
    if value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value


def as_line(value: Any) -> str:
    """One line of JSON."""
    return json.dumps(plain(value), allow_nan=False, default=str)

"""Choice of rows, means and intervals of a few measurements."""

from typing import Any

import numpy as np
import pandas as pd

from pairbounds.theory.quantities.confidence import student_half

LEVEL = 0.95
Estimate = tuple[float, float]  # mean, and half of its interval
OVERLAP = 1 / 3  # test images per training image in the splits of trainings from pixels; widens intervals


def rows_of(table: pd.DataFrame, **values: Any) -> pd.DataFrame:
    """Rows with these values of columns."""
    for column, value in values.items():
        table = table[table[column] == value]
    return table


def mean_and_half(values: pd.Series, level: float = LEVEL, *, overlap: float = 0.0) -> Estimate:
    """Mean and half-width of Student's interval; the half-width of a single value is NaN.

    `overlap`: ratio of test to training items of random splits of one set, as in `student_half`.
    """
    return float(values.to_numpy(dtype=np.float64).mean()), student_half(values, level, overlap=overlap)

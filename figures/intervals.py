"""What figures say of a few measurements."""

import numpy as np
import pandas as pd
from scipy.stats import t


def mean_and_half(values: pd.Series) -> tuple[float, float]:
    """The mean and half the width of Student's 95% interval; NaN for the width of a single value."""
    found = values.to_numpy(dtype=np.float64)
    spread = float(found.std(ddof=1)) if len(found) > 1 else np.nan
    return float(found.mean()), float(t.ppf(0.975, len(found) - 1)) * spread / len(found) ** 0.5

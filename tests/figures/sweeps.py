"""Tables as sweeps write them."""

import numpy as np
import pandas as pd

COLUMNS = ("bound", "sharp_bound", "multihop_bound", "local_bound", "trained_error", "excess_loss")


def phase_table(noises, strengths, seeds=(0, 1)):
    """As a sweep of `phase` writes it: a block of cells for each axis, captions winning where noise is small."""
    rows = [
        {"noise": noise, "strength": strength, "seed": seed} | dict.fromkeys(COLUMNS, value)
        for block, value_of in (
            ([(noise, np.nan) for noise in noises], lambda noise, _: noise + 0.1),
            ([(np.nan, strength) for strength in strengths], lambda _, strength: 0.25 + abs(np.log(strength)) / 9),
        )
        for noise, strength in block
        for seed in seeds
        for value in [value_of(noise, strength)]
    ]
    return pd.DataFrame(rows)

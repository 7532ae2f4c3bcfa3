"""The finding on pairs by captions counts cells of held-out errors."""

from itertools import product

import pandas as pd

from pairbounds.figures import frontier

CAPTIONS = frontier.NAMES["exact"]


def test_held_out_errors_are_compared_by_draw_with_the_best_rival_of_each_cell():
    # Changes over three draws: t = -17.3, -6.7, 0 and 17.3 where 4.30 is asked for, and 8.86 by Bonferroni for 4 cells.
    changes = {5: (-0.11, -0.10, -0.09), 10: (-0.12, -0.10, -0.07), 20: (-0.10, 0.0, 0.10), 50: (0.09, 0.10, 0.11)}
    rows = []
    for (diversity, values), draw in product(changes.items(), range(3)):
        setting = {"labels": "category", "diversity_of": "others", "diversity": diversity, "width": 2, "draw": draw}
        errors = {CAPTIONS: 0.5 + values[draw], "near": 0.5, "far": 0.9}
        rows += [setting | {"pairing": name, "held_out_error": error} for name, error in errors.items()]
    learned = pd.DataFrame(rows)
    result = frontier._compared(learned, "category", CAPTIONS, ["near", "far"])
    assert result == (2, 1, 1, 4)
    assert frontier._compared(learned, "category", CAPTIONS, ["far"]).lower == 4

from itertools import combinations

import numpy as np
import pytest
from coloraide import Color

from pairbounds.figures.style import THEOREMS
from pairbounds.infrastructure.pictures import AUGMENTATION, BOUND, CAPTION, MEASURED

TOGETHER = ((4, 15, 16, 17), (7, 17), (7, 18), (42, 43))  # theorems of one panel
THEOREM_PAIRS = [(THEOREMS[a].color, THEOREMS[b].color) for group in TOGETHER for a, b in combinations(group, 2)]


def test_each_theorem_has_a_colour_that_no_other_has_nor_what_is_measured():
    assert len({look.color for look in THEOREMS.values()} | {MEASURED}) == len(THEOREMS) + 1


@pytest.mark.parametrize("pair", [(BOUND, MEASURED), (CAPTION, BOUND), (AUGMENTATION, BOUND), *THEOREM_PAIRS])
def test_colours_that_are_compared_stay_apart_to_red_green_blindness(pair):
    first, second = (  # Machado et al. 2009
        np.array(Color(colour).filter("deutan", method="machado").convert("srgb").clip().coords()) for colour in pair
    )
    assert np.abs(first - second).max() > 0.2

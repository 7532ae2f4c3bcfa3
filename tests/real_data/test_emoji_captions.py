from typing import get_args

import numpy as np
import pandas as pd
import pytest

from pairbounds.real_data.emoji_concepts import Labels
from pairbounds.real_data.studies.emoji_captions import Settings, measure


@pytest.fixture(scope="module")
def tables():
    return measure(Settings(widths=(5, 100, 400)), 0)


@pytest.mark.slow
def test_no_bound_is_violated_and_the_measured_facts_are_met(tables):
    bounds = tables["emoji_bounds"]
    assert bounds["holds"].all()
    row = bounds[(bounds["labels"] == "category") & (bounds["k"] == 400)].set_index("bound").loc["probe-error"]
    assert row["value"] == pytest.approx(1.00, abs=0.005)
    assert row["measured"] == pytest.approx(0.063, abs=5e-4)
    assert np.isinf(bounds[bounds["k"] == 5].set_index("bound").loc["probe-error", "value"]).all()


@pytest.mark.slow
def test_the_label_energy_is_all_there_and_gives_alpha(tables):
    energy = tables["emoji_energy"]
    for labels, alpha in (("category", 0.176), ("subcategory", 0.305)):
        rows = energy[energy["labels"] == labels]
        assert rows["label_energy"].sum() == pytest.approx(1, abs=1e-9)
        assert ((1 - rows["singular_value"] ** 2) * rows["label_energy"]).sum() == pytest.approx(alpha, abs=5e-4)
    assert isinstance(energy, pd.DataFrame)
    assert set(energy["labels"]) == set(get_args(Labels))

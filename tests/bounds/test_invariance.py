"""What is always so: one graph in another form has the same table, and no bound that is proved is ever refuted.

Forms, and by how much round-off may let their tables differ, are those of `tests.fuzz.forms` and
`tests.fuzz.metamorphic`; graphs are of all families, as `tests.fuzz.sampling` makes strangers' graphs of them.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.families import GRAPHS
from tests.fuzz.forms import PROPERTIES
from tests.fuzz.metamorphic import differences
from tests.fuzz.sampling import ENCODERS, LABELS, LARGEST, SHAPES, TRUSTED_DECADES, WEIGHTS, WIDTHS, Recipe
from tests.fuzz.verdicts import judge

EXAMPLES = 2  # of each form: 16 graphs in two forms each; `make fuzz` takes thousands
OF_ONE_FAMILY = 1  # of each family
WHATEVER = 2  # of each width, each rule for weights, each encoder
EXTREME = (32, 64, 150, 290)  # decades


def specimens(**parts):
    """Specimens of any recipe but for the parts that are named."""
    every = {
        "family": st.sampled_from(list(GRAPHS)),
        "size": st.integers(2, LARGEST),
        "shape": st.sampled_from(list(SHAPES)),
        "rule": st.sampled_from(list(WEIGHTS)),
        "decades": st.sampled_from(TRUSTED_DECADES),
        "labels": st.sampled_from(list(LABELS)),
        "width": st.sampled_from(list(WIDTHS)),
        "encoder": st.none() | st.sampled_from(list(ENCODERS)),
    }
    recipes = st.builds(Recipe, **(every | parts))
    return st.builds(lambda recipe, seed: recipe.made(np.random.default_rng(seed)), recipes, st.integers(0, 2**32))


@pytest.mark.parametrize("form", PROPERTIES)
@settings(max_examples=EXAMPLES)
@given(specimen=specimens())
def test_the_same_table(form, specimen):
    assert differences(form, specimen) == [], specimen.origin


@pytest.mark.parametrize("family", GRAPHS)
@settings(max_examples=OF_ONE_FAMILY)
@given(form=st.sampled_from(list(PROPERTIES)), data=st.data())
def test_the_same_table_of_every_family(family, form, data):
    specimen = data.draw(specimens(family=st.just(family), shape=st.just("as_drawn")))
    assert differences(form, specimen) == [], specimen.origin


@pytest.mark.parametrize("width", WIDTHS)
@settings(max_examples=WHATEVER)
@given(data=st.data())
def test_nothing_proved_is_refuted_below_at_and_above_the_rank(width, data):
    shapes = st.sampled_from(["rank_deficient", "repeated_rows", "repeated_columns", "small_integers"])
    specimen = data.draw(specimens(width=st.just(width), shape=shapes))
    assert judge(specimen).findings == [], specimen.origin


@pytest.mark.parametrize("rule", WEIGHTS)
@settings(max_examples=WHATEVER)
@given(data=st.data())
def test_nothing_proved_is_refuted_over_many_decades(rule, data):
    """One giant weight among them."""
    specimen = data.draw(specimens(rule=st.just(rule), decades=st.sampled_from(EXTREME)))
    assert judge(specimen).findings == [], specimen.origin


@pytest.mark.parametrize("encoder", [None, *ENCODERS])
@settings(max_examples=WHATEVER)
@given(data=st.data())
def test_nothing_proved_is_refuted_whatever_the_encoder(encoder, data):
    specimen = data.draw(specimens(encoder=st.just(encoder)))
    outcome = judge(specimen)
    assert outcome.findings == [], specimen.origin
    assert outcome.abstained == [] or specimen.decades > TRUSTED_DECADES[-1], "float64 judges all within 24 decades"

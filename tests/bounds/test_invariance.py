"""One graph in another form has the same table. (`tests/fuzz` shows that no bound that is proved is refuted.)

Forms, and by how much round-off may let their tables differ, are those of `tests.fuzz.forms` and
`tests.fuzz.metamorphic`; graphs are of all families, changed as `tests.fuzz.strategies` does.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.families import GRAPHS
from tests.fuzz.drawing import Independent
from tests.fuzz.forms import PROPERTIES
from tests.fuzz.metamorphic import differences
from tests.fuzz.strategies import TRUSTED_DECADES, specimens

# Examples of each form and family, of which the first is the simplest there is; `make fuzz` takes thousands.
OF_A_FORM = settings(max_examples=3, backend=Independent.__name__)
OF_A_FAMILY = settings(max_examples=2, backend=Independent.__name__)


@pytest.mark.parametrize("form", PROPERTIES)
@OF_A_FORM
@given(specimen=specimens(decades=TRUSTED_DECADES))
def test_the_same_table(form, specimen):
    assert differences(form, specimen) == []


@pytest.mark.parametrize("family", GRAPHS)
@OF_A_FAMILY
@given(form=st.sampled_from(list(PROPERTIES)), data=st.data())
def test_the_same_table_of_every_family(family, form, data):
    specimen = data.draw(specimens(families=[family], decades=TRUSTED_DECADES))
    assert differences(form, specimen) == []

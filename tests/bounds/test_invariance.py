"""One graph in another form has the same table. (`tests/fuzz` shows that no bound that is proved is refuted.)

Forms, and by how much round-off may let their tables differ, are those of `tests.fuzz.forms` and
`tests.fuzz.metamorphic`; graphs are of all families, changed as `tests.fuzz.strategies` does.
"""

import pytest
from hypothesis import given, settings

from tests.fuzz.drawing import Independent
from tests.fuzz.forms import PROPERTIES
from tests.fuzz.metamorphic import differences
from tests.fuzz.strategies import TRUSTED_DECADES, specimens

# Examples of each form and family, of which the first is the simplest there is; `make fuzz` takes thousands.
OF_A_FORM = settings(max_examples=3, backend=Independent.__name__)


@pytest.mark.parametrize("form", PROPERTIES)
@OF_A_FORM
@given(specimen=specimens(decades=TRUSTED_DECADES))
def test_the_same_table(form, specimen):
    assert differences(form, specimen) == []

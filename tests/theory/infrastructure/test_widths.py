import numpy as np
import pytest

from pairbounds.infrastructure.checks import parsed_widths, widths_of

SHAPE = (9, 12)


@pytest.mark.parametrize(("widths", "expected"), [(3, (3,)), ([4, 2], (4, 2)), (np.arange(2, 5), (2, 3, 4))])
def test_widths_are_one_or_several(widths, expected):
    result = widths_of(SHAPE, widths)
    assert result == expected
    assert all(type(width) is int for width in result)


@pytest.mark.parametrize(
    ("width", "message"),
    [
        ("8", r"k='8' is a str, not an integer: give a width in 1\.\.9"),
        (2.0, r"k=2\.0 is a float"),
        ([], "k is empty"),
        ([2, 10], r"k=10 is not in 1\.\.9"),
        (np.ones((2, 2), dtype=int), r"k has shape \(2, 2\)"),
    ],
)
def test_a_bad_width_raises(width, message):
    with pytest.raises(ValueError, match=message):
        widths_of(SHAPE, width)


@pytest.mark.parametrize(("text", "expected"), [("8", (8,)), ("2:7:2", (2, 4, 6)), ("1, 3:5, 4", (1, 3, 4, 5))])
def test_widths_on_a_command_line(text, expected):
    assert parsed_widths(text) == expected


@pytest.mark.parametrize("text", ["three", "2:40:2:1", "2:40:0", "40:2", "4,,8", "1:10000000000"])
def test_bad_widths_on_a_command_line_raise_with_the_valid_forms(text):
    with pytest.raises(ValueError, match="or 2:40:2") as error:
        parsed_widths(text)
    assert repr(text) in str(error.value)

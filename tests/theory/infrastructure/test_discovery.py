"""Classes that have a file each."""

import sys
from fractions import Fraction
from pkgutil import iter_modules

import pytest

from pairbounds.infrastructure.discovery import one_in_each

KIND = "from fractions import Fraction\n"
OTHER = "class {}(Fraction):\n    pass\n"


@pytest.fixture
def package(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "found_by_name").mkdir()
    yield tmp_path / "found_by_name"
    for name in [name for name in sys.modules if name.startswith("found_by_name")]:
        del sys.modules[name]


def test_each_module_gives_its_own_class_and_none_that_it_imports(package):
    (package / "first.py").write_text(KIND + OTHER.format("First"))
    (package / "tools.py").write_text(KIND)
    found = one_in_each("found_by_name", iter_modules([str(package)]), Fraction)
    assert [(name, kind.__name__) for name, kind in found.items()] == [("first", "First")]


def test_two_in_one_file_are_an_error_that_names_it(package):
    (package / "both.py").write_text(KIND + OTHER.format("First") + OTHER.format("Second"))
    with pytest.raises(ImportError, match=r"found_by_name.both defines 2 of Fraction"):
        one_in_each("found_by_name", iter_modules([str(package)]), Fraction)

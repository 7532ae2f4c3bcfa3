"""Public names of the package."""

import importlib
import pkgutil
import re
from types import ModuleType

import pytest

import pairbounds
from pairbounds import BOUNDS
from tests.docs.blocks import ROOT

USE = re.compile(r"(?<=[`.@])\w+|(?<=from pairbounds import ).+")
PAGES = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "docs").rglob("*.ipynb")]


def test_the_package_shows_its_public_names_only():
    assert set(dir(pairbounds)) == {*pairbounds.__all__, "__version__"}
    assert all(hasattr(pairbounds, name) for name in dir(pairbounds))


def test_each_public_name_is_used_on_a_page():
    text = "\n".join(path.read_text(encoding="utf-8") for path in PAGES)
    used = {name for names in USE.findall(text) for name in re.findall(r"\w+", names)}
    assert set(pairbounds.__all__) - used == set()


def test_no_module_is_shadowed_by_a_name_in_it():
    for result in pkgutil.walk_packages(pairbounds.__path__, "pairbounds."):
        if result.name.endswith("__main__"):
            continue
        module = importlib.import_module(result.name)
        parent, _, name = result.name.rpartition(".")
        assert getattr(importlib.import_module(parent), name) is module, result.name
        assert isinstance(module, ModuleType)


def test_a_misspelt_bound_raises_with_the_nearest_name():
    with pytest.raises(KeyError, match=r"unknown bound 'probe-eror': is it 'probe-error'\?"):
        BOUNDS["probe-eror"]
    assert BOUNDS.get("probe-eror") is None
    assert "probe-eror" not in BOUNDS

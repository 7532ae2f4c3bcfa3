"""The tiny study, which every test of this folder has as a plugin."""

from pathlib import Path

import pytest

from pairbounds.plugins import load_plugin
from tests.unloaded import unload

collect_ignore = ["tiny.py"]  # or the search for doctests would import it, and register its study under another name


@pytest.fixture(autouse=True, scope="package")
def _tiny():
    load_plugin(Path(__file__).with_name("tiny.py"))
    yield
    unload()

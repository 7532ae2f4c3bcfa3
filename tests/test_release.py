"""Facts about a release agree in all files."""

import re
import tomllib
from importlib.util import find_spec

import yaml

from pairbounds import __version__
from pairbounds.infrastructure.users_code import EXTRAS, advice
from tests.rooms import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_citation_and_changelog_know_the_version():
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))["version"] == __version__
    sections = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sections[0] in ("Unreleased", __version__)
    assert __version__ in sections


def test_a_missing_module_is_named_with_its_extra():
    assert EXTRAS.keys() <= PROJECT["optional-dependencies"].keys()
    missing = ModuleNotFoundError(name="dask.distributed")
    assert advice(missing) == ": pip install '.[dask]' in a checkout of pairbounds"
    assert advice(ModuleNotFoundError(name="nobody")) == ""


def test_the_makefile_names_existing_test_files():
    files = re.findall(r"\btests/[\w/]+\.(?:py|sh)\b", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert files
    assert [name for name in files if not (ROOT / name).is_file()] == []


def test_the_modules_of_the_emoji_extra_are_installed_under_their_names():
    assert [name for name in EXTRAS["emoji"] if find_spec(name) is None] == []

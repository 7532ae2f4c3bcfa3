"""Facts that a release says of itself are the same everywhere."""

import ast
import contextlib
import re
import tomllib
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import yaml

from pairbounds import __version__
from pairbounds.infrastructure.extras import EXTRAS, advice

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_citation_and_changelog_know_the_version():
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))["version"] == __version__
    sections = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sections[0] in ("Unreleased", __version__)
    assert __version__ in sections


def test_no_module_needs_what_only_developers_have():
    """To be loaded: what a function needs of it is loaded there, for every module of figures is loaded to draw one."""
    extras = PROJECT["optional-dependencies"]
    everyone = _with_theirs(PROJECT["dependencies"] + [one for name in extras if name != "dev" for one in extras[name]])
    lacking = {_name(one) for one in extras["dev"]} - everyone
    modules = {module for module, owners in packages_distributions().items() if {*map(_name, owners)} & lacking}
    assert "colorspacious" in modules
    for room in ("theory", "simulations", "real_data", "figures"):
        for path in (ROOT / room).rglob("*.py"):
            if path.name != "pytest_plugin.py":  # which pytest loads
                assert not _loaded(path) & modules, path


def test_a_missing_module_is_named_with_its_extra():
    assert EXTRAS.keys() <= PROJECT["optional-dependencies"].keys()
    missing = ModuleNotFoundError(name="jinja2.environment")
    assert advice(missing) == ": pip install '.[report]' in a checkout of pairbounds"
    assert advice(ModuleNotFoundError(name="nobody")) == ""


def _loaded(path: Path) -> set[str]:
    """The names that a module imports as it is loaded, by its first name."""
    statements = ast.parse(path.read_text(encoding="utf-8")).body
    names = [one.name for each in statements if isinstance(each, ast.Import) for one in each.names]
    names += [each.module for each in statements if isinstance(each, ast.ImportFrom) and each.module]
    return {name.partition(".")[0] for name in names}


def _with_theirs(requirements: list[str]) -> set[str]:
    """The names of some distributions, and of all that these need in turn."""
    found, left = {"pairbounds"}, [_name(one) for one in requirements]
    while left:
        if (name := left.pop()) not in found:
            found.add(name)
            with contextlib.suppress(PackageNotFoundError):  # on another system, or of an extra that is not installed
                left += [_name(one) for one in requires(name) or [] if "extra ==" not in one]
    return found


def _name(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement)[0].lower().replace("_", "-")

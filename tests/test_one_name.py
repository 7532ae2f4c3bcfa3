"""The package has one name: `pairbounds`, whose links lead to the folders of the repository."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import pairbounds

ROOT = Path(__file__).parents[1]
LINKED = ("theory", "simulations", "real_data", "figures")
LOADED = """
import sys
from collections import Counter
from importlib import import_module
from os.path import realpath
import pairbounds
for name in {names}:
    import_module(name)
loaded = {{getattr(module, "__spec__", None) and module.__spec__.origin for module in list(sys.modules.values())}}
files = Counter(realpath(file) for file in loaded if file and not "site-packages" in file)
print(*(file for file, count in files.items() if count > 1))
print(*sorted({{name.partition(".")[0] for name in sys.modules}} & {folders}))
"""


@pytest.mark.parametrize("name", pairbounds.__all__)
def test_a_public_name_is_what_its_module_has_and_says_what_it_is(name):
    value = getattr(pairbounds, name)
    assert callable(value) or name.isupper()
    assert (getattr(value, "__doc__", None) or "").strip()


def test_no_file_is_loaded_under_two_names():
    commands = [path.stem for path in (ROOT / "pairbounds/commands").glob("[!_]*.py")]
    names = ["pairbounds.__main__", "pairbounds.pytest_plugin", *(f"pairbounds.commands.{name}" for name in commands)]
    script = LOADED.format(names=names, folders=set(LINKED))
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["", ""]


def test_every_module_names_others_by_the_one_name():
    for folder in ("pairbounds", "tests", "examples", "docs"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                named = [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
                named += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                assert not {name.partition(".")[0] for name in named} & set(LINKED), path

"""The package has one name: `pairbounds`, whose links lead to the folders of the repository."""

import ast

import pytest

import pairbounds
from tests.rooms import LINKED, ROOT


@pytest.mark.parametrize("name", pairbounds.__all__)
def test_a_public_name_is_callable_or_a_constant_and_documented(name):
    value = getattr(pairbounds, name)
    assert callable(value) or name.isupper()
    assert (getattr(value, "__doc__", None) or "").strip()


def test_every_module_imports_by_the_one_package_name():
    for folder in ("pairbounds", "tests", "examples", "docs", *LINKED):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                named = [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
                named += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                assert not {name.partition(".")[0] for name in named} & set(LINKED), path

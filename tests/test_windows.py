"""The package imports without the modules that Windows lacks."""

import subprocess
import sys

from tests.rooms import ROOT

IMPORTED = """
import sys
sys.modules.update(dict.fromkeys(("fcntl", "resource", "pwd")))
from importlib import import_module
from tests.rooms import modules
for name in modules():
    if name.startswith(("pairbounds.infrastructure", "pairbounds.theory", "pairbounds.simulations", "pairbounds.sweeps",
                        "pairbounds.commands", "pairbounds.plugins")):
        import_module(name)
"""


def test_the_package_imports_as_on_windows():
    done = subprocess.run([sys.executable, "-c", IMPORTED], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

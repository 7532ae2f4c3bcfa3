"""Packages that a bound on a graph imports: not torch, pandas, networkx, mpmath or the command line."""

import subprocess
import sys

from tests.rooms import ROOT

OF_OTHERS = ("charset_normalizer",)  # NumPy 2.0 takes it where it is there
LISTED = """
import sys, pairbounds
print(*{"numpy", "pairbounds.theory"} & {*sys.modules})
before = set(sys.modules)
from pairbounds import BOUNDS, PairGraph, probe, spectrum
names = {name.partition(".")[0] for name in set(sys.modules) - before} - sys.stdlib_module_names
print(*sorted(name for name in names if not name.startswith("_")))
print(*sorted(name for name in sys.modules if name in ("scipy.stats", "scipy.optimize", "scipy.spatial")))
import numpy as np
import scipy.sparse as sp
import pairbounds as pb
for n, bounds in ((30, None), (3_000, ["probe-mse"])):
    joint = sp.random_array((n, 2 * n // 3), density=0.01, rng=np.random.default_rng(0)) + sp.eye_array(n, 2 * n // 3)
    graph = pb.PairGraph(joint, np.arange(n) % 3, drop_isolated=True)
    pb.check_bounds(graph, 3, bounds=bounds)
print("torch" in sys.modules)
"""


def test_graphs_spectra_probes_and_the_ledger_import_few_packages_and_bounds_no_torch():
    done = subprocess.run([sys.executable, "-c", LISTED], cwd=ROOT, capture_output=True, text=True, check=True)
    at_once, packages, heavy, has_torch = done.stdout.splitlines()
    assert at_once == ""  # nothing is imported before its first use
    assert set(packages.split()) <= {"pairbounds", "numpy", "scipy", "cython_runtime", *OF_OTHERS}
    assert (heavy, has_torch) == ("", "False")


WITHOUT_EXTRAS = """
import sys
from pairbounds.infrastructure.users_code import EXTRAS
# As if none were installed, but Pillow, which matplotlib brings.
sys.modules.update((name, None) for modules in EXTRAS.values() for name in modules if name != "PIL")
sys.argv = ["pairbounds", "study"]
from pairbounds.__main__ import main
main()
"""


def test_the_base_install_lists_every_study():
    line = [sys.executable, "-c", WITHOUT_EXTRAS]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    studies = {path.stem for path in ROOT.glob("*/studies/*.py")} - {"__init__"}
    assert studies <= set(done.stdout.split())

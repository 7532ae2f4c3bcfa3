"""A theorem's module needs nothing of files, signals or drawing: theorem 4 on a small graph loads few modules."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULES, LINES = 20, 2_500  # of this package, at most
THEOREM_4 = """
import sys
from pairbounds.theory.bounds.theorem04_linear_probe import probe_mse
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.spectrum.triplets import spectrum
graph = PairGraph([[3, 1, 0], [1, 3, 1]], [0, 1])
assert 0 < probe_mse(graph, spectrum(graph, 2), 1) < 1
for name, module in sys.modules.items():
    if name.partition(".")[0] == "pairbounds":
        print(module.__file__)
"""


def test_theorem_4_on_a_small_graph_loads_few_modules():
    done = subprocess.run([sys.executable, "-c", THEOREM_4], cwd=ROOT, capture_output=True, text=True, check=True)
    files = [Path(line) for line in done.stdout.splitlines()]
    lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files)
    assert len(files) <= MODULES, files
    assert lines <= LINES, files

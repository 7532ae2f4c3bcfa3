"""Progress bars in a notebook and elsewhere."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
LOCK = "pairbounds/infrastructure/processes.py"  # sets the lock of all of them
IN_A_KERNEL = """
import IPython, sys, types
sys.modules["ipykernel.zmqshell"] = types.ModuleType("ipykernel.zmqshell")
IPython.get_ipython = lambda: types.SimpleNamespace(config={"IPKernelApp": {}})
sys.modules["ipywidgets"] = None
from pairbounds.infrastructure.progress import tqdm
print([number for number in tqdm(range(3), desc="counted")])
"""


def test_a_notebook_without_widgets_has_lines_and_no_warning():
    done = subprocess.run([sys.executable, "-c", IN_A_KERNEL], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "[0, 1, 2]\n"), done.stderr
    assert "counted: 100%" in done.stderr
    assert "Warning" not in done.stderr


def test_a_notebook_with_widgets_has_those():
    with_widgets = IN_A_KERNEL.replace('sys.modules["ipywidgets"] = None', "")
    listed = "from tqdm.notebook import tqdm as widget; print(issubclass(tqdm, widget))"
    done = subprocess.run([sys.executable, "-c", with_widgets + listed], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.endswith("True\n"), done.stderr


def test_every_bar_of_the_library_is_one_of_these():
    rooms = ("pairbounds", "theory", "simulations", "real_data", "figures")
    modules = [path for room in rooms for path in (ROOT / room).rglob("*.py")]
    direct = [
        path.relative_to(ROOT).as_posix() for path in modules if re.search(r"^\s*from tqdm", path.read_text(), re.M)
    ]
    assert sorted(direct) == [LOCK, "pairbounds/infrastructure/progress.py"]

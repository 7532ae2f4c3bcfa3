"""Progress bars in a notebook and elsewhere."""

import subprocess
import sys
from pathlib import Path

from pairbounds.infrastructure.progress import tqdm

ROOT = Path(__file__).parents[3]
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


def test_progress_is_for_terminals(capsys, monkeypatch):
    assert list(tqdm(range(3), desc="counting")) == [0, 1, 2]
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert list(tqdm(range(3), desc="counting")) == [0, 1, 2]
    assert "counting: 100%" in capsys.readouterr().err
    monkeypatch.setenv("TQDM_DISABLE", "1")
    assert list(tqdm(range(3), desc="counting")) == [0, 1, 2]
    assert capsys.readouterr().err == ""

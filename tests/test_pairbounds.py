"""The one command: it has every command there is, says the same of each, and works wherever one stands."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pairbounds import __version__
from pairbounds.__main__ import GROUPS, app

SCRIPT = Path(sys.executable).with_name("pairbounds")


def test_short_help_is_help(call):
    code, out, _ = call(app, "check", "-h")
    assert (code, out) == call(app, "check", "--help")[:2]
    assert (code, "--help" in out) == (0, True)
    assert call(app, "--version")[1] == f"pairbounds {__version__}\n"


def test_a_shell_completes_options_of_commands():
    variables = {"_PAIRBOUNDS_COMPLETE": "complete_bash", "COMP_WORDS": "pairbounds study --dr", "COMP_CWORD": "2"}
    done = subprocess.run([SCRIPT], env=os.environ | variables, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["--dry-run"]


@pytest.mark.parametrize(
    "words",
    [
        "pairs --known alpha_T=0.1 --known sigma=0.6",
        *("batch pairs.csv --sizes 2", "pairs pairs.csv --k 1 --sample 40 --penalty 0.9"),
        "audit pairs.csv --label-col label --k 1 --out audit",
    ],
)
def test_json_output_is_one_line(call, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    rows = [f"{i},caption {(i % 8 + j) % 9},{'ab'[i % 8 > 3]}\n" for i in range(20) for j in range(2)]
    (tmp_path / "pairs.csv").write_text("image,caption,label\n" + "".join(rows))
    code, out, _ = call(app, *words.split(), "--json")
    assert (code, out.count("\n")) == (0, 1)
    assert json.loads(out, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))


def test_help_imports_no_heavy_package():
    listed = (
        "import sys; from pairbounds.__main__ import app; app(['--help'], standalone_mode=False); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", listed], capture_output=True, text=True, check=True)
    help_text, _, modules = done.stdout.strip().rpartition("\n")
    assert all(group in help_text for group in GROUPS)
    assert not {"torch", "pandas", "networkx", "matplotlib", "sklearn", "joblib"} & set(modules.split())

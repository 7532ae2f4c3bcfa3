"""`python -m tests.reliability.processor -- COMMAND`: a command as a processor without AVX computes it.

Sums in another order have other last digits: what fails under these variables rests on a digit of this processor.
"""

import os
import re
import subprocess
import sys
from collections.abc import Mapping

import typer

from pairbounds.infrastructure.commandline import run
from tests.reliability.becoming import Command, become

FIXED = {
    "ATEN_CPU_CAPABILITY": "default",
    "OPENBLAS_CORETYPE": "Prescott",
    "ONEDNN_MAX_CPU_ISA": "SSE41",
    "MKL_CBWR": "COMPATIBLE",
}

# Features that this numpy chooses code by, beyond those that it is built for, and that are in use.
_FEATURES = """
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
print("numpy:", *[name for name in __cpu_dispatch__ if __cpu_features__[name]])
"""
_REPORT = """
import scipy.linalg, threadpoolctl, torch
print("torch:", torch.backends.cpu.get_cpu_capability())
for pool in threadpoolctl.threadpool_info():
    if pool["internal_api"] == "openblas":
        print("openblas:", pool["architecture"])
torch.ones(2, 2) @ torch.ones(2, 2)
torch.relu(torch.ones(2, 2).to_mkldnn())
"""
_SPEAKING = {"MKL_VERBOSE": "1", "ONEDNN_VERBOSE": "1"}

# Of each variable: where its library says what it uses, and what it says where the variable took effect.
EFFECTS = {
    "NPY_DISABLE_CPU_FEATURES": (r"^numpy: ?(.*)$", ""),
    "ATEN_CPU_CAPABILITY": (r"^torch: (.*)$", "DEFAULT"),
    "OPENBLAS_CORETYPE": (r"^openblas: (.*)$", "Katmai|Prescott"),  # the same code: it is called by either name
    "ONEDNN_MAX_CPU_ISA": (r"cpu,isa:(.*)$", "Intel SSE4.1"),
    "MKL_CBWR": (r"CNR:(\w+)", "COMPATIBLE"),
}


def variables() -> dict[str, str]:
    """What makes the libraries of this Python compute as on a processor without AVX.

    Raises
    ------
    RuntimeError
        One of them has no effect here.
    """
    others = {name: value for name, value in os.environ.items() if name not in EFFECTS}
    features = _said(_FEATURES, others).removeprefix("numpy:").strip()
    chosen = {"NPY_DISABLE_CPU_FEATURES": features, **FIXED}
    require_effect(chosen, _said(_FEATURES + _REPORT, {**others, **chosen, **_SPEAKING}))
    return chosen


def require_effect(chosen: Mapping[str, str], report: str) -> None:
    """A variable without effect, by what the libraries report, is an error that says what is used in its place."""
    for name, (pattern, expected) in EFFECTS.items():
        found = re.findall(pattern, report, re.MULTILINE)
        wrong = sorted({each for each in found if not re.fullmatch(expected, each)})
        if wrong or not found:
            used = ", ".join(wrong) or "nothing that it speaks to"
            raise RuntimeError(f"{name}={chosen[name]} has no effect: {used} is used here")


def _said(program: str, environment: Mapping[str, str]) -> str:
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"the libraries do not say what they use: {done.stderr.strip().splitlines()[-1]}")
    return done.stdout


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def processor(command: Command) -> None:
    """Run a command under the variables, once they are seen to take effect."""
    os.environ.update(variables())
    become(command)


if __name__ == "__main__":
    run(app)

"""`python -m tests.reliability.elsewhere COMMAND...`: a command as on a processor without AVX.

Sums come in another order there, and have other last digits.
"""

import os
import subprocess
import sys

VARIABLES = {
    "ATEN_CPU_CAPABILITY": "default",
    "OPENBLAS_CORETYPE": "Prescott",
    "ONEDNN_MAX_CPU_ISA": "SSE41",
    "MKL_CBWR": "COMPATIBLE",
}
FEATURES = """
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
print(*[name for name in __cpu_dispatch__ if __cpu_features__[name]])
"""
EFFECT = """
import scipy.linalg, threadpoolctl, torch
used = [pool["architecture"] for pool in threadpoolctl.threadpool_info() if pool["internal_api"] == "openblas"]
print(torch.backends.cpu.get_cpu_capability(), *sorted({"Katmai": "Prescott"}.get(one, one) for one in used))
"""


def pretend_old_processor() -> None:
    """Set variables that libraries read on import; RuntimeError if they have no effect."""
    os.environ.update(VARIABLES, NPY_DISABLE_CPU_FEATURES=_output(FEATURES))
    capabilities = {*_output(FEATURES + EFFECT).split()}
    if capabilities != {"DEFAULT", "Prescott"}:
        raise RuntimeError(f"libraries still use {', '.join(sorted(capabilities - {'DEFAULT', 'Prescott'}))}")


def _output(program: str) -> str:
    return subprocess.check_output([sys.executable, "-c", program], text=True).strip()


if __name__ == "__main__":
    pretend_old_processor()
    os.execvp(sys.argv[1], sys.argv[1:])

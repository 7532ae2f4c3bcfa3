"""Benchmarks: ours against a peer, run by `python -m tests.benchmarks`. Never a test: nothing here asserts a time.

A benchmark is a module `bench_NAME.py` here, found by its name. Its docstring says what it asks, `SIZES` names the
sizes it is meant for, and `duels(size, seed)` lists the `Duel`s to run at one of them.

The runner is our own, since pytest-benchmark times one function after the other: what the machine did meanwhile would
then be in the ratio. Ours takes the runs of the two in turn.
"""

from importlib import import_module
from pkgutil import iter_modules

BENCHMARKS = {
    module.name.removeprefix("bench_"): import_module(f"{__name__}.{module.name}")
    for module in iter_modules(__path__)
    if module.name.startswith("bench_")
}

"""Benchmarks: ours against its peers in the same run, by `python -m tests.benchmarks`. Nothing here asserts a time.

A benchmark is a module `bench_NAME.py` here, found by its name. `SIZES` names the sizes it is meant for, and
`duels(size, seed)` lists the `Duel`s to run at one of them. All run once a round: pytest-benchmark times one
function after the other, and what the machine did meanwhile would be in the ratio.
"""

from importlib import import_module
from pkgutil import iter_modules

BENCHMARKS = {
    module.name.removeprefix("bench_"): import_module(f"{__name__}.{module.name}")
    for module in iter_modules(__path__)
    if module.name.startswith("bench_")
}

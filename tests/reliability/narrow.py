"""Which tests a module has of its own: what is wrong in it must fail there, and not only somewhere else."""

import importlib
from collections.abc import Mapping
from types import ModuleType

from tests.bounds.test_outward import TOGETHER
from theory.bounds import BOUNDS, THEOREMS

# The modules that compute what bounds are made of.
COMPUTING: Mapping[str, tuple[str, ...]] = {
    "theory.bounds.precise": ("tests/bounds/test_rounding.py", "tests/theory/test_attack.py"),
    "theory.bounds.scoring": ("tests/bounds/test_every_bound.py", "tests/theory/test_attack.py"),
    "theory.certificates": ("tests/theory/test_certificates.py",),
    "theory.counting": ("tests/theory/test_counting.py",),
    "theory.hop_scores": ("tests/theory/test_local_multihop.py",),
    "theory.infonce": ("tests/theory/test_infonce.py",),
    "theory.intervals": ("tests/theory/test_intervals.py",),
    "theory.local_multihop": ("tests/theory/test_local_multihop.py",),
    "theory.logistic": ("tests/theory/test_logistic.py",),
    "theory.margins": ("tests/theory/test_margins.py",),
    "theory.mixtures": ("tests/theory/test_mixtures.py",),
    "theory.multihop": ("tests/theory/test_multihop.py",),
    "theory.pairs_to_error": ("tests/theory/test_pairs_to_error.py",),
    "theory.restricted": ("tests/theory/test_restricted.py",),
    "theory.ridge": ("tests/theory/test_ridge.py",),
    "theory.transfer": ("tests/theory/test_transfer.py",),
    "theory.votes": ("tests/theory/test_votes.py",),
}

# Beside their witnesses and what weakens their claims, some theorems have files of their own.
OF_THEOREMS: Mapping[str, tuple[str, ...]] = {
    "theorem07_near_optimal": ("tests/bounds/test_unlike_classes.py",),
    "theorem09_conductance": ("tests/theory/test_connectivity.py",),
    "theorem17_trained_encoders": ("tests/bounds/test_unlike_classes.py", "tests/bounds/test_theorem17.py"),
    "theorem18_penalty": ("tests/bounds/test_unlike_classes.py", "tests/bounds/test_penalty.py"),
    "theorem20_votes": ("tests/theory/test_votes.py",),
    "theorem22_counting": ("tests/theory/test_counting.py",),
    "theorem27_whitened_alignment": ("tests/bounds/test_whitened_alignment.py",),
}
WITNESSES = "tests/bounds/test_mutants.py::test_every_witness_stands"
WEAKENED = "tests/bounds/test_outward.py::test_what_may_be_off_weakens_a_claim"
TOGETHER_COUNT = "tests/bounds/test_outward.py::test_every_allowance_counts"


def modules() -> dict[str, ModuleType]:
    """All that mistakes are put into, by their names."""
    computing = {name: importlib.import_module(name) for name in COMPUTING}
    return computing | {theorem.__name__: theorem for theorem in THEOREMS}


def narrowest(module: ModuleType) -> list[str]:
    """The module's own tests, as pytest takes them."""
    if module.__name__ in COMPUTING:
        return list(COMPUTING[module.__name__])
    theorem = module.__name__.rpartition(".")[2]
    names = [name for name, bound in BOUNDS.items() if bound.evaluate.__module__ == module.__name__]
    weakened = [f"{WEAKENED}[{name}-{part}]" for name in names for part in ("upper", "lower", "rounding")]
    together = [f"{TOGETHER_COUNT}[{name}]" for name in names if name in TOGETHER]
    return [f"{WITNESSES}[{theorem}]", *weakened, *together, *OF_THEOREMS.get(theorem, ())]

"""The tests that a module has of its own: what is wrong in it must fail there, and not only somewhere else."""

import importlib
from collections.abc import Mapping
from types import ModuleType

from pairbounds.theory.bounds import THEOREMS

# The modules that compute what bounds are made of.
COMPUTING: Mapping[str, tuple[str, ...]] = {
    "pairbounds.theory.bounds.precise": ("tests/bounds/test_rounding.py", "tests/theory/test_attack.py"),
    "pairbounds.theory.bounds.scoring": ("tests/bounds/test_every_bound.py", "tests/theory/test_attack.py"),
    "pairbounds.theory.spectrum.certificates": ("tests/theory/test_certificates.py",),
    "pairbounds.theory.quantities.hop_scores": ("tests/theory/test_local_multihop.py",),
    "pairbounds.theory.quantities.infonce": ("tests/theory/test_infonce.py",),
    "pairbounds.theory.quantities.confidence": ("tests/theory/test_confidence.py",),
    "pairbounds.theory.quantities.local_multihop": ("tests/theory/test_local_multihop.py",),
    "pairbounds.theory.quantities.logistic": ("tests/theory/test_logistic.py",),
    "pairbounds.theory.quantities.margins": ("tests/theory/test_margins.py",),
    "pairbounds.theory.graph.mixtures": ("tests/theory/test_mixtures.py",),
    "pairbounds.theory.quantities.multihop": ("tests/theory/test_multihop.py",),
    "pairbounds.theory.bounds.theorem28_training_pairs": ("tests/bounds/test_training_pairs.py",),
    "pairbounds.theory.bounds.theorem28_held_out": ("tests/bounds/test_held_out_pairs.py",),
    "pairbounds.theory.bounds.theorem29_batches": ("tests/bounds/test_batches.py",),
    "pairbounds.theory.bounds.theorem30_coarser_captions": ("tests/bounds/test_coarser_captions.py",),
    "pairbounds.theory.bounds.theorem33_view_pairs": ("tests/bounds/test_view_pairs.py",),
    "pairbounds.theory.bounds.theorem21_ridge_probe": ("tests/theory/test_ridge.py",),
}

# Beside these of all theorems, some modules of bounds have tests of their own.
ALL_THEOREMS = tuple(f"tests/bounds/test_{name}.py" for name in ("witnesses", "every_bound", "outward", "theorems"))
OWN: Mapping[str, tuple[str, ...]] = {
    "theorem03_mmcl_is_sscl": ("tests/bounds/test_ties.py",),
    "theorem07_near_optimal": ("tests/bounds/test_unlike_classes.py",),
    "theorem08_class_connectivity": ("tests/bounds/test_light_nodes.py", "tests/theory/test_connectivity.py"),
    "theorem09_conductance": ("tests/theory/test_connectivity.py",),
    "theorem10_infonce": ("tests/bounds/test_light_nodes.py",),
    "theorem11_mean_classifier": ("tests/bounds/test_light_nodes.py",),
    "theorem11_nearest_mean": ("tests/bounds/test_light_nodes.py", "tests/bounds/test_sizes_of_features.py"),
    "theorem16_imbalance": ("tests/bounds/test_second_moments.py",),
    "theorem17_trained_encoders": ("tests/bounds/test_theorem17.py", "tests/bounds/test_unlike_classes.py"),
    "theorem18_penalty": ("tests/bounds/test_penalty.py", "tests/bounds/test_unlike_classes.py"),
    "theorem20_votes": ("tests/theory/test_votes.py",),
    "theorem22_counting": ("tests/theory/test_counting.py",),
    "theorem32_mean_captions": ("tests/bounds/test_mean_captions.py",),
    "theorem31_temperature": ("tests/bounds/test_temperature.py",),
    "theorem27_whitened_alignment": ("tests/bounds/test_whitened_alignment.py",),
}


def modules() -> dict[str, ModuleType]:
    """All modules that mistakes are put into, by their names."""
    computing = {name: importlib.import_module(name) for name in COMPUTING}
    return {module.__name__: module for module in [*THEOREMS, *computing.values()]}


def narrowest(module: ModuleType) -> list[str]:
    """Test files of a module, for pytest."""
    if module.__name__ in COMPUTING:
        return [*COMPUTING[module.__name__]]
    return [*OWN.get(module.__name__.rpartition(".")[2], ()), *ALL_THEOREMS]

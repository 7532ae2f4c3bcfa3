"""Which tests a module has of its own: what is wrong in it must fail there, and not only somewhere else."""

import importlib
from collections.abc import Mapping
from types import ModuleType

from pairbounds.theory.bounds import BOUNDS, THEOREMS
from tests.bounds.checks import CHECKS
from tests.bounds.test_outward import TOGETHER

# The modules that compute what bounds are made of.
COMPUTING: Mapping[str, tuple[str, ...]] = {
    "pairbounds.theory.bounds.precise": ("tests/bounds/test_rounding.py", "tests/theory/test_attack.py"),
    "pairbounds.theory.bounds.scoring": ("tests/bounds/test_every_bound.py", "tests/theory/test_attack.py"),
    "pairbounds.theory.spectrum.certificates": ("tests/theory/test_certificates.py",),
    "pairbounds.theory.quantities.hop_scores": ("tests/theory/test_local_multihop.py",),
    "pairbounds.theory.quantities.infonce": ("tests/theory/test_infonce.py",),
    "pairbounds.theory.quantities.intervals": ("tests/theory/test_intervals.py",),
    "pairbounds.theory.quantities.local_multihop": ("tests/theory/test_local_multihop.py",),
    "pairbounds.theory.quantities.logistic": ("tests/theory/test_logistic.py",),
    "pairbounds.theory.quantities.margins": ("tests/theory/test_margins.py",),
    "pairbounds.theory.graph.mixtures": ("tests/theory/test_mixtures.py",),
    "pairbounds.theory.quantities.multihop": ("tests/theory/test_multihop.py",),
    "pairbounds.theory.bounds.theorem26_pairs_to_error": ("tests/theory/test_pairs_to_error.py",),
    "pairbounds.theory.bounds.theorem24_restricted": ("tests/theory/test_restricted.py",),
    "pairbounds.theory.bounds.theorem21_ridge_probe": ("tests/theory/test_ridge.py",),
    "pairbounds.theory.bounds.theorem25_transfer": ("tests/theory/test_transfer.py",),
}

# Beside their witnesses, their violated hypotheses and what weakens their claims, theorems have tests of their own.
BY_FILE: Mapping[str, tuple[str, ...]] = {
    "tests/bounds/test_light_nodes.py": (
        "theorem08_class_connectivity",
        "theorem10_infonce",
        "theorem11_mean_classifier",
        "theorem11_nearest_mean",
    ),
    "tests/bounds/test_outward.py::test_the_excess_of_an_optimum_is_the_round_off_of_its_loss": (
        "theorem17_trained_encoders",
    ),
    "tests/bounds/test_outward.py::test_the_excess_of_a_penalised_loss_is_off_by_a_rounding_of_its_terms": (
        "theorem18_penalty",
    ),
    "tests/bounds/test_outward.py::test_a_duality_gap_is_off_by_a_rounding_of_its_norm_and_of_its_terms": (
        "theorem18_penalty",
    ),
    "tests/bounds/test_outward.py::test_values_no_further_apart_than_round_off_are_one_to_theorem_3": (
        "theorem03_mmcl_is_sscl",
    ),
    "tests/bounds/test_outward.py::test_means_that_coincide_and_classes_that_fall_apart_are_no_division_by_0": (
        "theorem08_class_connectivity",
        "theorem09_conductance",
        "theorem11_nearest_mean",
    ),
    "tests/bounds/test_outward.py::test_what_is_spared_by_imbalance_is_rounded_down": ("theorem16_imbalance",),
    "tests/bounds/test_outward.py::test_the_hinge_of_classes_is_rounded_up": ("theorem11_mean_classifier",),
    "tests/theory/test_multihop.py": ("theorem15_multihop",),
    "tests/theory/test_local_multihop.py": ("theorem16_local_multihop",),
    "tests/bounds/test_penalty.py": ("theorem18_penalty",),
    "tests/bounds/test_second_moments.py": ("theorem16_imbalance",),
    "tests/bounds/test_sizes_of_features.py": ("theorem11_nearest_mean",),
    "tests/bounds/test_theorem17.py": ("theorem17_trained_encoders",),
    "tests/bounds/test_theorems.py": (
        "theorem03_mmcl_is_sscl",
        "theorem04_linear_probe",
        "theorem05_self_supervised",
        "theorem06_zero_shot",
        "theorem07_near_optimal",
        "theorem09_conductance",
        "theorem10_infonce",
    ),
    "tests/bounds/test_ties.py": ("theorem03_mmcl_is_sscl",),
    "tests/bounds/test_unlike_classes.py": (
        "theorem07_near_optimal",
        "theorem17_trained_encoders",
        "theorem18_penalty",
    ),
    "tests/bounds/test_whitened_alignment.py": ("theorem27_whitened_alignment",),
    "tests/theory/test_connectivity.py": ("theorem08_class_connectivity", "theorem09_conductance"),
    "tests/theory/test_counting.py": ("theorem22_counting",),
    "tests/theory/test_votes.py": ("theorem20_votes",),
}
WITNESSES = "tests/bounds/test_witnesses.py::test_every_witness_stands"
HYPOTHESES = "tests/bounds/test_every_bound.py::test_a_violated_hypothesis_raises"
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
    violated = [f"{HYPOTHESES}[{name}]" for name in names if name in CHECKS and CHECKS[name].violated]
    weakened = [f"{WEAKENED}[{name}-{part}]" for name in names for part in ("upper", "lower", "rounding")]
    together = [f"{TOGETHER_COUNT}[{name}]" for name in names if name in TOGETHER]
    own = [test for test, theorems in BY_FILE.items() if theorem in theorems]
    witnesses = [f"{WITNESSES}[{name}]" for name in names]
    return [*witnesses, *violated, *weakened, *together, *own] or [WITNESSES]

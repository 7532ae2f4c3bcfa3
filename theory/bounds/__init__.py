"""The ledger: one theorem, one module; importing a module registers its bounds."""

from theory.bounds import (
    theorem01_factorisation,
    theorem02_optimum,
    theorem03_mmcl_is_sscl,
    theorem04_linear_probe,
    theorem05_self_supervised,
    theorem06_zero_shot,
    theorem07_near_optimal,
    theorem08_class_connectivity,
    theorem09_conductance,
    theorem10_infonce,
    theorem15_multihop,
)
from theory.bounds.check import check_bounds
from theory.bounds.gap import over_gap
from theory.bounds.quantities import QUANTITIES, Encoder
from theory.bounds.registry import BOUNDS, Bound, bound

THEOREMS = (
    theorem01_factorisation,
    theorem02_optimum,
    theorem03_mmcl_is_sscl,
    theorem04_linear_probe,
    theorem05_self_supervised,
    theorem06_zero_shot,
    theorem07_near_optimal,
    theorem08_class_connectivity,
    theorem09_conductance,
    theorem10_infonce,
    theorem15_multihop,
)

__all__ = ["BOUNDS", "QUANTITIES", "THEOREMS", "Bound", "Encoder", "bound", "check_bounds", "over_gap"]

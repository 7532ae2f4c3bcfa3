from tests.bounds.checks.check import NO_GAP, Checks, tie
from tests.bounds.checks.theorem06 import tied_prototypes

# At the optimum nothing is in excess, and theorems 4 and 6 are equalities there.
CHECKS = {
    "near-optimal-error": Checks(tie, NO_GAP),
    "sharp-near-optimal-error": Checks(tie, NO_GAP),
    "multihop-near-optimal-error": Checks(tie, NO_GAP),
    "zero-shot-near-optimal": Checks(tied_prototypes, NO_GAP),
}

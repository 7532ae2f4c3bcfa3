from tests.bounds.checks.check import NO_GAP, Case, Checks, two_nodes
from tests.bounds.checks.theorem06 import tied_prototypes


def optimum() -> Case:
    """At the optimum nothing is in excess, and theorem 4 is an equality here."""
    return Case(two_nodes(0.1))


CHECKS = {
    "near-optimal-error": Checks(optimum, NO_GAP),
    "sharp-near-optimal-error": Checks(optimum, NO_GAP),
    "multihop-near-optimal-error": Checks(optimum, NO_GAP),
    "zero-shot-near-optimal": Checks(tied_prototypes, NO_GAP),
}

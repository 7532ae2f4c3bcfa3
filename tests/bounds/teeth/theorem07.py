from math import sqrt

from tests.bounds.teeth.theorem06 import all_but_disconnected
from tests.bounds.teeth.tooth import NO_GAP, NO_RIGHT_LABELS, Case, Teeth, two_nodes


def optimum() -> Case:
    """At the optimum nothing is in excess, and theorem 4 is an equality here."""
    return Case(two_nodes(0.1))


TEETH = {
    "near-optimal-mse": Teeth(optimum, NO_GAP),
    "near-optimal-error": Teeth(optimum, NO_GAP),
    "sharp-near-optimal-error": Teeth(optimum, NO_GAP),
    "multihop-near-optimal-error": Teeth(optimum, NO_GAP),
    "zero-shot-any": Teeth(optimum, NO_RIGHT_LABELS, value=2 * (sqrt(2 * 0.1) + 0.8) ** 2),
    "zero-shot-near-optimal": Teeth(all_but_disconnected, NO_GAP, within=0.05),
}

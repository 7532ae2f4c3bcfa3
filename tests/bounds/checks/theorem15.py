import numpy as np

from pairbounds import PairGraph
from tests.bounds.checks.check import NO_LEFT_LABELS, Case, Checks, two_nodes


def two_atoms() -> Case:
    """The labels have energy at σ_1 and σ_2 alone, which two hops tell; at k = 1 every image is a tie."""
    return Case(two_nodes(0.1))


def energy_below_the_next_value() -> Case:
    """Two independent bits, the label kept at 0.8 and the other at 0.9: half of the label energy is at σ_3 < σ_2."""
    label, other = two_nodes(0.1).joint.toarray(), two_nodes(0.05).joint.toarray()
    return Case(PairGraph(np.kron(label, other), [0, 0, 1, 1]))


CHECKS = {
    "multihop-mse": Checks(two_atoms, NO_LEFT_LABELS),
    "multihop-error": Checks(two_atoms, NO_LEFT_LABELS),
    "multihop-mse-below": Checks(energy_below_the_next_value, NO_LEFT_LABELS),
}

import numpy as np

from pairbounds import PairGraph
from tests.bounds.checks.check import NO_LEFT_LABELS, Case, Checks, tie, two_nodes


def energy_below_the_next_value() -> Case:
    """Two independent bits, the label kept at 0.8 and the other at 0.9: half of the label energy is at σ_3 < σ_2."""
    label, other = two_nodes(0.1).joint.toarray(), two_nodes(0.05).joint.toarray()
    return Case(PairGraph(np.kron(label, other), [0, 0, 1, 1]))


CHECKS = {
    "multihop-mse": Checks(tie, NO_LEFT_LABELS),
    "multihop-error": Checks(tie, NO_LEFT_LABELS),
    "multihop-mse-below": Checks(energy_below_the_next_value, NO_LEFT_LABELS),
}

import numpy as np

from pairbounds import PairGraph
from tests.bounds.checks.check import NO_LEFT_LABELS, NO_RIGHT_LABELS, Case, Checks, tie, two_nodes


def spread_errors() -> Case:
    """Images of 40 classes; one caption names class 0 and one pair in a hundred of it is any other class."""
    weights = np.r_[0.99, np.full(39, 0.01 / 39)]
    return Case(PairGraph(weights[:, None], np.arange(40), [0]))


def nothing_left_to_know() -> Case:
    """σ_2 = 0: α_T beyond the top k is the squared error."""
    return Case(two_nodes(0.5))


CHECKS = {
    "induced-labelling-error": Checks(spread_errors, NO_RIGHT_LABELS),
    "probe-mse": Checks(tie, NO_LEFT_LABELS),
    "probe-error": Checks(tie, NO_LEFT_LABELS),
    "sharp-probe-mse": Checks(tie, NO_LEFT_LABELS),
    "sharp-probe-error": Checks(tie, NO_LEFT_LABELS),
    "sharp-probe-mse-below": Checks(nothing_left_to_know, NO_LEFT_LABELS),
}

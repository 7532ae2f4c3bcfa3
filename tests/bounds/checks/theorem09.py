import numpy as np
import scipy.sparse as sp

from pairbounds import PairGraph
from tests.bounds.checks.check import NO_LEFT_LABELS, Case, Checks, tie, two_nodes


def two_exponential_tails(n: int = 401, window: int = 6, decay: float = 0.26, bridge: float = 1.4) -> PairGraph:
    """A line whose pairs lie within a short window, all equal in it; masses fall off exponentially on both sides.

    The windows over the middle weigh `bridge` times more, or the line would be easiest to cut there.
    """
    windows = np.arange(n - window + 1)
    distance = np.abs(windows - windows.mean())
    weight = np.exp(-decay * distance) * np.where(distance < window / 2, bridge, 1)
    rows = (windows[:, None] + np.arange(window)).ravel()
    return PairGraph(sp.coo_array((np.repeat(weight, window), (rows, np.repeat(windows, window)))))


def one_image() -> Case:
    return Case(PairGraph([[1.0, 2.0]], [0], [0, 0]))


def three_classes() -> Case:
    return Case(PairGraph(np.eye(3) + 0.1, [0, 1, 2]))


def two_clusters() -> Case:
    """Each class is a pair of images alike; α = 0.1, and the sparsest partition in two, the classes, leaks 0.18."""
    joint = np.kron(two_nodes(0.1).joint.toarray(), np.ones((2, 2)))
    return Case(PairGraph(joint, [0, 0, 1, 1], [0, 0, 1, 1]), 4)


def narrower_than_twice_the_classes() -> Case:
    return Case(two_clusters().graph, 3)


NO_CUT = (one_image, "a cut needs two left nodes")
MORE_CLASSES = (three_classes, "k \\+ 1 >= r fails: k is 1 and 3 classes")

CHECKS = {
    "cheeger-below": Checks(tie, NO_CUT),
    "cheeger-above": Checks(lambda: Case(two_exponential_tails()), NO_CUT, within=0.04),
    "class-partition": Checks(tie, MORE_CLASSES),
    "class-leaks": Checks(tie, NO_LEFT_LABELS),
    "image-error-rate": Checks(
        two_clusters, (narrower_than_twice_the_classes, "k >= 2 r fails: k is 3 and 2 classes"), value=0.1 / 0.18**2
    ),
}

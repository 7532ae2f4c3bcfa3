from pairbounds import PairGraph
from tests.bounds.checks.check import Case, Checks, left_features_only, two_nodes


def both_bits() -> Case:
    """σ is 1 and 0.8: the constant is aligned, and the second feature is as far apart as the pairs allow."""
    return Case(two_nodes(0.1), 2)


def wider_than_the_rank() -> Case:
    return Case(PairGraph([[1, 1], [1, 1]], [0, 1], [0, 1]), 2)


CHECKS = {
    "induced-alignment": Checks(
        both_bits, (wider_than_the_rank, "f cannot be whitened: its rank is 1 and its width 2")
    ),
    "pair-alignment": Checks(both_bits, (left_features_only, "right embedding")),
}

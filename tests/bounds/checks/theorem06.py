from tests.bounds.checks.check import NO_RIGHT_LABELS, Case, Checks, two_nodes


def all_but_disconnected() -> Case:
    """A constant embedding ties both prototypes, so the error is 1, and the bound tends to 1 as α does to 0.

    α is a power of 2, so that the tie survives the factorisation to the last bit.
    """
    return Case(two_nodes(2.0**-16))


CHECKS = {"zero-shot": Checks(all_but_disconnected, NO_RIGHT_LABELS, within=0.05)}

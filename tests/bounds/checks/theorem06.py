from tests.bounds.checks.check import NO_RIGHT_LABELS, Case, Checks, two_nodes


def tied_prototypes() -> Case:
    """A constant embedding ties both prototypes, so the error is 1, and so is the bound: `2α - τ = 2 α²`.

    α is a power of 2, so that the tie survives the factorisation to the last bit.
    """
    return Case(two_nodes(2.0**-4))


CHECKS = {"zero-shot": Checks(tied_prototypes, NO_RIGHT_LABELS)}

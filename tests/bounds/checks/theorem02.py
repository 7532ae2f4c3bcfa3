from tests.bounds.checks.check import NO_RIGHT_EMBEDDING, Case, Checks, two_nodes

CHECKS = {
    "optimum": Checks(lambda: Case(two_nodes(0.1)), None),
    "excess-loss": Checks(lambda: Case(two_nodes(0.1)), NO_RIGHT_EMBEDDING),
}

from tests.bounds.checks.check import NO_RIGHT_EMBEDDING, Checks, tie

CHECKS = {"optimum": Checks(tie, None), "excess-loss": Checks(tie, NO_RIGHT_EMBEDDING)}

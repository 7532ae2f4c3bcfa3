from tests.bounds.checks.check import NO_RIGHT_EMBEDDING, Checks, tie

CHECKS = {"factorisation": Checks(tie, NO_RIGHT_EMBEDDING)}

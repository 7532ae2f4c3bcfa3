from tests.bounds.checks.check import Case, Checks, tied_values, two_nodes

CHECKS = {"mmcl-is-sscl": Checks(lambda: Case(two_nodes(0.1)), (tied_values, "σ_k > σ_"))}

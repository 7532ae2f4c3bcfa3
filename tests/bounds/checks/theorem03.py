from tests.bounds.checks.check import Checks, tie, tied_values

CHECKS = {"mmcl-is-sscl": Checks(tie, (tied_values, "σ_k > σ_"))}

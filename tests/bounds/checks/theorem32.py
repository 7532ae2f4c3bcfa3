from tests.bounds.checks.check import Checks
from tests.bounds.checks.theorem20 import NO_RIGHT_LABELS, one_image_is_tied

CHECKS = {"mean-caption": Checks(one_image_is_tied, NO_RIGHT_LABELS)}

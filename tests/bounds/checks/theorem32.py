from tests.bounds.checks.check import Checks
from tests.bounds.checks.theorem20 import WITHOUT_RIGHT, one_image_is_tied

CHECKS = {"mean-caption": Checks(one_image_is_tied, WITHOUT_RIGHT)}

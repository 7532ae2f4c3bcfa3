from tests.bounds.checks.check import NO_LEFT_LABELS, Checks, changed, tie
from tests.bounds.checks.theorem15 import energy_below_the_next_value
from tests.bounds.checks.theorem18 import cut_between

CHECKS = {
    "known-values-mse": Checks(tie, NO_LEFT_LABELS),
    "known-values-error": Checks(tie, NO_LEFT_LABELS),
    "known-values-mse-below": Checks(energy_below_the_next_value, NO_LEFT_LABELS),
    "known-values-penalised-mse": Checks(cut_between, changed(NO_LEFT_LABELS, penalty=0.5)),
}

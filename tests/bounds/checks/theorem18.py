from dataclasses import replace

from tests.bounds.checks.check import NO_LEFT_LABELS, NO_RIGHT_EMBEDDING, Case, Checks, changed, two_nodes


def cut_between() -> Case:
    """Two values, 1 and 0.8. The second is cut: half of the label energy is lost, and every node ties."""
    return Case(two_nodes(0.1), 2, penalty=0.85)


def cut_at_the_value() -> Case:
    """The same graph with the penalty at its second value: all energy is at the square of that value and at 1."""
    return replace(cut_between(), penalty=0.8 + 1e-14)


NO_LABELS, NO_RIGHT_SIDE = (changed(violated, penalty=0.5) for violated in (NO_LEFT_LABELS, NO_RIGHT_EMBEDDING))
CHECKS = {
    "penalised-mse": Checks(cut_between, NO_LABELS),
    "penalised-mse-below": Checks(cut_between, NO_LABELS),
    "penalised-error": Checks(cut_at_the_value, NO_LABELS),
    "local-penalised-error": Checks(cut_between, NO_LABELS),
    "penalised-encoder-mse": Checks(cut_between, NO_RIGHT_SIDE),
    "penalised-encoder-error": Checks(cut_between, NO_RIGHT_SIDE),
    "multihop-penalised-encoder-mse": Checks(cut_between, NO_RIGHT_SIDE),
    "penalised-encoder-mse-by-duality": Checks(cut_between, NO_RIGHT_SIDE),
}

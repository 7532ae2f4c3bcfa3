from tests.bounds.checks.check import NO_LEFT_LABELS, Case, Checks, tie, two_nodes


def captions_of_both() -> Case:
    """Both captions have both images, evenly: every vote ties, of error 1 and squared error 1/2."""
    return Case(two_nodes(0.5))


CHECKS = {
    "caption-vote-mse": Checks(tie, NO_LEFT_LABELS),
    "caption-vote-error": Checks(captions_of_both, NO_LEFT_LABELS),
}

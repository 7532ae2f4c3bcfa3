"""Hypotheses are code: what a statement needs is checked, and the one that fails is named."""


class HypothesisError(ValueError):
    """A statement was asked about something that does not meet its hypotheses; the message names the one that fails."""


def require(condition: object, hypothesis: str) -> None:
    """Raise `HypothesisError` with this text unless the condition holds."""
    if not condition:
        raise HypothesisError(hypothesis)

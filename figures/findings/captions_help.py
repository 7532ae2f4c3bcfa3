"""Captions against augmentations, in one world."""

from pairbounds.figures.captions_help import compared
from pairbounds.figures.findings.finding import Facts, Finding, Of, Tables
from pairbounds.figures.settings import with_settings


def facts(tables: Tables) -> Facts:
    """Bound and measured error of both kinds of pairs."""
    table = tables["captions_help"]
    return {
        "seeds": table["seed"].nunique(),
        "at": with_settings(table, ", at k = {k}"),
        "bound": compared(table, "bound"),
        "error": compared(table, "probe_error"),
    }


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    bound, error = facts["bound"], facts["error"]
    return {
        "captions have the smaller bound at every strength": bound.smaller == bound.strengths,
        "the errors are equal at augmentation's best": error.captions == error.augmentation,
        "captions have the smaller error wherever the errors are not equal": error.smaller
        == error.strengths - error.equal,
    }


def of(tables: Tables) -> Of:
    """Bound and error at each strength."""
    table = tables["captions_help"]
    return Of(1, table["seed"].nunique(), 2 * table["strength"].nunique())


FINDING = Finding(
    "captions_help",
    "Do captions make better pairs than augmentations, in one world?",
    ("captions_help",),
    ("captions_help",),
    facts,
    claims,
    of,
)

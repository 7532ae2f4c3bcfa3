"""Captions against augmentations, in one world."""

from pairbounds.figures.captions_help import compared, paired
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
        "by_mean": paired(table, "probe_error", "mean"),
        "by_median": paired(table, "probe_error", "median"),
        "guess": float(table["guess_error"].median()),
    }


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    bound, error, mean, median = (facts[name] for name in ("bound", "error", "by_mean", "by_median"))
    return {
        "captions have the smaller bound at every strength": bound.smaller == bound.strengths,
        "the median errors are equal at augmentation's best": error.captions == error.augmentation,
        "no difference of mean errors is shown at augmentation's best mean": abs(mean.mean) <= mean.half,
        "captions have the lower mean at augmentation's best median": median.mean + median.half < 0,
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

"""Captions against augmentations, in one world."""

from pairbounds.figures.captions_help import compared
from pairbounds.figures.findings.finding import Facts, Finding, Tables
from pairbounds.figures.settings import said


def facts(tables: Tables) -> Facts:
    """Bound and measured error of both kinds of pairs."""
    table = tables["captions_help"]
    return {
        "seeds": table["seed"].nunique(),
        "at": said(table, ", at k = {k}"),
        "bound": compared(table, "bound"),
        "error": compared(table, "probe_error"),
    }


def claims(facts: Facts) -> dict[str, bool]:
    """What the sentences say."""
    bound, error = facts["bound"], facts["error"]
    return {
        "captions have the smaller bound at every strength": bound.smaller == bound.strengths,
        "the errors are equal at augmentation's best": error.captions == error.augmentation,
        "captions have the smaller error wherever the errors are not equal": error.smaller
        == error.strengths - error.equal,
    }


FINDING = Finding(
    "captions_help",
    40,
    "Do captions make better pairs than augmentations, in one world?",
    ("captions_help",),
    ("captions_help",),
    "Captions have the smaller bound at every strength of the augmentation, but the augmentation at its best strength "
    "has the same measured error.",
    """
These are medians over {{ seeds }} seeds of one world{{ at }}. Captions have the bound {{ bound.captions | fixed }},
and the augmentation at its best strength has {{ bound.augmentation | fixed }}. Captions have the smaller bound at
{{ bound.smaller }} of {{ bound.strengths }} strengths.

The measured errors are equal at the best strength, {{ error.captions | fixed(4) }} each. They are equal at
{{ error.equal }} of the {{ error.strengths }} strengths, and at the other {{ error.smaller }} captions have the
smaller error. This is one world with its own caption noise, and not a law.
""",
    facts,
    claims,
    after_looking=(
        "nothing that is on record; but the noise of the captions was chosen with this world, and other noises "
        "have other answers, as the next finding shows."
    ),
    overturned="for the first half a strength at which the augmentation has the smaller median bound; for the "
    "second, errors at its best strength whose difference has a 95% interval without 0.",
)

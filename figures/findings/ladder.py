"""How often a bound of the 0-1 error says something, and how far it is from the error."""

from pairbounds.figures.findings.finding import Facts, Finding, Tables
from pairbounds.figures.ladder import RUNGS, further_hops, on_emoji, on_worlds, world_points

WIDTH = 100  # of the emoji embedding that is quoted
NAMES = {
    "probe-error": "four",
    "multihop-error": "fifteen",
    "local-multihop-error": "sixteen",
    "trained-error": "vectors",
}


def facts(tables: Tables) -> Facts:
    """The rungs of the ladder on worlds and on emoji."""
    emoji, further = on_emoji(tables["emoji_bounds"]), further_hops(tables["emoji_multihop"])
    k = WIDTH if WIDTH in emoji.index else int(emoji.index[0])
    steps = dict(zip((*RUNGS, "square"), on_worlds(tables["bound_holds"]), strict=True))
    return {
        "points": len(world_points(tables["bound_holds"])),
        "k": k,
        "error": float(emoji["true"][k]),
        "twice": float(emoji["square"][k]),
        "hops": int(str(further.name)),
        "further": float(further.iloc[0]),
        "square": steps["square"],
        **{name: steps[bound] for bound, name in NAMES.items()},
        **{f"{name}_emoji": float(emoji[bound][k]) for bound, name in NAMES.items()},
    }


def claims(facts: Facts) -> dict[str, bool]:
    """What the sentences say."""
    four, fifteen, sixteen, vectors, square = (facts[name] for name in (*NAMES.values(), "square"))
    return {
        "each step up the ladder beats guessing on more points": four.beats < fifteen.beats < sixteen.beats,
        "each step up the ladder is nearer the error": four.excess > fifteen.excess > sixteen.excess,
        "with eigenvectors theorem 17 is nearer than twice the true squared error": vectors.excess < square.excess,
        "on emoji, too, each step is nearer": facts["four_emoji"] > facts["fifteen_emoji"] > facts["sixteen_emoji"],
    }


FINDING = Finding(
    "ladder",
    25,
    "Do the bounds say anything about the 0-1 error?",
    ("bound_holds", "emoji_bounds", "emoji_multihop"),
    ("ladder",),
    "Theorem 4 beats guessing the largest class on {{ four.beats | counted }} of {{ points | counted }} points, "
    "theorem 15 on {{ fifteen.beats | counted }}, theorem 16 on {{ sixteen.beats | counted }}, and theorem 17, which "
    "takes eigenvectors, on {{ vectors.beats | counted }}.",
    """
A point is a graph of a random world, at one width. A bound of the squared error becomes one of the 0-1 error by a
factor 2, and even twice the true squared error beats guessing on no more than {{ square.beats | counted }} points.
Margins do better than the factor: they say which nodes a classifier that is near to known scores can get wrong. The
mean of the bound, taken as at most 1, minus the error is {{ four.excess | fixed }} for theorem 4,
{{ fifteen.excess | fixed }} for theorem 15 and {{ sixteen.excess | fixed }} for theorem 16, which need no eigenvector.
It is {{ square.excess | fixed }} for twice the true squared error and {{ vectors.excess | fixed }} for theorem 17 at
the optimum, which need them.

On the captions of emoji at k = {{ k }} theorem 4 says {{ four_emoji | fixed }}, theorem 15
{{ fifteen_emoji | fixed }}, and theorem 16 {{ sixteen_emoji | fixed }}, or {{ further | fixed }} with {{ hops }}
hops; with eigenvectors, twice the true squared error is {{ twice | fixed }} and theorem 17 says
{{ vectors_emoji | fixed }}. The error is {{ error | fixed }}.
""",
    facts,
    claims,
    "ladder",
    "Bounds of the 0-1 error from theorem 4 to theorem 17, on emoji and on random worlds.",
    after_looking=(
        "theorems 16 and 17, which were looked for when bounds of the squared error were seen to say little of "
        "the 0-1 error on these worlds and on emoji."
    ),
    overturned="worlds on which theorem 4 beats guessing on as many points as theorem 16, or on which theorem 17 "
    "at the optimum does so on fewer.",
)

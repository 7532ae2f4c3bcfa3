"""Whether the smaller bound names the better encoder."""

import pandas as pd

from pairbounds.figures.findings.finding import Facts, Finding, Tables
from pairbounds.figures.phase import BEST, TRAINED, Outcome, outcome

WEAK, NOISY = 1.0, 0.2  # an augmentation below the one is weak, captions above the other are noisy


def facts(tables: Tables) -> Facts:
    """How often the bounds are right, and where they are not."""
    found = outcome(tables["phase"])
    points = found.points
    return {
        "noises": points["noise"].nunique(),
        "strengths": points["strength"].nunique(),
        "seeds": points["seed"].nunique(),
        "points": len(points),
        "decided": len(found.right),
        "multihop": found.rates[BEST],
        "plain": found.rates["bound"],
        "most": found.most,
        "captions": found.captions,
        "weak": WEAK,
        "noisy": NOISY,
    } | _mistakes(found)


def _mistakes(found: Outcome) -> Facts:
    """How often theorem 15 is wrong at the frontier, where seeds disagree, and away from it; and where that is."""
    points, wins = found.points, found.wins[TRAINED]
    agreed = wins.groupby([points["strength"], points["noise"]]).transform(lambda each: abs(each.mean()) == 1)
    wrong: pd.Series = ~found.right[BEST]
    agreed, decided = agreed[wrong.index], points.loc[wrong.index]
    far = wrong & agreed
    return {
        "wrong_at_frontier": float(wrong[~agreed].mean()),
        "wrong_elsewhere": float(wrong[agreed].mean()),
        "far": int(far.sum()),
        "far_weak_noisy": int((far & (decided["strength"] < WEAK) & (decided["noise"] > NOISY)).sum()),
    }


def claims(facts: Facts) -> dict[str, bool]:
    """What the sentences say."""
    return {
        "both bounds are right more often than the name that wins more often": min(
            rate - half for rate, half in (facts["multihop"], facts["plain"])
        )
        > facts["most"],
        "captions win more often": facts["captions"] > 0.5,
        "theorem 15 is wrong more often near the frontier": facts["wrong_at_frontier"] > facts["wrong_elsewhere"],
        "most of its other mistakes are at weak augmentation and noisy captions": facts["far_weak_noisy"]
        > facts["far"] / 2,
    }


FINDING = Finding(
    "phase",
    50,
    "Does the smaller bound name the better encoder?",
    ("phase",),
    ("phase",),
    "The smaller bound of theorem 15 names the better trained encoder, captions or augmentations, at "
    "{{ multihop | percent_give_or_take }} of the points.",
    """
A point is one noise of the captions, one strength of the augmentation, and one seed, in one world. With {{ noises }}
noises, {{ strengths }} strengths and {{ seeds }} seeds there are {{ points | counted }} points. At
{{ decided | counted }} of them the two trained encoders have different errors, and only these count. Theorem 15 is
right at {{ multihop | percent_give_or_take }} of them and theorem 4 at {{ plain | percent_give_or_take }} (95% t
intervals over seeds). To name always captions is right at {{ most | percent(1) }}.

The frontier is where the better encoder depends on the seed. There theorem 15 is wrong at
{{ wrong_at_frontier | percent }} of the points, and elsewhere at {{ wrong_elsewhere | percent }}. Of its {{ far }}
mistakes elsewhere, {{ far_weak_noisy }} are at an augmentation weaker than {{ weak | fixed(0) }} with captions noisier
than {{ noisy | fixed(1) }}.
""",
    facts,
    claims,
    "phase",
    "Phase diagram: where captions and where augmentations have the smaller bound, and where they train the better "
    "encoder.",
    after_looking=(
        "to judge by theorem 15 beside theorem 4; to leave out the points where both encoders have the same "
        "error; and the limits that say where most mistakes are."
    ),
    overturned="other worlds in which theorem 15 is right no more often than whoever names always the same pairs, "
    "by a 95% interval over seeds.",
)

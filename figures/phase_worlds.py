"""*Phase diagrams of variants of one world*: how often the smaller bound names the better encoder."""

import numpy as np
import pandas as pd

from pairbounds.figures.figure import Drawing, Figure
from pairbounds.figures.finding import Facts, Finding, Of, Tables, above_zero
from pairbounds.figures.phase import ALPHA, BEST, NAMED, Outcome, judged, outcome
from pairbounds.figures.style import THEOREMS, Look, subplots
from pairbounds.figures.summaries import Estimate, mean_and_half, order_correlation
from pairbounds.infrastructure.palette import NEUTRAL

LOOKS = {BEST: THEOREMS[15], "bound": THEOREMS[4], "local_bound": THEOREMS[16], ALPHA: Look(NEUTRAL, "", "x")}
LEARNED = {"local_multihop_bound": "local_bound", "induced_labelling_error": ALPHA}  # names in `pairings_learned`
SETTING = ["draw", "labels", "width", "diversity", "diversity_of"]  # columns of a comparison of pairings of emoji
CAPTIONS, AUGMENTATION, HELD_OUT = "captions, by encoder", "augmentation, by encoder", "held_out_error"
EMOJI = (CAPTIONS, "captions, exact")


def draw(tables: Tables) -> Drawing:
    """Share of points where each bound is right; a row for each world."""
    table = tables["phase_worlds"]
    rows = by_world(table)
    picture, axes = subplots(size=(2, 1.6))
    places = np.arange(len(rows))[::-1]
    for shift, (column, (color, _, marker)) in zip((0.24, 0.08, -0.08, -0.24), LOOKS.items(), strict=True):
        rates, halves = np.transpose([world.rates[column] for world in rows.values()])
        axes.errorbar(
            rates,
            places + shift,
            xerr=np.nan_to_num(halves),
            fmt=marker,
            color=color,
            markersize=4,
            elinewidth=1,
            label=NAMED[column],
        )
    constant = [world.most for world in rows.values()]
    axes.plot(constant, places, "|", color="black", markersize=16, markeredgewidth=2, label="constant answer")
    axes.set_yticks(places, list(rows))
    axes.set(xlim=(0.2, 1.02), xlabel="share of the points where the answer is right", ylim=(-0.6, len(rows) - 0.4))
    axes.legend(loc="upper center", bbox_to_anchor=(0.4, -0.1), ncols=5)
    grid = f"{table['noise'].nunique()} noises x {table['strength'].nunique()} strengths"
    return picture, (
        f"Share of points where the smaller bound names the better encoder, captions or augmentations. Rows: "
        f"{len(rows)} variants of one world, each with the named change of the first, {grid}, "
        f"{table['seed'].nunique()} seeds, by the error of trained encoders. Bars: 95% t intervals over seeds. Black: "
        "always naming the more frequent winner."
    )


def by_world(table: pd.DataFrame) -> dict[str, Outcome]:
    """Outcome of `phase` in each world."""
    return {str(world): outcome(rows) for world, rows in table.groupby("world", sort=False)}


def on_emoji(table: pd.DataFrame, captions: str = CAPTIONS) -> Outcome:
    """Outcome for captions of emoji, and augmentations by an encoder, by the held-out error."""
    table, columns = table.rename(columns=LEARNED), list(LOOKS)
    ours, theirs = (
        table.loc[chosen, [*SETTING, *columns, HELD_OUT]]
        for chosen in (table["pairing"] == captions, table["pairing"].str.startswith(AUGMENTATION))
    )
    points = ours.merge(theirs, on=SETTING, suffixes=("_caption", "_augmentation"))
    return judged(points, columns, HELD_OUT, "draw")


def order_on_emoji(table: pd.DataFrame, column: str) -> Estimate:
    """Kendall's τ between a bound and the held-out error over pairings: mean over draws, and half its interval."""
    settings = table.rename(columns=LEARNED).groupby(SETTING)
    orders = pd.Series({setting: order_correlation(rows[column], rows[HELD_OUT]) for setting, rows in settings})
    return mean_and_half(orders.groupby(level=0).mean().dropna())


def facts(tables: Tables) -> Facts:
    """Shares of points where the bounds are right: in many worlds, in one, and on emoji."""
    result, worlds = outcome(tables["phase"]), by_world(tables["phase_worlds"])
    learned = tables["pairings_learned"]
    rates = {column: [entry.rates[column][0] for entry in worlds.values()] for column in LOOKS}
    seeds = tables["phase"]["seed"].nunique()
    return {
        "of": Of(
            f"{len(worlds)}, 1 and emoji",
            f"{tables['phase_worlds']['seed'].nunique()}, {seeds} and {learned['draw'].nunique()}",
            len(LOOKS) * (len(worlds) + 4) + len(worlds),  # shares in worlds, map and emoji; orders; leads
        ),
        "worlds": len(worlds),
        "world_points": sum(len(entry.right) for entry in worlds.values()),
        "means": {column: float(np.mean(column_rates)) for column, column_rates in rates.items()},
        "least": min(rates[BEST]),
        "largest": max(rates[BEST]),
        "constant": float(np.mean([entry.most for entry in worlds.values()])),
        "above": {column: sum(above_zero(world.over[column]) for world in worlds.values()) for column in LOOKS},
        "above_4": sum(above_zero(_over_theorem_4(world)) for world in worlds.values()),
        "decided": len(result.right),
        "multihop": result.rates[BEST],
        "plain": result.rates["bound"],
        "most": result.most,
        "captions": result.captions,
        "order": {column: order_on_emoji(learned, column) for column in LOOKS},
        "above_on_emoji": sum(above_zero(lead) for kind in EMOJI for lead in on_emoji(learned, kind).over.values()),
    }


def _over_theorem_4(world: Outcome) -> Estimate:
    """Lead of theorem 15 over theorem 4 in the share of points where each is right, and half its interval."""
    by_seed = world.right.groupby(world.points["seed"]).mean()
    return mean_and_half(by_seed[BEST] - by_seed["bound"])


def claims(facts: Facts) -> dict[str, bool]:
    """Claims of the sentences, with their truth values."""
    return {
        "in most worlds theorem 15 is right more often than a constant answer": facts["above"][BEST]
        > facts["worlds"] / 2,
        "not in all worlds": facts["above"][BEST] < facts["worlds"],
        "on emoji no bound is shown to be right more often than a constant answer": facts["above_on_emoji"] == 0,
        "both bounds are right more often than the name that wins more often": min(
            rate - half for rate, half in (facts["multihop"], facts["plain"])
        )
        > facts["most"],
        "captions win more often": facts["captions"] > 0.5,
        "on emoji theorem 15 orders pairings less well than theorem 4 and α_T": facts["order"][BEST][0]
        < min(facts["order"][column][0] for column in ("bound", "alpha")),
    }


FIGURE = Figure("Phase diagrams of variants of one world", ("phase_worlds",), draw)
FINDING = Finding(
    "Does the smaller bound name the better encoder?",
    ("phase", "phase_worlds", "pairings_learned"),
    facts,
    claims,
    ("above", "above_4", "above_on_emoji", "constant", "largest", "least", "means", "world_points"),
    also=("phase",),
)

"""*Few labels*: guarantees from N labels, coverage of intervals, and regret of choosing from N labels."""

from itertools import product

import pandas as pd
from matplotlib.axes import Axes

from pairbounds.figures.figure import Drawing, Figure
from pairbounds.figures.finding import Facts, Finding, Of, Tables
from pairbounds.figures.style import THEOREMS, number_ticks, subplots
from pairbounds.figures.summaries import Estimate, mean_and_half
from pairbounds.infrastructure.palette import BROWN, GREEN, MEASURED, NEUTRAL, PURPLE, SKY_BLUE, VERMILION, YELLOW

TABLES = ("few_labels", "emoji_few_labels", "encoder_few_labels")
CANDIDATE = ["seed", "pairs", "k", "labels"]
DRAWN = ["seed", "labels", "draw"]
UNLEARNED = ["pixels", "untrained"]  # baselines among the checkpoints
LOW_COVERAGE = 0.9  # intervals of nominal 95% that cover less often count as failing
NO_REGRET = 5e-4  # smaller differences of regret count as 0
CHOICES = {  # scores; the embedding with the smallest is chosen: name, colour, marker
    "loo": ("leave-one-out ridge", MEASURED, "o"),
    "unbiased": ("unbiased error (41)", VERMILION, "s"),
    "logme": ("LogME", PURPLE, "^"),
    "h_score": ("H-score", BROWN, "D"),
    "chance": ("chance", NEUTRAL, "x"),
}
ERRORS = {  # mean 0-1 errors: label, colour, dash
    "guaranteed": ("theorem 34", *THEOREMS[34][:2]),
    "class_means": ("class means", SKY_BLUE, "-"),
    "ridge": ("ridge", GREEN, "-"),
}


def regrets(table: pd.DataFrame, judge: str = "ridge") -> pd.DataFrame:
    """Error of a probe on the chosen embedding minus that on the best; a row for each seed, N and draw.

    `judge`: "ridge" with N labels, averaged over draws, or "error", the probe that sees all labels. The columns are
    those of `CHOICES`.
    """
    rows = table.assign(judged=table.groupby(CANDIDATE)[judge].transform("mean"))
    by_draw = rows.groupby(DRAWN)
    best = by_draw["judged"].min()
    scores = [name for name in CHOICES if name in rows]
    chosen = {name: rows.loc[by_draw[name].idxmin()].set_index(DRAWN)["judged"] - best for name in scores}
    return pd.DataFrame(chosen | {"chance": by_draw["judged"].mean() - best})


def coverage(table: pd.DataFrame) -> pd.DataFrame:
    """Mean and least coverage over embeddings, by N."""
    return table.groupby(["labels", "pairs", "k"])["covered"].mean().groupby("labels").agg(["mean", "min"])


def sets(tables: Tables) -> dict[str, pd.DataFrame]:
    """Trials by kind of candidates: optima on worlds and on emoji, layers, and checkpoints."""
    worlds, emoji, encoders = (tables[name] for name in TABLES)
    kinds = {str(kind): rows for kind, rows in encoders.groupby("kind", sort=False)}
    return {"worlds": worlds, "emoji": emoji, **kinds}


def draw(tables: Tables) -> Drawing:
    """Panels of errors on emoji, coverage, and regret in each set."""
    by_set = sets(tables)
    picture, panels = subplots(2, 3, size=(3, 2))
    errors, covered, *regret_panels = panels.flat
    for column, (label, color, dash) in ERRORS.items():
        means = by_set["emoji"].groupby("labels")[column].mean()
        errors.plot(means, linestyle=dash, color=color, marker="o", markersize=3, label=label)
    for (name, rows), color in zip(by_set.items(), (MEASURED, GREEN, SKY_BLUE, YELLOW), strict=True):
        shares = coverage(rows)
        covered.plot(shares["mean"], color=color, marker="o", markersize=3, label=name)
        covered.plot(shares["min"], ":", color=color, marker="v", markersize=4)
    covered.axhline(0.95, color=NEUTRAL, linewidth=0.8)
    for axes, (name, rows) in zip(regret_panels, by_set.items(), strict=True):
        regret = regrets(rows).groupby("labels").mean()
        for column, (label, color, marker) in CHOICES.items():
            axes.plot(regret[column], color=color, marker=marker, markersize=4, label=label)
        _named(axes, "regret", f"{name}: choice of an embedding")
    _named(errors, "mean 0-1 error on emoji", "emoji: guaranteed and measured")
    _named(covered, "share of intervals that cover", "intervals of theorem 41")
    for axes in (errors, covered, regret_panels[0]):
        axes.legend(fontsize="small")
    return picture, (
        f"Probes that see N labels: optima of {by_set['worlds']['seed'].nunique()} worlds and of emoji's pairs, layers "
        f"of EfficientNet-Lite0, checkpoints of a small network; {by_set['emoji']['draw'].nunique()} draws on emoji. "
        "Top left: means over embeddings. Coverage of intervals of nominal 95%: mean and, dotted, minimum over "
        "embeddings. Regret: error of ridge with the N labels on the chosen embedding, minus that on the best."
    )


def _named(axes: Axes, what: str, title: str) -> None:
    axes.set(xscale="log", xlabel="labelled images N", ylabel=what, title=title)
    number_ticks(axes, x=(50, 100, 200, 400, 800))


def facts(tables: Tables) -> Facts:
    """Tightness, coverage, and regret at the fewest labels, by set, judge and, on emoji, width."""
    by_set = sets(tables)
    worlds, emoji = by_set["worlds"], by_set["emoji"]
    fewest, draws = int(worlds["labels"].min()), (worlds["draw"].nunique(), emoji["draw"].nunique())
    graphs = pd.concat({"worlds": worlds, "emoji": emoji}, names=["set"])
    means = graphs.groupby(["set", *CANDIDATE])[["guaranteed", "class_means"]].mean()
    informative = means[means["guaranteed"] < 1]
    times = informative["guaranteed"] / informative["class_means"].clip(lower=1e-3)
    fewest_rows = {name: rows[rows["labels"] == fewest] for name, rows in by_set.items()}
    regret = {name: _mean_regrets(rows) for name, rows in fewest_rows.items()}
    regret |= {f"emoji, width {k}": _mean_regrets(rows) for k, rows in fewest_rows["emoji"].groupby("k")}
    regret |= {f"{name}, judged by all labels": _mean_regrets(rows, "error") for name, rows in fewest_rows.items()}
    error = by_set["checkpoints"].groupby("pairs")["error"].min()
    return {  # `of`: of the worlds, and of the one data set, emoji
        "of": Of(f"{worlds['seed'].nunique()} and 1", f"{draws[0]} and {draws[1]}", sum(map(len, by_set.values()))),
        "above": (means["class_means"] > means["guaranteed"]).sum(),
        "points": len(means),
        "vacuous": (means["guaranteed"] >= 1).groupby("set").mean().to_dict(),
        "informative": times.groupby("set").size().to_dict(),
        "times": times.groupby("set").median().to_dict(),
        "covered": {name: _covered(rows, fewest) for name, rows in by_set.items()},
        "fewest": fewest,
        "regret": regret,
        "learned": {**error[UNLEARNED].to_dict(), "best": float(error.drop(UNLEARNED).min())},
        "best_with_more": _best_from([by_set["layers"], by_set["checkpoints"]], 2 * fewest),
    }


def _covered(table: pd.DataFrame, fewest: int) -> dict[str, float]:
    """Coverage with the fewest labels and with more: mean and minimum over embeddings, and embeddings below 90%."""
    by_size = coverage(table)
    more = by_size[by_size.index > fewest]
    by_embedding = table[table["labels"] == fewest].groupby(["pairs", "k"])["covered"].mean()
    return {
        "few": float(by_size["mean"][fewest]),
        "few_least": float(by_size["min"][fewest]),
        "mean": float(more["mean"].mean()),
        "least": float(more["min"].min()),
        "embeddings": len(by_embedding),
        "under": int((by_embedding < LOW_COVERAGE).sum()),
    }


def _mean_regrets(table: pd.DataFrame, judge: str = "ridge") -> dict[str, Estimate]:
    """Mean regret of each score, and half its interval over worlds, or over draws of one seed."""
    differences = regrets(table, judge)
    units = differences.groupby("seed").mean() if table["seed"].nunique() > 1 else differences
    return {name: mean_and_half(units[name]) for name in CHOICES}


def _best_from(tables: list[pd.DataFrame], size: int) -> list[str]:
    """Scores of least mean regret, by either judge, with at least this number of labels."""
    best: set[str] = set()
    for table, judge in product(tables, ("ridge", "error")):
        means = regrets(table[table["labels"] >= size], judge).groupby("labels").mean()
        best |= {str(score) for score in means.idxmin(axis=1)}
    return sorted(best)


def claims(facts: Facts) -> dict[str, bool]:
    """Claims of the sentences, with their truth values."""
    regret = {name: {score: mean for score, (mean, _) in means.items()} for name, means in facts["regret"].items()}
    best = {name: min(means, key=means.__getitem__) for name, means in regret.items()}
    least = {name: min(covered["few_least"], covered["least"]) for name, covered in facts["covered"].items()}
    return {
        "no mean error is above the bound": facts["above"] == 0,
        "the intervals cover, but on some optima of emoji": [name for name in least if least[name] < LOW_COVERAGE]
        == ["emoji"],
        "leave-one-out ridge has the least regret with both widths": best["worlds"] == best["emoji"] == "loo",
        "and the H-score, judged by all labels, on worlds": best["worlds, judged by all labels"] == "h_score",
        "no score chooses best everywhere": len(set(best.values())) > 1,
        "the H-score errs at the large width alone": regret["emoji, width 32"]["h_score"] < NO_REGRET
        and abs(regret["emoji"]["h_score"] - regret["emoji, width 64"]["h_score"]) < NO_REGRET,
        "LogME has the least regret with more labels": facts["best_with_more"] == ["logme"],
        "no checkpoint errs less than pixels": facts["learned"]["best"] >= facts["learned"]["pixels"],
    }


FIGURE = Figure("Few labels", TABLES, draw)
FINDING = Finding(
    "How many labels does a probe need, and how to choose by few?",
    TABLES,
    facts,
    claims,
    counted=("regret",),  # round-off decides between similar candidates
)

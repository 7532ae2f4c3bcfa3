"""*What predicts training*: errors of encoders against predictors of their pairings, and rank correlations.

The comparisons are preregistered in docs/preregistration/what_predicts_training.md.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy import stats
from sklearn.linear_model import LinearRegression
from sklearn.metrics import roc_auc_score

from pairbounds.figures.contrasts import holm
from pairbounds.figures.figure import Drawing, Figure
from pairbounds.figures.finding import Facts, Finding, Of, Tables
from pairbounds.figures.guides import JUDGE, LABELS, LEARNED, OTHER_JUDGE, TUNING
from pairbounds.figures.guides import TABLE as MAIN
from pairbounds.figures.ranking import GUIDED, Ranking, family
from pairbounds.figures.style import subplots
from pairbounds.figures.summaries import LEVEL, excludes_zero
from pairbounds.infrastructure.palette import AUGMENTATION, CAPTION, NEUTRAL
from pairbounds.theory.quantities.confidence import detectable

BASELINES = ("pixels", "untrained")
ALPHA, FOUR = "alpha_labels", "theorem_4"  # primary comparison
DRAWS = tuple(f"alpha_{draw}" for draw in range(8))
MAPS = ("conv", "patches", "pixels", "tangent")
# Columns of the draws of each predictor. A minus: large values predict small errors.
PREDICTORS: dict[str, tuple[str, ...]] = {
    ALPHA: DRAWS,
    FOUR: (FOUR,),
    **{f"theorem_{number}": (f"theorem_{number}",) for number in (15, 16, 35)},
    **{f"theorem_42_{kind}": (f"theorem_42_{kind}",) for kind in MAPS},
    "optimum": ("optimum",),
    "value": ("value",),
    "alpha_images": ("alpha_images",),
    "information": ("-information",),
    "partners": ("partners",),
    "context": ("context",),
    "together": ("together",),
    # Of the encoder after all or half of the training.
    "effective_rank": ("-effective_rank",),
    "alignment": ("alignment",),
    "uniformity": ("uniformity",),
    "half": ("half",),
}
ALL_LABELS: dict[str, tuple[str, ...]] = {"alpha": ("alpha",)}  # reported without a comparison
NAMES = {
    ALPHA: "$\\alpha_T$ from 25 labelled pairs",
    FOUR: "theorem 4",
    "theorem_15": "theorem 15",
    "theorem_42_conv": "theorem 42, random network",
}
TITLES = {  # in the page of findings
    ALPHA: "`α_T`, 25 labelled pairs each",
    "alpha_images": "`α_T`, 50 labelled images",
    "alpha": "`α_T`, all labels",
    **{f"theorem_{number}": f"theorem {number}" for number in (4, 15, 16, 35)},
    **{f"theorem_42_{kind}": f"theorem 42, {kind}" for kind in MAPS},
    "optimum": "error of the graph's optimum",
    "value": "σ²_{k+1}",
    "information": "information, theorem 29",
    "partners": "number of partners",
    "context": "context",
    "together": "`α_T`, information, partners",
    "effective_rank": "effective rank, trained",
    "alignment": "alignment, trained",
    "uniformity": "uniformity, trained",
    "half": "error after half of the epochs, trained",
}
NOISY = "exchanged|noisy|any two|style"  # parts of the names of noisy pairings
CONSTRUCTED = f"{NOISY}|groups|within classes"  # not natural, by the plan, in which the pairing "labels" is natural


def prepared(runs: pd.DataFrame, tuning: pd.DataFrame, labels: str) -> pd.DataFrame:
    """Rows of pairings for one label set, with signs of predictors such that small values predict small errors."""
    rows, fitted = of_pairings(runs, labels), of_pairings(tuning, labels)
    # The model for a family is fitted without it: errors of the same pairings on another split are no forecast.
    for name, members in rows.groupby(rows["pairing"].map(family)):
        others = fitted[fitted["pairing"].map(family) != name]
        model = LinearRegression().fit(_features(others), others[JUDGE])
        rows.loc[members.index, "together"] = model.predict(_features(members))
    for name in ("information", "effective_rank"):
        rows[f"-{name}"] = -rows[name]
    return rows


def of_pairings(runs: pd.DataFrame, labels: str) -> pd.DataFrame:
    """Rows of pairings for one label set."""
    return runs[(runs["labels"] == labels) & ~runs["pairing"].isin(BASELINES)].reset_index(drop=True)


def _features(rows: pd.DataFrame) -> np.ndarray:
    return np.column_stack([rows["alpha"], rows["information"], np.log(rows["partners"])])


def full_splits(runs: pd.DataFrame) -> pd.DataFrame:
    """Rows of the splits with theorem 42, which all pairings have."""
    return runs[runs["theorem_42_pixels"].notna()]


def ranking(tables: Tables, labels: str = LABELS, judge: str = JUDGE) -> Ranking:
    """Predictors and errors of all pairings."""
    rows = full_splits(prepared(tables[MAIN], tables[TUNING], labels))
    return Ranking.of(rows, PREDICTORS | ALL_LABELS, judge)


def comparisons(ranks: Ranking) -> pd.DataFrame:
    """A row for each predictor: ρ with interval; ρ of `ALPHA` minus it, with interval, p-value and Holm's p-value.

    Intervals and p-values are Student's, from the standard deviation over resamples, with one degree of freedom less
    than families. The primary comparison, with theorem 4, is outside Holm's family.
    """
    rho, resampled = pd.Series(ranks.correlations), ranks.resampled(np.random.default_rng(0))
    less, error = rho[ALPHA] - rho, resampled.rsub(resampled[ALPHA], axis="index").std()
    student = stats.t(int(ranks.families.max()))
    quantile = student.ppf((1 + LEVEL) / 2)
    columns = {"rho": rho, "half": quantile * resampled.std(), "less": less, "less_half": quantile * error}
    table = pd.DataFrame(columns).assign(regret=[ranks.regret(name) for name in rho.index])
    table["p"] = 2 * student.sf((less.abs() / error).fillna(0))  # NaN: neither a difference nor an error
    others = [name for name in PREDICTORS if name not in (ALPHA, FOUR)]
    table.loc[others, "holm"] = holm(table.loc[others, "p"].to_numpy())
    return table


def parts(ranks: Ranking) -> dict[str, Ranking]:
    """Rankings of all pairings, of those with finite theorem 4 on all splits, and of the natural ones, by the plan."""
    finite, natural = np.isfinite(ranks.predictors[FOUR][0]).all(axis=1), ~_named(ranks, CONSTRUCTED)
    return {"all": ranks, "finite": ranks.only(finite), "natural": ranks.only(natural)}


def _named(ranks: Ranking, pattern: str) -> pd.Series:
    """True for pairings with a part of the name that matches."""
    return pd.Series(ranks.names).str.contains(pattern)


def answer(compared: Mapping[str, pd.DataFrame]) -> str:
    """Answer of the plan, from the comparisons for each part of `parts`."""
    signs = {name: _sign(table) for name, table in compared.items()}
    if signs["all"] == 0:
        return "undecided"
    direction = "better" if signs["all"] > 0 else "worse"
    if len({*signs.values()}) == 1:
        return f"consistency ranks {direction} than the bound"
    missing = " and ".join(name for name in signs if signs[name] != signs["all"])
    return f"consistency ranks {direction} than the bound over all pairings, not over those that are {missing}"


def _sign(table: pd.DataFrame) -> int:
    """Sign of the primary difference if its interval excludes 0, else 0."""
    less, half = (float(table[column][FOUR]) for column in ("less", "less_half"))
    return int(np.sign(less)) if excludes_zero((less, half)) else 0


def leaving(rows: pd.DataFrame) -> dict[str, float]:
    """Area under the ROC curve of three predictors of whether training got below the uninformative loss.

    NaN if all runs did, or none.
    """
    left = rows["loss"] < -LEARNED
    scores = {"information": rows["information"], "alpha": -rows["alpha"], "partners": -rows["partners"]}
    both = left.nunique() == 2
    return {name: float(roc_auc_score(left, score)) if both else float("nan") for name, score in scores.items()}


def draw(tables: Tables) -> Drawing:
    """Error after training against each predictor, and against another training of the same pairing."""
    shown = {name: PREDICTORS[name] for name in NAMES}
    rows = full_splits(of_pairings(tables[MAIN], LABELS))
    ranks = Ranking.of(rows, shown, JUDGE)
    rho, errors = ranks.correlations, 100 * ranks.errors
    picture, panels = subplots(1, len(NAMES) + 1, size=(2.9, 0.85), sharey=True)
    for axes, (name, label) in zip(panels, NAMES.items(), strict=False):
        _cloud(axes, ranks, ranks.predictors[name].mean(axis=0), errors.mean(axis=0))
        axes.set(xlabel=label, title=f"rank correlation {rho[name]:+.2f}")
    _cloud(panels[-1], ranks, errors[0], errors[1])
    panels[-1].set(xlabel="error of another training (%)", title=f"rank correlation {ranks.agreement:+.2f}")
    panels[0].set_ylabel("error after training (%)")
    panels[0].legend(fontsize="x-small", loc="upper left")
    return picture, (
        f"{len(ranks.names)} pairings of glyphs, each on {errors.shape[2]} splits with {errors.shape[0]} seeds: a dot "
        "is a pairing on one split. Error of a linear probe on held-out characters and faces. From "
        "left to right: predictors known before training, and a second training of the same pairing. "
        f"Most of the {len(_stayed(rows))} pairings whose encoders learned nothing are at about 90%. Infinite values "
        "are on the dotted line. Rank correlation: Spearman's, mean over splits."
    )


def _stayed(rows: pd.DataFrame) -> set[str]:
    """Pairings with a run that stayed at the uninformative loss."""
    return {*rows.loc[rows["loss"] >= -LEARNED, "pairing"]}


def _cloud(axes: Axes, ranks: Ranking, x: np.ndarray, y: np.ndarray) -> None:
    guided, noisy = pd.Series(ranks.names).str.startswith(GUIDED), _named(ranks, NOISY)
    kinds = (
        ("pairs", ~guided & ~noisy, CAPTION, "o"),
        ("noisy pairs", noisy & ~guided, NEUTRAL, "x"),
        ("views and a guide", guided, AUGMENTATION, "^"),
    )
    infinite = 1.15 * x[np.isfinite(x)].max()  # position of infinite values
    shown = np.where(np.isfinite(x), x, infinite)
    for label, rows, color, marker in kinds:
        axes.plot(shown[rows].ravel(), y[rows].ravel(), marker, color=color, markersize=3.5, alpha=0.7, label=label)
    if not np.isfinite(x).all():
        axes.axvline(infinite, color=NEUTRAL, linewidth=0.6, linestyle=":")
        axes.text(
            infinite, 0.97, "infinite ", transform=axes.get_xaxis_transform(), va="top", ha="right", fontsize="small"
        )


def facts(tables: Tables) -> Facts:
    """ρ of each predictor, primary comparison, ceiling, regret, and results by part."""
    runs, ranks = tables[MAIN], ranking(tables)
    rows = full_splits(of_pairings(runs, LABELS))
    some = parts(ranks)
    by_part = {name: comparisons(part) for name, part in some.items()}
    compared = by_part["all"]
    better = compared.loc[compared["holm"] < 1 - LEVEL, "less"] > 0
    sets = {
        f"{labels}, {judge}": ranking(tables, labels, judge).correlations
        for labels in sorted(runs["labels"].unique())
        for judge in (JUDGE, OTHER_JUDGE)
    }
    names, natural = pd.Series(ranks.names), pd.Series(some["natural"].names)
    others = {
        "quiet": ranks.only(~_named(ranks, NOISY)),
        "learned": ranks.only(~names.isin(_stayed(rows))),
        "learned_natural": some["natural"].only(~natural.isin(_stayed(rows))),
        "fresh": ranks.only(~names.isin(tables[TUNING]["pairing"])),
        "unlabelled": ranks.only(~_named(ranks, "labels")),
    }
    seeds, pairings, splits = ranks.errors.shape
    mean = ranks.errors.mean(axis=0)
    baselines = runs[runs["labels"] == LABELS].groupby("pairing")[[JUDGE, OTHER_JUDGE]].mean()
    return {
        "of": Of(1, splits, len(compared) * (len(some) + len(sets) + len(others) + 1)),
        "pairings": pairings,
        "splits": splits,
        "seeds": seeds,
        "families": ranks.families.max() + 1,
        "read_before": _read_before(runs, splits),
        "answer": answer(by_part),
        "titles": TITLES,
        "compared": len(PREDICTORS) - 2,
        "rho": {name: tuple(row) for name, row in compared[["rho", "half"]].iterrows()},
        "primary": {name: tuple(table.loc[FOUR, ["less", "less_half"]]) for name, table in by_part.items()},
        "parts": {name: part.correlations | {"pairings": len(part.names)} for name, part in some.items()},
        **{name: part.correlations | {"pairings": len(part.names)} for name, part in others.items()},
        "regret_unlabelled": {name: others["unlabelled"].regret(name) for name in (ALPHA, FOUR)},
        "least": detectable(float(by_part["natural"]["less_half"][FOUR]), some["natural"].families.max()),
        "better": sorted(better.index[better]),
        "worse": sorted(better.index[~better]),
        "agreement": ranks.agreement,
        "ceiling": ranks.ceiling,
        "regret": compared["regret"].to_dict(),
        "regret_of_chance": (mean - mean.min(axis=0)).mean(),
        "sets": sets,
        "within": within(ranks).to_dict(),
        "leaving": leaving(rows),
        "range": [float(mean.min()), float(mean.max())],
        "baselines": baselines.loc[[*BASELINES]].to_dict("index"),
    }


def _read_before(runs: pd.DataFrame, splits: int) -> int:
    """Number of pairings whose errors were read before the others were trained: views and guides.

    They alone have more splits than the ranking.
    """
    counts = runs[~runs["pairing"].isin(BASELINES)].groupby("pairing")["split"].nunique()
    return int((counts > splits).sum())


def within(ranks: Ranking, least: int = 4) -> pd.Series:
    """ρ of each predictor within families of at least `least` pairings, mean over families."""
    sizes = np.bincount(ranks.families)
    kept = [ranks.only(ranks.families == number) for number in np.flatnonzero(sizes >= least)]
    return pd.DataFrame([part.correlations for part in kept]).mean()


def claims(facts: Facts) -> dict[str, bool]:
    """Claims of the sentences, with their truth values."""
    pixels = facts["baselines"]["pixels"][JUDGE]
    return {"the best pairing has a smaller error than pixels": facts["range"][0] < pixels}


FIGURE = Figure("What predicts training", (MAIN,), draw)
FINDING = Finding("Which quantity of the pairs predicts what training gives?", (MAIN, TUNING), facts, claims)

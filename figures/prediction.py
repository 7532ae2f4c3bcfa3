"""*What predicts training*: errors of encoders against predictors of their pairings, and rank correlations.

The comparisons are preregistered in docs/preregistration/what_predicts_training.md.
"""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture
from scipy import stats
from sklearn.linear_model import LinearRegression
from sklearn.metrics import roc_auc_score

from pairbounds.figures.contrasts import holm
from pairbounds.figures.figure import Figure
from pairbounds.figures.finding import Facts, Finding, Of, Tables
from pairbounds.figures.guides import JUDGE, LABELS, LEARNED, OTHER_JUDGE, TUNING
from pairbounds.figures.guides import TABLE as MAIN
from pairbounds.figures.ranking import GUIDED, Ranking, family
from pairbounds.figures.style import COLUMN
from pairbounds.figures.summaries import LEVEL
from pairbounds.infrastructure.palette import AUGMENTATION, CAPTION, NEUTRAL

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
ALPHAS = (ALPHA, "alpha_images")
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
NOISY = ("exchanged", "noisy", "any two", "style")  # parts of the names of noisy pairings
CONSTRUCTED = (*NOISY, "groups", "within classes")  # not natural, by the plan, in which the pairing "labels" is natural
POWER = 0.8


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


def comparisons(ranks: Ranking, seed: int = 0) -> pd.DataFrame:
    """A row for each predictor: ρ with interval; ρ of `ALPHA` minus it, with interval, p-value and Holm's p-value.

    Intervals and p-values are Student's, from the standard deviation over resamples, with one degree of freedom less
    than families. The primary comparison, with theorem 4, is outside Holm's family.
    """
    rho, resampled = ranks.correlations, ranks.resampled(np.random.default_rng(seed))
    student = stats.t(int(ranks.families.max()))
    rows = []
    for name in ranks.predictors:
        less, error = rho[ALPHA] - rho[name], float((resampled[ALPHA] - resampled[name]).std())
        rows.append(
            {
                "predictor": name,
                "rho": rho[name],
                "half": float(student.ppf((1 + LEVEL) / 2) * resampled[name].std()),
                "less": less,
                "less_half": float(student.ppf((1 + LEVEL) / 2)) * error,
                "least": float(student.ppf((1 + LEVEL) / 2) + student.ppf(POWER)) * error,
                "p": float(2 * student.sf(abs(less) / error)) if error > 0 else float(less == 0),
                "regret": ranks.regret(name),
            }
        )
    table = pd.DataFrame(rows).set_index("predictor")
    others = [name for name in PREDICTORS if name not in (ALPHA, FOUR)]
    table.loc[others, "holm"] = holm(table.loc[others, "p"].to_numpy())
    return table


def parts(ranks: Ranking) -> dict[str, Ranking]:
    """Rankings of all pairings, of those with finite theorem 4 on all splits, and of the natural ones, by the plan."""
    finite = np.isfinite(ranks.predictors[FOUR][0]).all(axis=1)
    natural = [not any(part in name for part in CONSTRUCTED) for name in ranks.names]
    return {"all": ranks, "finite": ranks.only(finite.tolist()), "natural": ranks.only(natural)}


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
    return int(np.sign(less)) if abs(less) > half else 0


def leaving(rows: pd.DataFrame) -> dict[str, float]:
    """Area under the ROC curve of three predictors of whether training got below the uninformative loss.

    NaN if all runs did, or none.
    """
    left = rows["loss"] < -LEARNED
    scores = {"information": rows["information"], "alpha": -rows["alpha"], "partners": -rows["partners"]}
    both = left.nunique() == 2
    return {name: float(roc_auc_score(left, score)) if both else float("nan") for name, score in scores.items()}


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """Error after training against each predictor, and against another training of the same pairing."""
    shown = {name: PREDICTORS[name] for name in NAMES}
    rows = full_splits(of_pairings(tables[MAIN], LABELS))
    ranks = Ranking.of(rows, shown, JUDGE)
    rho, errors = ranks.correlations, 100 * ranks.errors
    picture, panels = plt.subplots(1, len(NAMES) + 1, figsize=(2.9 * COLUMN, 0.85 * COLUMN), sharey=True)
    guided = np.array([name.startswith(GUIDED) for name in ranks.names])
    noisy = np.array([any(part in name for part in NOISY) for name in ranks.names])
    for axes, (name, label) in zip(panels, NAMES.items(), strict=False):
        _cloud(axes, ranks.predictors[name].mean(axis=0), errors.mean(axis=0), guided, noisy)
        axes.set(xlabel=label, title=f"rank correlation {rho[name]:+.2f}")
    _cloud(panels[-1], errors[0], errors[1], guided, noisy)
    panels[-1].set(xlabel="error of another training (%)", title=f"rank correlation {ranks.agreement:+.2f}")
    panels[0].set_ylabel("error after training (%)")
    panels[0].legend(fontsize="x-small", loc="upper left")
    return picture, (
        f"{len(ranks.names)} pairings of glyphs, each on {errors.shape[2]} splits with {errors.shape[0]} seeds: a dot "
        "is a pairing on one split. Error of a linear probe on held-out characters and faces. From "
        "left to right: predictors known before training, and a second training of the same pairing. "
        f"Most of the {_stayed(rows)} pairings whose encoders learned nothing are at about 90%. Infinite values are on "
        "the dotted line. Rank correlation: Spearman's, mean over splits."
    )


def _stayed(rows: pd.DataFrame) -> int:
    """Number of pairings with a run that stayed at the uninformative loss."""
    return int((rows.groupby("pairing")["loss"].max() >= -LEARNED).sum())


def _cloud(axes: Axes, x: np.ndarray, y: np.ndarray, guided: np.ndarray, noisy: np.ndarray) -> None:
    kinds: Sequence[tuple[str, np.ndarray, str, str]] = (
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
    rows = full_splits(prepared(tables[MAIN], tables[TUNING], LABELS))
    ranks = ranking(tables)
    some = parts(ranks)
    by_part = {name: comparisons(part) for name, part in some.items()}
    compared = by_part["all"]
    sets = {
        (labels, judge): ranking(tables, labels, judge)
        for labels in sorted(set(tables[MAIN]["labels"]))
        for judge in (JUDGE, OTHER_JUDGE)
    }
    fresh = ranks.only([name not in set(tables[TUNING]["pairing"]) for name in ranks.names])
    left = rows.groupby("pairing")["loss"].max() < -LEARNED
    learned = ranks.only([bool(left[name]) for name in ranks.names])
    natural = some["natural"]
    others = {
        "quiet": ranks.only([not any(part in name for part in NOISY) for name in ranks.names]),
        "learned": learned,
        "learned_natural": natural.only([bool(left[name]) for name in natural.names]),
        "fresh": fresh,
        "unlabelled": ranks.only(["labels" not in name for name in ranks.names]),
    }
    seeds, pairings, splits = ranks.errors.shape
    mean = ranks.errors.mean(axis=0)
    baselines = tables[MAIN][(tables[MAIN]["labels"] == LABELS)].groupby("pairing")[[JUDGE, OTHER_JUDGE]].mean()
    return {
        "of": Of(1, splits, len(compared) * (len(some) + len(sets) + len(others) + 1)),
        "pairings": pairings,
        "splits": splits,
        "seeds": seeds,
        "families": int(ranks.families.max() + 1),
        "read_before": _read_before(tables[MAIN], splits),
        "answer": answer(by_part),
        "titles": TITLES,
        "compared": len(PREDICTORS) - 2,
        "rho": {name: (row["rho"], row["half"]) for name, row in compared.iterrows()},
        "primary": {name: (table.loc[FOUR, "less"], table.loc[FOUR, "less_half"]) for name, table in by_part.items()},
        "parts": {name: part.correlations | {"pairings": len(part.names)} for name, part in some.items()},
        **{name: part.correlations | {"pairings": len(part.names)} for name, part in others.items()},
        "regret_unlabelled": {name: others["unlabelled"].regret(name) for name in (ALPHA, FOUR)},
        "least": {name: table.loc[FOUR, "least"] for name, table in by_part.items()},
        "order": [ALPHA, "alpha_images", *ALL_LABELS, *(name for name in PREDICTORS if name not in ALPHAS)],
        "better": sorted(compared.index[(compared["holm"] < 1 - LEVEL) & (compared["less"] > 0)]),
        "worse": sorted(compared.index[(compared["holm"] < 1 - LEVEL) & (compared["less"] < 0)]),
        "agreement": ranks.agreement,
        "ceiling": ranks.ceiling,
        "regret": compared["regret"].to_dict(),
        "regret_of_chance": float((mean - mean.min(axis=0)).mean()),
        "sets": {f"{labels}, {judge}": each.correlations for (labels, judge), each in sets.items()},
        "within": within(ranks),
        "leaving": leaving(rows),
        "left": float((rows["loss"] < -LEARNED).mean()),
        "range": [float(mean.min()), float(mean.max())],
        "baselines": baselines.loc[[*BASELINES]].to_dict("index"),
    }


def _read_before(runs: pd.DataFrame, splits: int) -> int:
    """Number of pairings whose errors were read before the others were trained: views and guides.

    They alone have more splits than the ranking.
    """
    counts = runs[~runs["pairing"].isin(BASELINES)].groupby("pairing")["split"].nunique()
    return int((counts > splits).sum())


def within(ranks: Ranking, least: int = 4) -> dict[str, float]:
    """ρ of each predictor within families of at least `least` pairings, mean over families."""
    parts = [ranks.only(ranks.families == number) for number in np.unique(ranks.families)]
    kept = [part.correlations for part in parts if len(part.names) >= least]
    return {name: float(np.mean([each[name] for each in kept])) for name in ranks.predictors}


def claims(facts: Facts) -> dict[str, bool]:
    """Claims of the sentences, with their truth values."""
    pixels = facts["baselines"]["pixels"][JUDGE]
    return {"the best pairing has a smaller error than pixels": facts["range"][0] < pixels}


FIGURE = Figure("What predicts training", (MAIN,), draw)
FINDING = Finding("Which quantity of the pairs predicts what training gives?", (MAIN, TUNING), facts, claims)

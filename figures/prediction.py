"""*What predicts training*: errors of encoders over predictors of their pairings, and how well each ranks pairings.

The comparisons are those of the plan, docs/preregistration/what_predicts_training.md.
"""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture
from sklearn.linear_model import LinearRegression
from sklearn.metrics import roc_auc_score

from pairbounds.figures.contrasts import LEVEL, holm
from pairbounds.figures.figure import Figure
from pairbounds.figures.finding import Facts, Finding, Of, Tables
from pairbounds.figures.ranking import GUIDED, RESAMPLES, Ranking
from pairbounds.figures.style import COLUMN
from pairbounds.infrastructure.palette import AUGMENTATION, CAPTION, NEUTRAL

MAIN, TUNING = "prediction", "prediction_tuning"
BASELINES = ("pixels", "untrained")
LABELS, JUDGE, OTHER_JUDGE = "letter", "ridge", "nearest"
ALPHA, FOUR = "alpha_labels", "theorem_4"  # the primary comparison
DRAWS = tuple(f"alpha_{draw}" for draw in range(8))
MAPS = ("conv", "patches", "pixels", "tangent")
TOGETHER = ("alpha", "information", "partners")  # fitted on the split that tunes
# Columns by predictor: its draws. A minus: large predicts a small error.
PREDICTORS: dict[str, tuple[str, ...]] = {
    ALPHA: DRAWS,
    FOUR: (FOUR,),
    **{f"theorem_{number}": (f"theorem_{number}",) for number in (15, 16, 35)},
    **{f"theorem_42_{kind}": (f"theorem_42_{kind}",) for kind in MAPS},
    "optimum": ("optimum",),
    "information": ("-information",),
    "partners": ("partners",),
    "context": ("context",),
    "together": ("together",),
    # Of the encoder after training, or half of it.
    "effective_rank": ("-effective_rank",),
    "alignment": ("alignment",),
    "uniformity": ("uniformity",),
    "half": ("half",),
}
ALL_LABELS: dict[str, tuple[str, ...]] = {
    "alpha": ("alpha",),
    "alpha_images": ("alpha_images",),
}  # reported, not compared
NAMES = {
    ALPHA: "$\\alpha_T$ from 25 labelled pairs",
    FOUR: "theorem 4",
    "theorem_15": "theorem 15",
    "theorem_42_conv": "theorem 42, random network",
}
LEARNED = 0.1  # nats below the loss of an encoder that knows nothing, from which on training left it
NOISY = ("exchanged", "noisy", "any two", "style")  # parts of names of pairings that are noise by design


def prepared(runs: pd.DataFrame, tuning: pd.DataFrame, labels: str) -> pd.DataFrame:
    """The rows of pairings for one label set, with predictors turned so that small ones predict small errors."""
    rows = runs[(runs["labels"] == labels) & ~runs["pairing"].isin(BASELINES)].copy()
    fitted = tuning[(tuning["labels"] == labels) & ~tuning["pairing"].isin(BASELINES)]
    model = LinearRegression().fit(_features(fitted), fitted[JUDGE])
    rows["together"] = model.predict(_features(rows))
    for name in ("information", "effective_rank"):
        rows[f"-{name}"] = -rows[name]
    return rows


def _features(rows: pd.DataFrame) -> np.ndarray:
    return np.column_stack([rows["alpha"], rows["information"], np.log(rows["partners"])])


def full_splits(runs: pd.DataFrame) -> pd.DataFrame:
    """The rows of the splits on which theorem 42 was computed: those that all pairings have."""
    return runs[runs["theorem_42_pixels"].notna()]


def ranking(tables: Tables, labels: str = LABELS, judge: str = JUDGE) -> Ranking:
    """Predictors and errors of all pairings."""
    rows = full_splits(prepared(tables[MAIN], tables[TUNING], labels))
    return Ranking.of(rows, PREDICTORS | ALL_LABELS, judge)


def comparisons(ranks: Ranking, seed: int = 0) -> pd.DataFrame:
    """A row for each predictor: ρ, its interval, and ρ of `ALPHA` less it, with interval, p-value and Holm's p-value.

    The primary comparison, with theorem 4, is outside Holm's family.
    """
    rho, resampled = ranks.correlations, ranks.resampled(np.random.default_rng(seed))
    rows = []
    for name in ranks.predictors:
        low, high = _interval(resampled[name])
        less = resampled[ALPHA] - resampled[name]
        less_low, less_high = _interval(less)
        beyond = min(float((less <= 0).mean()), float((less >= 0).mean()))
        rows.append(
            {
                "predictor": name,
                "rho": rho[name],
                "low": low,
                "high": high,
                "less": rho[ALPHA] - rho[name],
                "less_low": less_low,
                "less_high": less_high,
                "error": float(less.std()),
                "p": max(2 * beyond, 2 / RESAMPLES) if name != ALPHA else 1.0,
                "regret": ranks.regret(name),
            }
        )
    table = pd.DataFrame(rows).set_index("predictor")
    others = [name for name in PREDICTORS if name not in (ALPHA, FOUR)]
    table.loc[others, "holm"] = holm(table.loc[others, "p"].to_numpy())
    return table


def _interval(values: pd.Series) -> tuple[float, float]:
    low, high = values.quantile([(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def leaving(rows: pd.DataFrame) -> float:
    """Area under the ROC curve of theorem 29's information for whether training left the loss of knowing nothing.

    NaN if all runs did, or none.
    """
    left = rows["loss"] < -LEARNED
    return float(roc_auc_score(left, rows["information"])) if left.nunique() == 2 else float("nan")


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """Error after training over what each predictor says, and over another training of the same pairing."""
    ranks = ranking(tables)
    rho, errors = ranks.correlations, 100 * ranks.errors
    picture, panels = plt.subplots(1, len(NAMES) + 1, figsize=(2.9 * COLUMN, 0.85 * COLUMN), sharey=True)
    guided = np.array([name.startswith(GUIDED) for name in ranks.names])
    noisy = np.array([any(part in name for part in NOISY) for name in ranks.names])
    for axes, (name, label) in zip(panels, NAMES.items(), strict=False):
        _cloud(axes, ranks.predictors[name].mean(axis=0), errors.mean(axis=0), guided, noisy)
        axes.set(xlabel=label, title=f"rank correlation {rho[name]:+.2f}")
    for axes in panels[1:3]:
        axes.set_xscale("log")
    _cloud(panels[-1], errors[0], errors[1], guided, noisy)
    panels[-1].set(xlabel="error of another training (%)", title=f"ceiling {ranks.ceiling:+.2f}")
    panels[0].set_ylabel("error after training (%)")
    panels[0].legend(fontsize="x-small", loc="lower right")
    return picture, (
        f"{len(ranks.names)} pairings of glyphs, each on {errors.shape[2]} splits with {errors.shape[0]} seeds: a dot "
        "is a pairing on one split. Error of a linear probe on characters and faces that nothing was trained on. From "
        "left to right: predictors from the graph alone, before training, and a second training of the same pairing. "
        "Rank correlation: Spearman's, mean over splits."
    )


def _cloud(axes: Axes, x: np.ndarray, y: np.ndarray, guided: np.ndarray, noisy: np.ndarray) -> None:
    kinds: Sequence[tuple[str, np.ndarray, str, str]] = (
        ("pairs", ~guided & ~noisy, CAPTION, "o"),
        ("noisy pairs", noisy & ~guided, NEUTRAL, "x"),
        ("views and a guide", guided, AUGMENTATION, "^"),
    )
    for label, rows, color, marker in kinds:
        finite = np.where(np.isfinite(x[rows]), x[rows], np.nan)
        axes.plot(finite.ravel(), y[rows].ravel(), marker, color=color, markersize=3.5, alpha=0.7, label=label)


def facts(tables: Tables) -> Facts:
    """ρ of each predictor, the primary comparison, the ceiling, regret, and the parts that the plan names."""
    rows = full_splits(prepared(tables[MAIN], tables[TUNING], LABELS))
    ranks = ranking(tables)
    compared = comparisons(ranks)
    sets = {
        (labels, judge): ranking(tables, labels, judge)
        for labels in sorted(set(tables[MAIN]["labels"]))
        for judge in (JUDGE, OTHER_JUDGE)
    }
    quiet = ranks.only([not any(part in name for part in NOISY) for name in ranks.names])
    seeds, pairings, splits = ranks.errors.shape
    baselines = tables[MAIN][(tables[MAIN]["labels"] == LABELS)].groupby("pairing")[[JUDGE, OTHER_JUDGE]].mean()
    four = compared.loc[FOUR]
    return {
        "of": Of(1, splits, len(compared) + 2 * len(sets)),
        "pairings": pairings,
        "splits": splits,
        "seeds": seeds,
        "families": int(ranks.families.max() + 1),
        "rho": compared["rho"].to_dict(),
        "low": compared["low"].to_dict(),
        "high": compared["high"].to_dict(),
        "primary": {"less": four["less"], "low": four["less_low"], "high": four["less_high"]},
        "shown": sorted(compared.index[(compared["holm"] < 1 - LEVEL) & (compared["less"] > 0)]),
        "ceiling": ranks.ceiling,
        "regret": compared["regret"].to_dict()
        | {"mean": float((ranks.errors.mean(0) - ranks.errors.mean(0).min(0)).mean())},
        "least": 2.8 * four["error"],
        "sets": {f"{labels}, {judge}": each.correlations for (labels, judge), each in sets.items()},
        "quiet": quiet.correlations | {"pairings": len(quiet.names)},
        "within": within(ranks),
        "leaving": leaving(rows),
        "left": float((rows["loss"] < -LEARNED).mean()),
        "range": [float(ranks.errors.mean(0).min()), float(ranks.errors.mean(0).max())],
        "baselines": baselines.loc[[*BASELINES]].to_dict("index"),
    }


def within(ranks: Ranking, least: int = 4) -> dict[str, float]:
    """ρ of each predictor within families of at least so many pairings, mean over them."""
    parts = [ranks.only(ranks.families == number) for number in np.unique(ranks.families)]
    kept = [part.correlations for part in parts if len(part.names) >= least]
    return {name: float(np.mean([each[name] for each in kept])) for name in ranks.predictors}


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    pixels = facts["baselines"]["pixels"][JUDGE]
    return {"the best pairing has a smaller error than pixels": facts["range"][0] < pixels}


FIGURE = Figure("What predicts training", (MAIN, TUNING), draw)
FINDING = Finding("Which quantity of the pairs predicts what training gives?", (MAIN, TUNING), facts, claims)

"""*Captions or augmentations*: one network trained from pixels with either, beside the bounds of both pair graphs."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from pairbounds.figures.accuracies import accuracy_bars
from pairbounds.figures.figure import Figure
from pairbounds.figures.pairing_looks import strongest
from pairbounds.figures.style import COLUMN, THEOREMS, sized
from pairbounds.figures.summaries import OVERLAP, mean_and_half
from pairbounds.infrastructure.palette import AUGMENTATION, CAPTION, MEASURED, NEUTRAL, ORANGE, PURPLE

KINDS = {"untrained": ("untrained", NEUTRAL), "simclr": ("augmentations", AUGMENTATION), "clip": ("captions", CAPTION)}
CONTROLS = {"unnamed": ("clip_unnamed", 1), "shuffled": ("clip_shuffled", 1), "longer": ("clip", 2)}  # and epochs
SHOWN = KINDS | {
    "longer": ("captions, 2x steps", PURPLE),
    "unnamed": ("no class names", ORANGE),
    "shuffled": ("others' captions", MEASURED),
}
PAIRINGS = {"augmentation, by encoder": "augmentations", "captions, exact": "captions"}
VALUES = {
    "bound": ("theorem 4", THEOREMS[4].color),
    "multihop_bound": ("theorem 15", THEOREMS[15].color),
    "probe_error": ("measured error", MEASURED),
}


def draw(tables: Mapping[str, pd.DataFrame]) -> tuple[Picture, str]:
    """Test accuracy of the trained networks; and of the optimal embedding of either pair graph, bounds and error."""
    trained = tables["pretraining"][tables["pretraining"]["chosen"]]
    controls = controlled(tables["training_controls"]).assign(kind=lambda table: table["arm"])
    learned = _graphs(tables["pairings_learned"])
    picture, (left, right) = plt.subplots(1, 2, figsize=(2.2 * COLUMN, 1.1 * COLUMN))
    accuracy_bars(
        left,
        pd.concat([trained, controls[(controls["arm"] != "clip") & controls["labels"].isin(trained["labels"])]]),
        SHOWN,
    )
    left.set_title("trained from pixels")
    _bounds(right, learned)
    return picture, _caption(trained, tables["pretraining"], learned)


def controlled(table: pd.DataFrame) -> pd.DataFrame:
    """The chosen runs of CLIP and of its controls, by `arm`."""
    chosen = table[table["chosen"]]
    shortest = chosen.loc[chosen["kind"] == "clip", "trained_epochs"].min()
    arms = {("clip", 1): "clip"} | {arm: name for name, arm in CONTROLS.items()}
    times = (chosen["trained_epochs"] / shortest).round().astype(int)
    arm = pd.Series([arms.get(own) for own in zip(chosen["kind"], times, strict=True)], index=chosen.index)
    return chosen.assign(arm=arm).dropna(subset="arm")


def settings_tried(tried: pd.DataFrame) -> int:
    """The number of settings that each objective was trained with."""
    return int(tried[["kind", "learning_rate", "strength"]].drop_duplicates()["kind"].value_counts().max())


def difference(runs: pd.DataFrame) -> tuple[float, float]:
    """Test accuracy with captions over that with augmentations and the same seed, in points; and half its interval."""
    by_kind = runs.pivot_table(index="seed", columns="kind", values="test")
    return mean_and_half(100 * (by_kind["clip"] - by_kind["simclr"]), overlap=OVERLAP)


def _graphs(learned: pd.DataFrame) -> pd.DataFrame:
    """Rows that a network of some width would have: all positives counted, at the larger diversity and width."""
    pairings = {
        pairing: label
        for pairing in strongest(learned["pairing"])
        for name, label in PAIRINGS.items()
        if pairing.startswith(name)
    }
    chosen = (
        learned["pairing"].isin(pairings)
        & (learned["diversity_of"] == "all")
        & (learned["labels"] == learned["labels"].iloc[0])
        & (learned["width"] == learned["width"].max())
        & (learned["diversity"] == learned["diversity"].max())
    )
    found: pd.DataFrame = learned[chosen].assign(pairs=learned["pairing"].map(pairings))
    return found


def _bounds(axes: Axes, learned: pd.DataFrame) -> None:
    for place, pairs in enumerate(PAIRINGS.values()):
        own = learned[learned["pairs"] == pairs]
        if own.empty:  # never so diverse
            continue
        for shift, (column, (label, color)) in enumerate(VALUES.items()):
            mean, half = mean_and_half(own[column])
            x = place + 0.27 * (shift - 1)
            axes.bar(x, mean, width=0.25, color=color, label=label)
            axes.errorbar(x, mean, yerr=half, fmt="none", color="black", linewidth=1, capsize=2)
    axes.axhline(learned["guess_error"].max(), color="black", linewidth=0.8, linestyle=":")
    axes.set_xticks(range(len(PAIRINGS)), list(PAIRINGS.values()))
    axes.set(title=f"their pair graphs, k = {learned['width'].max()}", ylabel="error of the optimum, and bounds on it")
    handles, labels = axes.get_legend_handles_labels()
    axes.legend(handles[: len(VALUES)], labels[: len(VALUES)], fontsize=sized(7))
    axes.grid(visible=False, axis="x")


def _caption(trained: pd.DataFrame, tried: pd.DataFrame, learned: pd.DataFrame) -> str:
    return (
        f"Left: test accuracy after {int(trained['steps'].max())} steps, {trained['seed'].nunique()} seeds, 95% "
        f"intervals corrected for the overlap of splits, each kind at the best of {settings_tried(tried)} settings by "
        "validation; the last three kinds had fewer settings. Right: error of the optimal embedding of each pair graph "
        f"and bounds on it, at {learned['diversity'].max():g} effective positives, means and 95% intervals of "
        f"{learned['draw'].nunique()} draws of images. Above the dotted line a bound is no better than guessing."
    )


FIGURE = Figure("Captions or augmentations", ("pretraining", "training_controls", "pairings_learned"), draw)

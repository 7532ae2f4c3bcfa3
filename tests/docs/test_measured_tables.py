"""Tables of how-to pages against the published tables of their studies."""

import pandas as pd

from pairbounds.theory.quantities.confidence import student_half
from tests.docs.blocks import ROOT


def with_half(values: pd.Series, overlap: float = 0) -> str:
    """Mean and half-width of the 95% interval over seeds, for a cell."""
    return f"{values.mean():.3f} ± {student_half(values, overlap=overlap):.3f}"


def published(study: str) -> pd.DataFrame:
    return pd.read_parquet(ROOT / "results" / study / f"{study}.parquet")


def page(name: str) -> str:
    return (ROOT / "docs" / "how_to" / f"{name}.md").read_text("utf-8")


def temperature_rows() -> list[str]:
    rows = []
    for dataset, group in published("feature_graphs").groupby("dataset", sort=False):
        overlap = 0 if dataset.startswith("topics") else 1  # halves of one set of images
        error = group[group["automatic"]].set_index("seed")["error"]
        grid = group[~group["automatic"]]
        at_default = grid[grid["top_k"] == 32].groupby("seed")["error"].min()
        by_seed = grid.groupby("seed")["error"]
        values = (error, error - by_seed.min(), error - at_default, by_seed.mean() - by_seed.min())
        rows.append(f"| {dataset} | {' | '.join(with_half(value, overlap) for value in values)} |")
    return rows


def suspicious_rows() -> list[str]:
    rows = []
    table = published("wrong_captions").query("share == 0.1 and score != 'random'")
    for dataset, group in table.groupby("dataset", sort=False):
        precision = [with_half(part["precision"]) for _, part in group.groupby("score", sort=False)]
        rows.append(f"| {dataset} | {' | '.join(precision)} |")
    return rows


def test_the_page_on_features_has_the_measured_cost_of_the_automatic_temperature():
    assert [row for row in temperature_rows() if row not in page("features")] == []


def test_the_page_on_cleaning_has_the_measured_precision():
    assert [row for row in suspicious_rows() if row not in page("cleaning")] == []


def test_the_page_on_cleaning_has_the_measured_order_and_shares_of_the_cleaned_table():
    table = published("wrong_captions")
    by_score = table.groupby(["dataset", "share", "score"])["precision"].mean().unstack()
    ours, baselines = by_score[["support", "support without labels"]], by_score[["label quality", "caption centroid"]]
    assert (ours.min(axis=1) > baselines.max(axis=1)).all()
    for score, digits in (("support", 0), ("support without labels", 1)):
        totals = table[table["score"] == score].groupby(["dataset", "share"]).sum(numeric_only=True)
        removed, wrong = totals["dropped_wrong"] / totals["wrong"], totals["dropped_wrong"] / totals["dropped"]
        ends = [f"{removed.min():.{digits}%} to {removed.max():.0%}", f"{wrong.min():.0%} to {wrong.max():.0%}"]
        assert f"removed {ends[0]} of the wrong rows, and {ends[1]} of what it removed was wrong" in page("cleaning")

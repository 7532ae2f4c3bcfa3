"""Output of `check`: a table of bounds at one width, or at the best of several widths for each bound."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pairbounds.infrastructure.arrays import rounded
from pairbounds.infrastructure.commandline import echo, print_table, with_options
from pairbounds.theory.bounds.check_table import (
    COLUMNS,
    HEADLINES,
    THROUGH_COLUMNS,
    evaluated,
    headlines,
    notes,
    of_bounds,
    readable,
    readable_through,
    tally,
)
from pairbounds.theory.bounds.registry import BOUNDS
from pairbounds.theory.bounds.theorem40_caption_vote import caption_vote
from pairbounds.theory.graph.labels import UNLABELLED
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.graph.singular_triplets import Spectrum
from pairbounds.theory.quantities.consistency import guess_error, induced_labelling_error

ERRORS = ("probe_error", "probe_mse", "zero_shot_error")
THROUGH = "On the graph, and through the features: the best encoder linear in them (theorem 42)"
RIGHT = ("theorem", "measured", "graph: measured", "through: measured", "value", "tightness")  # aligned to the right
WIDTH_COLUMNS = ("theorem", "bound", "on", "least value", "at k", "measured there", "not vacuous at")
ON_ERROR = ("probe-error", "known-values-error", "local-multihop-error")  # of the closing sentence
PAIRS, ENCODER = "From the pairs alone", "About an encoder: the optimum, unless features are given"


def print_checked(
    graph: PairGraph, triplets: Spectrum, table: pd.DataFrame, title: str, chosen: Sequence[str] | None = None
) -> None:
    """Print a table of `check_bounds` with its column k, its notes and closing sentences.

    `chosen`: the bounds to print, or `None` for the short table.
    """
    names = headlines(table) if chosen is None else list(chosen)
    noted = [*names, *HEADLINES] if chosen is None else names  # headlines that do not apply, too
    rows = of_bounds(table, names)
    echo(*one_to_one(*graph.shape, graph.joint.nnz), title)
    if table["k"].nunique() > 1:
        _print_several(table, rows)
    else:
        for heading, part in _parts(evaluated(rows)):
            print_table(heading, COLUMNS, readable(part), right=RIGHT)
        if by_features := readable_through(rows):
            print_table(THROUGH, THROUGH_COLUMNS, by_features, right=RIGHT)
        echo(*notes(of_bounds(table, noted)))
        if len(rows) < len(table):
            echo(with_options(f"holds: {tally(table)}; `all=` shows every row"))
    echo(*_closing(graph, triplets, table, rows))


def one_to_one(n_left: int, n_right: int, n_pairs: int) -> list[str]:
    """Warning for a graph whose pairs share no node; empty for other graphs."""
    if not n_left == n_right == n_pairs:
        return []
    return [
        f"Each image has one caption, and each caption one image: all {n_left:,} singular values are 1, each bound "
        f"over the gap is infinite for k below {n_left:,}, and α_T is 0 whatever the labels. Build the graph from "
        "the features of both sides: PairGraph.from_features, or the command `pairbounds graph features`"
    ]


def as_record(graph: PairGraph, triplets: Spectrum, table: pd.DataFrame) -> dict[str, object]:
    """Record for `--json`: `α_T`, the widths with their `σ²_{k+1}`, and every row."""
    widths = sorted({int(k) for k in table["k"]})
    missing = unlabelled(graph)
    return {
        "induced_labelling_error": None if missing else induced_labelling_error(graph),
        "unlabelled": missing,
        "widths": [{"k": k, "squared_singular_value": _squared_value(triplets, k)} for k in widths],
        "bounds": table,
    }


def unlabelled(graph: PairGraph) -> int:
    """Number of left nodes without a label."""
    return graph.n_left if graph.left_labels is None else int(np.sum(graph.left_labels == UNLABELLED))


def _squared_value(triplets: Spectrum, k: int) -> float:
    """`σ²_{k+1}`, or 0 if there is no further triplet."""
    values = triplets.singular_values
    return float(values[k] ** 2) if k < len(values) else 0.0


def _parts(table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Rows of bounds from pairs only, and rows of bounds on an encoder, without empty parts."""
    about_encoder = table["bound"].map(_looks_at_encoder).astype(bool)
    parts = [(PAIRS, table[~about_encoder]), (ENCODER, table[about_encoder])]
    return [(title, part) for title, part in parts if len(part)]


def _looks_at_encoder(name: str) -> bool:
    return name in BOUNDS and BOUNDS[name].of_encoder


def _best_widths(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of upper bounds on an error at their best width: bounds from pairs only first, then by error and value.

    The column `useful` is the number of widths at which the bound is not vacuous.
    """
    errors = table[table["applicable"] & table["quantity"].isin(ERRORS) & table["relation"].eq("<=")]
    errors = errors[errors["value"].notna()]
    useful = (~errors["vacuous"]).groupby(errors["bound"]).sum()
    best = errors.loc[errors.groupby(["quantity", "bound"])["value"].idxmin()]
    best = best.assign(encoder=best["bound"].map(_looks_at_encoder), useful=best["bound"].map(useful))
    return best.sort_values(["encoder", "quantity", "value"])


def _print_several(table: pd.DataFrame, selected: pd.DataFrame) -> None:
    """Print selected upper bounds on an error at their best width, and violations of any bound at any width."""
    best, widths = _best_widths(table), table["k"].nunique()
    for title, part in _parts(selected.drop_duplicates("bound")):
        chosen = of_bounds(best, list(part["bound"]))
        rows = [
            (number, name, quantity, least, str(k), measured, f"{useful} of {widths}")
            for (number, name, quantity, measured, _, least, *_), k, useful in zip(
                readable(chosen), chosen["k"], chosen["useful"], strict=True
            )
        ]
        if rows:
            print_table(title, WIDTH_COLUMNS, rows, right={*WIDTH_COLUMNS} - {"bound", "on"})
    if best.empty:
        echo(f"no bound on an error applies: {table['note'].mode().iloc[0]}")
    checked = table[table["applicable"]]
    failed = checked[~checked["holds"]]
    for name, rows_of_bound in failed.groupby("bound", sort=False):
        echo(f"{name}: VIOLATED at k = {', '.join(map(str, rows_of_bound['k']))}")
    if failed.empty:
        echo(f"all {checked['bound'].nunique()} bounds that apply hold at each of these widths")


def _closing(graph: PairGraph, triplets: Spectrum, table: pd.DataFrame, selected: pd.DataFrame) -> list[str]:
    """Closing sentences: `α_T`, `σ²_{k+1}`, guess, measured error with its bounds, and vacuous bounds."""
    if missing := unlabelled(graph):
        need = with_options("Bounds on an error need all left labels: give `labels=`.")
        return [f"α_T: {missing} of {graph.n_left} unlabelled. {need}"]
    errors = table[table["bound"].isin(ON_ERROR) & table["applicable"]]
    k = int(table["k"].min() if errors.empty else errors.nsmallest(1, "value")["k"].iloc[0])
    consistency = f"An induced pair joins two classes with probability α_T = {induced_labelling_error(graph):.4f}"
    of_error = ""
    if len(errors := errors[errors["k"] == k]):
        bounds = [
            f"{rounded(value, '<=', '.1%') if np.isfinite(value) else 'infinity'} (theorem {BOUNDS[name].theorem})"
            for name, value in zip(errors["bound"], errors["value"], strict=True)
        ]
        measured = f"{errors['measured'].iloc[0]:.1%}"
        of_error = f" A linear probe on the optimum is wrong on {measured}, and on at most {', '.join(bounds)}."
    everywhere = " at every width" if table["k"].nunique() > 1 else ""
    judged = selected[selected["vacuous"].notna()].groupby("bound", sort=False)["vacuous"].all()
    useless = ", ".join(str(name) for name in judged.index[judged.astype(bool)])
    vote, by_others = (caption_vote(graph, leave_one_out=left_out).error for left_out in (False, True))
    return [
        f"{consistency}; σ²_(k+1) = {_squared_value(triplets, k):.4f} at k = {k}.",
        f"Always guessing the largest class is wrong on {guess_error(graph):.1%} of the left nodes.{of_error}",
        f"The caption vote (theorem 40) is wrong on {vote:.1%}, and without an image's own pairs on {by_others:.1%}. "
        "It sees the labels of images: it is not zero-shot.",
        f"Vacuous{everywhere}, no better than guessing: {useless}."
        if useless
        else f"No bound shown is vacuous{everywhere}.",
    ]

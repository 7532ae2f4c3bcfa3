"""Printed tables of choices: the main columns, with intervals."""

from typing import Any

import pandas as pd

from pairbounds.infrastructure.arrays import rounded
from pairbounds.theory.questions.pair_choice import MEASURES

TEXTS = ("candidate", "verdict")  # columns of text


def readable(table: pd.DataFrame) -> pd.DataFrame:
    """Format the candidates, best first, with each number and its interval as text."""
    if "error" in table:
        intervals = {"leave-one-out error": "error", "squared error, all labels": "mse"}
        scores = {"effective rank (not validated)": "effective_rank"}
    else:
        intervals, scores = {name: name for name in MEASURES if name in table}, {"labelled pairs": "pairs"}
    rows = []
    for _, row in table.iterrows():
        cells = {"candidate": row["candidate"]} | ({"k": str(row["width"])} if "width" in table else {})
        cells |= {title: _interval(row, name, f"{name}_low", f"{name}_high") for title, name in intervals.items()}
        is_ahead = row["difference"] == 0 and row["to"] < 0  # the best, whose interval is of the next
        ahead = f"ahead by {-row['to']:.3f} to {-row['from']:.3f}"
        worse = ahead if is_ahead else _interval(row, "difference", "from", "to")
        cells |= {"worse by": worse, "verdict": row["verdict"]}
        cells |= {"at most": rounded(row["at_most"], "<=", ".3f")} if "at_most" in table else {}
        rows.append(cells | {title: f"{row[name]:,.3g}" for title, name in scores.items()})
    return pd.DataFrame(rows)


def _interval(row: "pd.Series[Any]", name: str, low: str, high: str) -> str:
    value = f"{row[name]:.3f}"
    return value if pd.isna(row[low]) else f"{value} [{row[low]:.3f}, {row[high]:.3f}]"

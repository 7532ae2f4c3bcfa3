"""Choices by few labels, judged by what is true of their candidates."""

from typing import Any

import numpy as np
import pandas as pd

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.theory.quantities.through_features import whitened
from pairbounds.theory.questions.comparisons import UNDECIDED, WORSE
from pairbounds.theory.questions.leave_one_out import leave_one_out


def ridge_errors(features: dict[str, FloatArray], labels: IntArray, nodes: IntArray) -> dict[str, float]:
    """Error of ridge with these labels on the other images, by candidate."""
    rest = np.setdiff1d(np.arange(len(labels)), nodes)
    result = {}
    for name, f in features.items():
        rows = whitened(f)
        fit = leave_one_out(rows[nodes], labels[nodes])
        result[name] = float(np.mean(fit.classes[np.argmax(rows[rest] @ fit.coefficients, axis=1)] != labels[rest]))
    return result


def judged(table: pd.DataFrame, truth: "pd.Series[float]") -> dict[str, Any]:
    """Judge the verdicts and intervals of a table by the true values of its candidates."""
    true = truth[table["candidate"]].to_numpy()
    over = np.array([value - np.delete(true, row).min() for row, value in enumerate(true)])
    worse = (table["verdict"] == WORSE).to_numpy()
    return {
        "regret": true[0] - true.min(),
        "chance": true.mean() - true.min(),
        "wrong": bool(np.any(worse & (true == true.min()))),
        "covered": bool(np.all((table["from"] <= over) & (over <= table["to"]))),
        "worse": float(worse.mean()),
        "undecided": float((table["verdict"] == UNDECIDED).mean()),
    }

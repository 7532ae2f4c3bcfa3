"""Encoders beside a free embedding, and the parts of their error."""

import numpy as np
import pandas as pd

from pairbounds.figures.architecture import PARTS, error_parts
from pairbounds.figures.finding import Facts, Finding, Of, Tables

NOT_LINEAR = ("free", "mlp", "conv")


def facts(tables: Tables) -> Facts:
    """The lowest and the last error of encoders trained on all pairs, and the parts of the error with fewer."""
    table = tables["architecture"]
    parts = error_parts(table).groupby("encoder")[list(PARTS)].median()
    whole = table[np.isinf(table["pairs"])]
    errors = whole.groupby(["encoder", "step"])["probe_error"].median()
    return {
        "seeds": table["seed"].nunique(),
        "pairs": int(table["pairs"].min()),
        "steps": int(table["step"].max()),
        "optimum": float(whole["optimum_error"].median()),
        "lowest": {name: float(errors[name].min()) for name in parts.index},
        "last": {name: float(errors[name].iloc[-1]) for name in parts.index},
        "sampling": parts["sampling"].to_dict(),
        "others": _largest_other(parts),
    }


def _largest_other(parts: pd.DataFrame) -> dict[str, float]:
    return {str(name): float(row.max()) for name, row in parts.drop(columns="sampling").iterrows()}


def claims(facts: Facts) -> dict[str, bool]:
    """The claims of the sentences, each with its truth."""
    lowest, last, optimum = facts["lowest"], facts["last"], facts["optimum"]
    sampling, others = facts["sampling"], facts["others"]
    return {
        "MLP and linear encoders pass below the optimum": max(lowest["mlp"], lowest["linear"]) < optimum,
        "the MLP comes back to the optimum": abs(last["mlp"] - optimum) < 0.1 * optimum,
        "sampling is the largest part of the error of all encoders but the linear": all(
            sampling[name] > others[name] for name in NOT_LINEAR
        ),
    }


def of(tables: Tables) -> Of:
    """The medians of each encoder at each step."""
    table = tables["architecture"]
    whole = table[np.isinf(table["pairs"])]
    return Of(1, table["seed"].nunique(), len(whole[["encoder", "step"]].drop_duplicates()))


FINDING = Finding("What does the encoder add?", ("architecture",), facts, claims, of)

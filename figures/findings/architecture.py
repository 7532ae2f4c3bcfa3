"""What an encoder does that a free embedding does not, and whence its error."""

import numpy as np
import pandas as pd

from pairbounds.figures.architecture import PARTS, error_parts
from pairbounds.figures.findings.finding import Facts, Finding, Tables

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
    """What the sentences say."""
    lowest, last, optimum = facts["lowest"], facts["last"], facts["optimum"]
    sampling, others = facts["sampling"], facts["others"]
    return {
        "MLP and linear encoders pass below the optimum": max(lowest["mlp"], lowest["linear"]) < optimum,
        "the MLP comes back to the optimum": abs(last["mlp"] - optimum) < 0.1 * optimum,
        "a linear encoder stays below the optimum": last["linear"] < optimum,
        "sampling is the largest part of the error of all encoders but the linear": all(
            sampling[name] > others[name] for name in NOT_LINEAR
        ),
    }


FINDING = Finding(
    "architecture",
    70,
    "What does the encoder add?",
    ("architecture",),
    ("architecture",),
    "What images look like can beat the optimum: an MLP and a linear encoder pass below the error of the population "
    "optimum in the course of training.",
    """
The population optimum has a probe error of {{ optimum | fixed(3) }} (medians of {{ seeds }} seeds). Trained on all
pairs, an MLP gets down to {{ lowest.mlp | fixed(3) }}. As its loss falls further it comes back to the optimum, and
after {{ steps }} steps its error is {{ last.mlp | fixed(3) }}. A linear encoder gets down to
{{ lowest.linear | fixed(3) }}, and it stays below the optimum.

The second question is where the held-out error comes from when an encoder is trained on {{ pairs | counted }} pairs.
Sampling is the largest part for a free embedding ({{ sampling.free | fixed(3) }}), an MLP
({{ sampling.mlp | fixed(3) }}) and a convolutional encoder ({{ sampling.conv | fixed(3) }}).
""",
    facts,
    claims,
    after_looking=(
        "at which step an encoder is lowest. It is found on the error itself, which nobody has who trains, and "
        "the last step is given beside it for this reason."
    ),
    overturned="medians over new seeds, or in another world, that never fall below the optimum's error in the "
    "course of training, for the MLP or for the linear encoder.",
)

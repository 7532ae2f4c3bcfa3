"""Tables as a paper prints them: LaTeX with the rules of booktabs, by pandas."""

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from pairbounds.infrastructure.outward import KEY, ROUNDING, rounded

if TYPE_CHECKING:
    import pandas as pd

UNKNOWN = "--"
# Columns of a row of check_bounds.
CHECKED = ("k", "bound", "quantity", "measured", "relation", "value", "tightness", "verdict")
RELATIONS = {"<=": r"$\le$", ">=": r"$\ge$", "=": "$=$"}


def to_latex(table: "pd.DataFrame", *, digits: int = 3) -> str:
    r"""A table as LaTeX, for a preamble with `\usepackage{booktabs}`.

    Parameters
    ----------
    table : DataFrame
        Any. Of `check_bounds`, the claims that were checked, their two sides, and the verdict. An index that has a
        name, as of a leaderboard, is the first column.
    digits : int
        Significant digits of the numbers that are not integers; upper bounds are rounded up, lower bounds down.

    Returns
    -------
    str
        A `tabular` environment. What LaTeX would obey in names is escaped; a missing value is a dash.

    Raises
    ------
    ValueError
        No rows, or no columns.

    Examples
    --------
    >>> import pandas as pd
    >>> from pairbounds import to_latex
    >>> print(to_latex(pd.DataFrame({"bound": ["my_claim"], "value": [0.123456]})))
    \begin{tabular}{lr}
    \toprule
    bound & value \\
    \midrule
    my\_claim & 0.123 \\
    \bottomrule
    \end{tabular}
    <BLANKLINE>
    """
    shown = _of_checks(table) if {"bound", "measured", "value", "holds"} <= set(table.columns) else table
    shown = shown.reset_index(drop=all(name is None for name in shown.index.names))
    if shown.empty:
        raise ValueError(f"the table has {len(table)} rows and {len(table.columns)} columns: there is nothing to print")

    def cell(value: Any) -> Any:
        if isinstance(value, str):
            return RELATIONS.get(value, value)
        return f"{value:.{digits}g}" if isinstance(value, float | np.floating) else value

    style = shown.style.format(cell, escape="latex", na_rep=UNKNOWN).format_index(escape="latex", axis="columns")
    subsets: list[tuple[str, Any]] = [(side, [name]) for name, side in table.attrs.get(KEY, {}).items()]
    if {"relation", "value"} <= set(shown.columns):
        subsets += [(side, (shown["relation"] == side, ["value"])) for side in ROUNDING]
    for side, subset in subsets:
        style.format(partial(rounded, relation=side, form=f".{digits}g"), subset=subset, na_rep=UNKNOWN)
    if "verdict" in shown.columns:  # every digit, so that a violation is seen
        style.format(str, subset=(shown["verdict"] == "violated", ["measured", "value"]), na_rep=UNKNOWN)
    latex: str = style.hide(axis="index").to_latex(hrules=True)
    return latex


def _of_checks(table: "pd.DataFrame") -> "pd.DataFrame":
    """The claims that were checked, in the columns that are looked for."""
    checked = table[table["applicable"].astype(bool)]
    holds, vacuous = (checked[name].fillna(value=False).astype(bool) for name in ("holds", "vacuous"))
    verdict = np.where(~holds, "violated", np.where(vacuous, "vacuous", "holds"))
    return checked.assign(verdict=verdict)[[name for name in CHECKED if name in table.columns or name == "verdict"]]

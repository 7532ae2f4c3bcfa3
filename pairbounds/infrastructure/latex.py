"""Tables as a paper prints them: LaTeX with the rules of booktabs, by pandas."""

from typing import TYPE_CHECKING, Any

import numpy as np

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
        Significant digits of the numbers that are not integers.

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
    if any(name is not None for name in shown.index.names):
        shown = shown.reset_index()
    if shown.empty:
        raise ValueError(f"the table has {len(table)} rows and {len(table.columns)} columns: there is nothing to print")

    def cell(value: Any) -> Any:
        if isinstance(value, str):
            return RELATIONS.get(value, value)
        return f"{value:.{digits}g}" if isinstance(value, float | np.floating) else value

    style = shown.style.format(cell, escape="latex", na_rep=UNKNOWN).format_index(escape="latex", axis="columns")
    latex: str = style.hide(axis="index").to_latex(hrules=True)
    return latex


def _of_checks(table: "pd.DataFrame") -> "pd.DataFrame":
    """The claims that were checked, in the columns that are looked for."""
    checked = table[table["applicable"].astype(bool)]
    holds, vacuous = (checked[name].fillna(value=False).astype(bool) for name in ("holds", "vacuous"))
    verdict = np.where(~holds, "violated", np.where(vacuous, "vacuous", "holds"))
    return checked.assign(verdict=verdict)[[name for name in CHECKED if name in table.columns or name == "verdict"]]

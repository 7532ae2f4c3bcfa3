"""Tables as a paper prints them: LaTeX with the rules of booktabs, and numbers of a few significant digits."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 3
LEAST, MOST = 1e-4, 1e5  # numbers beyond are written with a power of ten
UNKNOWN = "--"
# Columns of a row of check_bounds.
CHECKED = ("k", "bound", "quantity", "measured", "relation", "value", "tightness", "verdict")
RELATIONS = {"<=": r"$\le$", ">=": r"$\ge$", "=": "$=$"}


def to_latex(table: "pd.DataFrame", *, digits: int = DIGITS) -> str:
    r"""A table as LaTeX, for a preamble with `\usepackage{booktabs}`.

    Parameters
    ----------
    table : DataFrame
        Any. Of `check_bounds`, what a reader looks for: the claims that were checked, their two sides, and the verdict.
        An index that has a name is the first column.
    digits : int
        Significant digits of the numbers that are not integers, at least 1.

    Returns
    -------
    str
        A `tabular` environment. What LaTeX would obey in names is escaped; a missing value is a dash.

    Raises
    ------
    ValueError
        No rows, or no columns; digits below 1.

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
    if digits < 1:
        raise ValueError(f"digits={digits!r} is not a number of digits: give 1 or more")
    shown = _of_checks(table) if {"bound", "measured", "value", "holds"} <= set(table.columns) else table
    if any(name is not None for name in shown.index.names):
        shown = shown.reset_index()
    if shown.empty:
        raise ValueError(f"the table has {len(table)} rows and {len(table.columns)} columns: there is nothing to print")
    sides = "".join("r" if _of_numbers(shown[column]) else "l" for column in shown)
    style = shown.style.format(lambda cell: _cell(cell, digits), escape="latex").hide(axis="index")
    latex: str = style.format_index(escape="latex", axis="columns").to_latex(hrules=True, column_format=sides)
    return latex


def _of_checks(table: "pd.DataFrame") -> "pd.DataFrame":
    """The claims that were checked, in the columns that are looked for."""
    checked = table[table["applicable"].astype(bool)]
    holds, vacuous = (checked[name].fillna(value=False).astype(bool) for name in ("holds", "vacuous"))
    verdict = np.where(~holds, "violated", np.where(vacuous, "vacuous", "holds"))
    return checked.assign(verdict=verdict)[[name for name in CHECKED if name in table.columns or name == "verdict"]]


def _of_numbers(column: "pd.Series[Any]") -> bool:
    import pandas as pd

    return pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype)


def _cell(cell: Any, digits: int) -> str:
    if isinstance(cell, str):
        return RELATIONS.get(cell, cell)
    if isinstance(cell, bool | np.bool_):
        return "yes" if cell else "no"
    if isinstance(cell, float | np.floating):
        return _number(float(cell), digits)
    return UNKNOWN if _is_missing(cell) else str(cell)


def _is_missing(cell: Any) -> bool:
    import pandas as pd

    return bool(np.ndim(cell) == 0 and pd.isna(cell))


def _number(number: float, digits: int) -> str:
    """A number of so many significant digits; small and large ones with a power of ten."""
    if math.isnan(number):
        return UNKNOWN
    if math.isinf(number):
        return r"$\infty$" if number > 0 else r"$-\infty$"
    mantissa, _, power = f"{number:.{digits - 1}e}".partition("e")
    if number != 0 and not LEAST <= abs(number) < MOST:
        return rf"${mantissa} \times 10^{{{int(power)}}}$"
    plain = f"{number:.{max(0, digits - 1 - int(power))}f}"
    return plain if number >= 0 else f"${plain}$"

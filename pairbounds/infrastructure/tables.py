"""Tables with sidecars, which record where they came from."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from functools import cache, partial
from importlib import import_module, metadata
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from pairbounds.infrastructure.files import content_key, replacing, require_folder, sidecar
from pairbounds.infrastructure.inputs import AnyPath, require_file
from pairbounds.infrastructure.outward import KEY, ROUNDING, rounded

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

TABLE_SUFFIXES = (".parquet", ".csv")
PRINTED = ".tex"  # of a table that is printed, and not read again
RECORDED_PACKAGES = ("numpy", "scipy", "torch", "pandas")
UNKNOWN = "--"  # in LaTeX
# Columns of a row of check_bounds.
CHECKED = ("k", "bound", "quantity", "measured", "relation", "value", "tightness", "verdict")
RELATIONS = {"<=": r"$\le$", ">=": r"$\ge$", "=": "$=$"}
PACKAGE, ROOT = "pairbounds", Path(__file__).parents[2]  # the package, and its source tree where it is one


def write_table(
    frame: "pd.DataFrame | pa.Table",
    path: AnyPath,
    configuration: Mapping[str, object],
    took: Mapping[str, object] | None = None,
) -> str:
    """Write a table as Parquet, CSV or LaTeX, by suffix, with a JSON sidecar beside it; returns its content key.

    A table of pyarrow becomes Parquet and keeps its types. The sidecar holds the configuration (seeds included), the
    versions, the commit, the hardware, the time that the measurement `took`, and the content key: the table's SHA-256.
    """
    import pyarrow.parquet as pq

    target = require_table_path(path, printed=True)
    with replacing(target) as temporary:
        if target.suffix == ".csv":
            frame.to_csv(temporary, index=False)
        elif target.suffix == PRINTED:
            temporary.write_text(to_latex(frame), encoding="utf-8")
        elif hasattr(frame, "to_parquet"):
            frame.to_parquet(temporary, index=False)
        else:
            pq.write_table(frame, temporary)
        record = provenance(configuration) | {"content_key": content_key(temporary)}
        if took:
            record["took"] = dict(took)
        text = json.dumps(record, indent=2, sort_keys=True, default=os.fspath)
        # The sidecar is replaced first: after a kill, a table without one would count as somebody else's.
        with replacing(sidecar(target)) as beside:
            beside.write_text(f"{text}\n", encoding="utf-8")
    return str(record["content_key"])


def require_table_path(path: AnyPath, *, printed: bool = False) -> Path:
    """The path, if a table can be written there: to be asked before the work, not after it.

    `printed`: whether LaTeX will do, which nothing here reads again.
    """
    target = Path(path)
    suffixes = (*TABLE_SUFFIXES, PRINTED) if printed else TABLE_SUFFIXES
    if target.suffix not in suffixes:
        raise ValueError(f"cannot write {target}: a table's name ends in {' or '.join(suffixes)}")
    require_folder(target)
    return target


def read_table(path: AnyPath) -> "pd.DataFrame":
    """Read a table that `write_table` wrote; another file is a `ValueError`."""
    import pandas as pd

    source = require_file(path, "table", "`make figures` computes it")
    try:
        return pd.read_csv(source, engine="pyarrow") if source.suffix == ".csv" else read_parquet(source)
    except (ValueError, OSError) as error:
        raise ValueError(f"table {source} cannot be read: {error}") from error


def read_parquet(path: Path | IO[bytes]) -> "pd.DataFrame":
    """Read a Parquet file in this thread alone: where none can be started, pyarrow would wait for one for ever."""
    import pyarrow.parquet as pq

    frame: pd.DataFrame = pq.ParquetFile(path, pre_buffer=False).read(use_threads=False).to_pandas(use_threads=False)
    return frame


def provenance(configuration: Mapping[str, object]) -> dict[str, object]:
    """Provenance of a result: the configuration, and `surroundings`."""
    return {"configuration": dict(configuration), **surroundings()}


def with_content_keys(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of a command for a sidecar, with `content_keys`: the SHA-256 of each file among them, by its path."""
    values = [part for value in settings.values() for part in (value if isinstance(value, tuple) else [value])]
    return {**settings, "content_keys": {str(one): content_key(one) for one in values if isinstance(one, Path)}}


def surroundings() -> dict[str, object]:
    """The commit, the versions and the hardware of what is measured now."""
    return {
        "commit": source_commit(),
        "versions": {
            PACKAGE: import_module(PACKAGE).__version__,  # an import statement would make all studies depend on it
            "python": platform.python_version(),
            **{name: metadata.version(name) for name in RECORDED_PACKAGES},
        },
        "hardware": {"machine": platform.machine(), "cpus": os.cpu_count(), "system": platform.system()},
    }


@cache
def source_commit(root: Path = ROOT) -> str | None:
    """The commit of a source tree, marked when files differ from it; `None` where it cannot be known.

    The first answer stays: long work asks before it starts, because the checkout may move before it ends.
    """
    if not (root / ".git").exists():  # an installed copy may lie inside a checkout of something else
        return None
    command = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


# LaTeX.


def to_latex(table: "pd.DataFrame", *, digits: int = 3) -> str:
    r"""A table as LaTeX, for a preamble with `\usepackage{booktabs}`.

    Parameters
    ----------
    table : any. Of `check_bounds`, the claims that were checked, their two sides, and the verdict. An index that has a
        name, as of a leaderboard, is the first column.
    digits : significant digits of the numbers that are not integers; upper bounds are rounded up, lower bounds down

    Returns
    -------
    str
        A `tabular` environment. What LaTeX would obey in names is escaped; a missing value is a dash.

    Raises
    ------
    ValueError : no rows, or no columns

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

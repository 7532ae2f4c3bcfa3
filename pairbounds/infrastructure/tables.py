"""Tables with sidecars that record their provenance."""

import json
import os
import platform
import subprocess
from collections.abc import Iterable, Mapping
from functools import cache, partial
from importlib import metadata
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from pairbounds import __version__
from pairbounds.infrastructure.arrays import ROUNDING, SIDES, rounded
from pairbounds.infrastructure.files import (
    Output,
    content_key,
    disagrees,
    read_sidecar,
    replacing,
    require_output_path,
    sidecar,
    table_outputs,
)
from pairbounds.infrastructure.inputs import AnyPath, require_file

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

TABLE_SUFFIXES = (".parquet", ".csv")
PRINTED = ".tex"  # suffix of tables that are never read again
RECORDED_PACKAGES = ("numpy", "scipy", "torch", "pandas")
UNKNOWN = "--"  # in LaTeX
# Columns of `check_bounds` in a printed table.
CHECKED = ("k", "bound", "quantity", "measured", "relation", "value", "tightness", "verdict")
RELATIONS = {"<=": r"$\le$", ">=": r"$\ge$", "=": "$=$"}
ROOT = Path(__file__).parents[2]  # of the source tree, if this package is not installed


def write_table(
    frame: "pd.DataFrame | pa.Table",
    path: AnyPath,
    configuration: Mapping[str, object],
    took: Mapping[str, object] | None = None,
) -> str:
    """Write a table as Parquet, CSV or LaTeX, by suffix, with a JSON sidecar. Return its content key.

    A pyarrow table becomes Parquet and keeps its types. The sidecar holds the configuration (with seeds), versions,
    commit, hardware, the time that the measurement `took`, and the content key, which is the table's SHA-256.
    """
    import pyarrow.parquet as pq

    target = require_output_path(path, (*TABLE_SUFFIXES, PRINTED))
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
        # Sidecar first: if the run is killed in between, a table without sidecar would count as foreign.
        with replacing(sidecar(target)) as beside:
            beside.write_text(f"{text}\n", encoding="utf-8")
    return str(record["content_key"])


def write_output(table: "pd.DataFrame", out: Path | None, settings: Mapping[str, Any]) -> None:
    """Write the table of a command's option `--out`, if it is given.

    Its sidecar has the settings, and the SHA-256 of each file among them, by path.
    """
    if out is not None:
        several = [value.values() if isinstance(value, Mapping) else value for value in settings.values()]
        parts = [part for value in several for part in (value if isinstance(value, Iterable) else [value])]
        keys = {str(part): content_key(part) for part in parts if isinstance(part, Path)}
        write_table(table, out, {**settings, "content_keys": keys})


def printed_outputs(out: Path | None) -> list[Output]:
    """Files that `write_output` will write."""
    return [] if out is None else table_outputs(require_output_path(out, (*TABLE_SUFFIXES, PRINTED)))


def read_table(path: AnyPath) -> "pd.DataFrame":
    """Read a table that `write_table` wrote. Other files raise `ValueError`."""
    import pandas as pd

    source = require_file(path, "table", "run `make figures` to compute it")
    try:
        return pd.read_csv(source, engine="pyarrow") if source.suffix == ".csv" else read_parquet(source)
    except (ValueError, OSError) as error:
        raise ValueError(f"table {source} cannot be read: {error}") from error


def read_parquet(path: Path | IO[bytes]) -> "pd.DataFrame":
    """Read a Parquet file without threads: pyarrow would hang if it cannot start one."""
    import pyarrow.parquet as pq

    frame: pd.DataFrame = pq.ParquetFile(path, pre_buffer=False).read(use_threads=False).to_pandas(use_threads=False)
    return frame


def is_current(path: Path, configuration: Mapping[str, object]) -> bool:
    """True if a table is complete, and its sidecar names this configuration."""
    if not path.is_file() or disagrees(path):
        return False
    record = read_sidecar(path) or {}
    return bool(record.get("configuration") == json.loads(json.dumps(dict(configuration), default=os.fspath)))


def provenance(configuration: Mapping[str, object]) -> dict[str, object]:
    """Provenance of a result: the configuration, and `surroundings`."""
    return {"configuration": dict(configuration), **surroundings()}


def surroundings() -> dict[str, object]:
    """Commit, versions and hardware of this process."""
    return {
        "commit": source_commit(),
        "versions": {
            "pairbounds": __version__,
            "python": platform.python_version(),
            **{name: metadata.version(name) for name in RECORDED_PACKAGES},
        },
        "hardware": {"machine": platform.machine(), "cpus": os.cpu_count(), "system": platform.system()},
    }


@cache
def source_commit(root: Path = ROOT) -> str | None:
    """Commit of a source tree, with "-dirty" if files differ from it; `None` if unknown.

    The first result is cached: call this before long work, because the checkout may change during it.
    """
    if not (root / ".git").exists():  # an installed copy may lie inside another checkout
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
    table : any table. A table of `check_bounds` is reduced to the applicable claims, both sides, and the verdict. A
        named index, such as that of a leaderboard, becomes the first column.
    digits : significant digits of non-integers; upper bounds are rounded up, lower bounds down

    Returns
    -------
    str
        A `tabular` environment. LaTeX characters in names are escaped; a missing value is a dash.

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
    printed = _of_checks(table) if {"bound", "measured", "value", "holds"} <= set(table.columns) else table
    printed = printed.reset_index(drop=all(name is None for name in printed.index.names))
    if printed.empty:
        raise ValueError(f"the table has {len(table)} rows and {len(table.columns)} columns: nothing to print")

    def cell(value: Any) -> Any:
        if isinstance(value, str):
            return RELATIONS.get(value, value)
        return f"{value:.{digits}g}" if isinstance(value, float | np.floating) else value

    style = printed.style.format(cell, escape="latex", na_rep=UNKNOWN).format_index(escape="latex", axis="columns")
    subsets: list[tuple[str, Any]] = [(side, [name]) for name, side in table.attrs.get(SIDES, {}).items()]
    if {"relation", "value"} <= set(printed.columns):
        subsets += [(side, (printed["relation"] == side, ["value"])) for side in ROUNDING]
    for side, subset in subsets:
        style.format(partial(rounded, relation=side, form=f".{digits}g"), subset=subset, na_rep=UNKNOWN)
    if "verdict" in printed.columns:  # all digits, to show the violation
        style.format(str, subset=(printed["verdict"] == "violated", ["measured", "value"]), na_rep=UNKNOWN)
    latex: str = style.hide(axis="index").to_latex(hrules=True)
    return latex


def _of_checks(table: "pd.DataFrame") -> "pd.DataFrame":
    """Applicable claims, in the columns `CHECKED`, with a verdict."""
    checked = table[table["applicable"].astype(bool)]
    holds, vacuous = (checked[name].fillna(value=False).astype(bool) for name in ("holds", "vacuous"))
    verdict = np.where(~holds, "violated", np.where(vacuous, "vacuous", "holds"))
    return checked.assign(verdict=verdict)[[name for name in CHECKED if name in table.columns or name == "verdict"]]

"""Tables with sidecars, which record where they came from."""

import json
import os
import platform
import re
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module, metadata
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from pairbounds.infrastructure.files import content_key, replacing, require_folder, sidecar
from pairbounds.infrastructure.inputs import require_file
from pairbounds.infrastructure.latex import to_latex

if TYPE_CHECKING:
    import pandas as pd

TABLE_SUFFIXES = (".parquet", ".csv")
PRINTED = ".tex"  # of a table that is printed, and not read again
RECORDED_PACKAGES = ("numpy", "scipy", "torch", "pandas")
PACKAGE, ROOT = "pairbounds", Path(__file__).parents[2]  # the package, and its source tree where it is one


def write_table(
    frame: "pd.DataFrame",
    path: str | os.PathLike[str],
    configuration: Mapping[str, object],
    took: Mapping[str, object] | None = None,
) -> str:
    """Write a table as Parquet, CSV or LaTeX, by suffix, with a JSON sidecar beside it; returns its content key.

    The sidecar holds the configuration (seeds included), the versions, the commit, the hardware, the time that the
    measurement `took`, and the content key: the SHA-256 of the table file.
    """
    target = require_table_path(path, printed=True)
    with replacing(target) as temporary:
        if target.suffix == ".csv":
            frame.to_csv(temporary, index=False)
        elif target.suffix == PRINTED:
            temporary.write_text(to_latex(frame), encoding="utf-8")
        else:
            frame.to_parquet(temporary, index=False)
        record = provenance(configuration) | {"content_key": content_key(temporary)}
        if took:
            record["took"] = dict(took)
        text = json.dumps(record, indent=2, sort_keys=True, default=os.fspath)
        # The sidecar is replaced first: after a kill, a table without one would count as somebody else's.
        with replacing(sidecar(target)) as beside:
            beside.write_text(f"{text}\n", encoding="utf-8")
    return str(record["content_key"])


def require_table_path(path: str | os.PathLike[str], *, printed: bool = False) -> Path:
    """The path, if a table can be written there: to be asked before the work, not after it.

    Parameters
    ----------
    printed : whether LaTeX will do, which nothing here reads again
    """
    target = Path(path)
    suffixes = (*TABLE_SUFFIXES, PRINTED) if printed else TABLE_SUFFIXES
    if target.suffix not in suffixes:
        raise ValueError(f"cannot write {target}: a table's name ends in {' or '.join(suffixes)}")
    require_folder(target)
    return target


def read_table(path: str | os.PathLike[str]) -> "pd.DataFrame":
    """Read a table that `write_table` wrote; another file is a `ValueError`."""
    import pandas as pd

    source = require_file(path, "table", "`make figures` computes it")
    try:
        return pd.read_csv(source, **_every_digit()) if source.suffix == ".csv" else read_parquet(source)
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
        "commit": _commit(),
        "versions": {
            PACKAGE: import_module(PACKAGE).__version__,  # an import statement would make all studies depend on it
            "python": platform.python_version(),
            **{name: metadata.version(name) for name in RECORDED_PACKAGES},
        },
        "hardware": {"machine": platform.machine(), "cpus": os.cpu_count(), "system": platform.system()},
    }


def _commit() -> str | None:
    """The commit of the source tree, marked when files differ from it; `None` where it cannot be known."""
    if not (ROOT / ".git").exists():  # an installed copy may lie inside a checkout of something else
        return _installed_commit()
    command = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def _installed_commit() -> str | None:
    """The commit that the installer recorded (PEP 610) where it built the package from a repository."""
    record: dict[str, dict[str, str]] = {}
    with suppress(metadata.PackageNotFoundError):
        record = json.loads(metadata.distribution(PACKAGE).read_text("direct_url.json") or "{}")
    return record.get("vcs_info", {}).get("commit_id")


def _every_digit() -> dict[str, Any]:
    """Options by which pandas reads numbers as they were written, which it does by itself from 3.1 on."""
    import pandas as pd

    version = re.match(r"\d+\.\d+", pd.__version__)
    return {"float_precision": "round_trip"} if version is not None and float(version[0]) < 3.1 else {}

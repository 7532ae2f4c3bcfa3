"""Files that are whole or absent, and tables that say where they came from."""

import hashlib
import json
import os
import platform
import subprocess
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

import pandas as pd

TABLE_SUFFIXES = (".parquet", ".csv")
RECORDED_PACKAGES = ("numpy", "scipy", "torch", "pandas")


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A temporary path beside `path` that takes its place only when the block ends without an error.

    An interrupted write leaves the old file whole. The temporary name keeps the suffix, because writers
    choose their format by it.

    Raises
    ------
    FileNotFoundError
        The folder of `path` does not exist.
    """
    target = Path(path)
    _require_folder(target)
    temporary = target.with_name(f".{target.stem}.{uuid.uuid4().hex}{target.suffix}")
    try:
        yield temporary
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def write_table(frame: pd.DataFrame, path: str | os.PathLike[str], configuration: Mapping[str, object]) -> None:
    """Write a table as Parquet or CSV, by suffix, with a JSON sidecar beside it.

    The sidecar holds the configuration (seeds included), the versions, the commit, the hardware and a
    content key: the SHA-256 of the table file.

    Raises
    ------
    ValueError
        The suffix is neither `.parquet` nor `.csv`.
    """
    target = require_table_path(path)
    with replacing(target) as temporary:
        if target.suffix == ".csv":
            frame.to_csv(temporary, index=False)
        else:
            frame.to_parquet(temporary, index=False)
        provenance = _provenance(configuration, hashlib.sha256(temporary.read_bytes()).hexdigest())
        # The sidecar goes first, so that no finished table is ever without one.
        with replacing(sidecar(target)) as temporary_sidecar:
            temporary_sidecar.write_text(json.dumps(provenance, indent=2, sort_keys=True) + "\n")


def require_table_path(path: str | os.PathLike[str]) -> Path:
    """The path, if a table can be written there: to be asked before the work, not after it.

    Raises
    ------
    ValueError
        The suffix is neither `.parquet` nor `.csv`.
    FileNotFoundError
        The folder does not exist.
    """
    target = Path(path)
    if target.suffix not in TABLE_SUFFIXES:
        raise ValueError(f"cannot write {target}: a table's name ends in {' or '.join(TABLE_SUFFIXES)}")
    _require_folder(target)
    return target


def read_table(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read a table that `write_table` wrote."""
    source = Path(path)
    if not source.is_file():
        raise FileNotFoundError(f"table {source} does not exist: `make figures` computes it")
    return pd.read_csv(source) if source.suffix == ".csv" else pd.read_parquet(source)


def _require_folder(target: Path) -> None:
    if not target.parent.is_dir():
        raise FileNotFoundError(f"folder {target.parent} does not exist: create it, or write somewhere else")


def sidecar(path: str | os.PathLike[str]) -> Path:
    """The path of a table's JSON sidecar."""
    return Path(f"{path}.json")


def _provenance(configuration: Mapping[str, object], content_key: str) -> dict[str, object]:
    return {"configuration": dict(configuration), "content_key": content_key, **surroundings()}


def surroundings() -> dict[str, object]:
    """The commit, the versions and the hardware of what is measured now."""
    return {
        "commit": _commit(),
        "versions": {
            "python": platform.python_version(),
            **{name: metadata.version(name) for name in RECORDED_PACKAGES},
        },
        "hardware": {"machine": platform.machine(), "cpus": os.cpu_count(), "system": platform.system()},
    }


def _commit() -> str | None:
    """The commit of the source tree, marked when files differ from it; `None` outside a checkout."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()

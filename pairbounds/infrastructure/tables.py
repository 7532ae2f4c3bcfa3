"""Files that are whole or absent, and tables that say where they came from."""

import errno
import hashlib
import json
import os
import platform
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from importlib import import_module, metadata
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from pairbounds.infrastructure.inputs import require_file
from pairbounds.infrastructure.interruption import signals_delayed
from pairbounds.infrastructure.latex import to_latex
from pairbounds.infrastructure.temporaries import sweep_once, temporary_beside

if TYPE_CHECKING:
    import pandas as pd

TABLE_SUFFIXES = (".parquet", ".csv")
PRINTED = ".tex"  # of a table that is printed, and not read again
RECORDED_PACKAGES = ("numpy", "scipy", "torch", "pandas")
PACKAGE, ROOT = "pairbounds", Path(__file__).parents[2]  # the package, and its source tree where it is one
CANNOT_WRITE = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO}

_together: ContextVar[dict[Path, Path] | None] = ContextVar("_together", default=None)


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A temporary path beside `path` that takes its place only when the block ends without an error.

    An interrupted write leaves the old file whole. The temporary name keeps the suffix, because writers
    choose their format by it. A full disk is an `OSError` in one line.
    """
    target = Path(path)
    require_folder(target)
    sweep_once(target.parent)
    temporary, set_of_files = temporary_beside(target), _together.get()
    try:
        yield temporary
        if set_of_files is None:
            temporary.replace(target)
        else:
            set_of_files[temporary] = target
    except Exception as error:
        reason = _cannot_write(error)
        if reason is None:
            raise
        raise OSError(
            f"{target} cannot be written ({reason}), and what was there is as it was: make room, or choose another "
            "place, and give the same command again"
        ) from error
    finally:
        if set_of_files is None or temporary not in set_of_files:
            with suppress(OSError):  # which would hide the error that is raised now
                temporary.unlink()


def _cannot_write(error: BaseException | None) -> str | None:
    """Reason that nothing can be written, from an error or the context it was raised in; `None` if there is none."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in CANNOT_WRITE:
            return os.strerror(error.errno)
        error = error.__context__
    return None


@contextmanager
def together(gone: Sequence[Path] = ()) -> Iterator[None]:
    """Files that `replacing` writes in this block take their places at its end, in their order, or none of them does.

    Parameters
    ----------
    gone : files of an earlier set, which are removed just before
    """
    files: dict[Path, Path] = {}
    token = _together.set(files)
    try:
        yield
        with signals_delayed():
            for path in gone:
                path.unlink(missing_ok=True)
            for temporary, target in files.items():
                temporary.replace(target)
    finally:
        _together.reset(token)
        for temporary in files:
            with suppress(OSError):
                temporary.unlink()


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

    def write(temporary: Path) -> None:
        if target.suffix == ".csv":
            frame.to_csv(temporary, index=False)
        elif target.suffix == PRINTED:
            temporary.write_text(to_latex(frame), encoding="utf-8")
        else:
            frame.to_parquet(temporary, index=False)

    return write_recorded(target, configuration, write, took)


def write_recorded(
    target: Path,
    configuration: Mapping[str, object],
    write: Callable[[Path], None],
    took: Mapping[str, object] | None = None,
) -> str:
    """Write a file of any kind with such a sidecar; `write` is given a temporary path. Returns its content key."""
    with replacing(target) as temporary:
        write(temporary)
        key = content_key(temporary)
        record = provenance(configuration) | {"content_key": key} | ({"took": dict(took)} if took else {})
        # The sidecar goes first, so that no finished table is ever without one. Until the table has followed, it speaks
        # for the table that is still there too: killed in between, that one is not taken for somebody else's.
        replaced = content_key(target) if target.is_file() else None
        _write_json(record if replaced is None else record | {"replaces": replaced}, sidecar(target))
    if replaced is not None:
        _write_json(record, sidecar(target))
    return key


def content_key(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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


def _write_json(content: Mapping[str, object], path: Path) -> None:
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(content, indent=2, sort_keys=True, default=os.fspath) + "\n")


def read_parquet(path: Path | IO[bytes]) -> "pd.DataFrame":
    """Read a Parquet file in this thread alone: where none can be started, pyarrow would wait for one for ever."""
    import pyarrow.parquet as pq

    frame: pd.DataFrame = pq.ParquetFile(path, pre_buffer=False).read(use_threads=False).to_pandas(use_threads=False)
    return frame


def require_folder(target: Path) -> None:
    """Raise `FileNotFoundError` unless the folder that a file will lie in exists."""
    if not target.parent.is_dir():
        raise FileNotFoundError(f"folder {target.parent} does not exist: create it, or write somewhere else")


def sidecar(path: str | os.PathLike[str]) -> Path:
    """The path of a table's JSON sidecar."""
    return Path(f"{path}.json")


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

"""Comparison of two results: byte for byte, but for named fields of time and provenance."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import torch

# How long it took, how much memory, of which state of the source, and the digest of a table that says how long it took.
LEFT_OUT = {"seconds", "cpu_seconds", "commit"}
KEY = "content_key"
LOGS = "tensorboard"  # a folder of logs that TensorBoard names by time and process


def files(folder: Path) -> dict[str, Path]:
    """The files in a folder and below it, by their path inside it; without logs of TensorBoard."""
    found = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.parent.name != LOGS]
    return {path.relative_to(folder).as_posix(): path for path in found}


def leftovers(folder: Path) -> list[str]:
    """List what a command that has ended should not have left: files half written, and locks."""
    return [name for name, path in files(folder).items() if ".partial" in path.name or path.suffix == ".lock"]


def contents(folder: Path) -> dict[str, Any]:
    """The contents of each file, with the named fields left out where a format has them."""
    return {name: _content(path) for name, path in files(folder).items()}


def differences(found: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    """The names of files that one has and the other has not, or not the same."""
    return sorted(name for name in found.keys() | expected.keys() if not _same(found.get(name), expected.get(name)))


def _content(path: Path) -> Any:
    if path.suffix == ".json":
        return _without(json.loads(path.read_bytes(), parse_constant=str), _times_itself(path.with_suffix("")))
    if path.suffix == ".pt":
        return _without(torch.load(path, weights_only=True), False)
    if _times_itself(path):
        return pd.read_parquet(path).drop(columns="seconds").to_csv().encode()
    return path.read_bytes()


def _times_itself(path: Path) -> bool:
    return path.suffix == ".parquet" and path.is_file() and "seconds" in pd.read_parquet(path).columns


def _without(value: Any, key_too: bool) -> Any:
    if isinstance(value, dict):
        left_out = LEFT_OUT | ({KEY} if key_too else set())
        return {name: _without(part, key_too) for name, part in value.items() if name not in left_out}
    return [_without(part, key_too) for part in value] if isinstance(value, list | tuple) else value


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, torch.Tensor):
        return isinstance(other, torch.Tensor) and torch.equal(one, other)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)

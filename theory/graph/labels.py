"""Conversion of class labels of any kind to integers."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pairbounds.infrastructure.arrays import Array, BoolArray, IntArray, is_tensor, without_torch

UNLABELLED = -1  # class of a node without a label


def coded(
    sides: Mapping[str, Any], class_names: Sequence[str] | None = None
) -> tuple[dict[str, IntArray | None], tuple[str, ...] | None]:
    """Integer labels of both sides in a common numbering, and names of the classes if they have names.

    Integers 0..r-1, as integers, whole floats or booleans, are kept; `class_names` has their names. Other values that
    pandas distinguishes (text, categoricals, dates) are numbered in sorted order, both sides together. A missing value
    (None, NaN, NA), or -1, becomes `UNLABELLED`. A side without labels is `None`.

    `ValueError`: labels that are not a one-dimensional array; numbers that are not integers; integers on one side and
    names on the other; integers beyond the names; a side without any label; numbers in bfloat16.
    """
    arrays = {side: _array(side, labels) for side, labels in sides.items() if labels is not None}
    coded_sides = {side: _integers(side, labels) for side, labels in arrays.items()}
    numbered = {side: codes for side, codes in coded_sides.items() if codes is not None}
    for side, codes in numbered.items():
        require_labelled(side, codes)
    if len(numbered) == len(arrays):
        names = None if class_names is None else tuple(map(str, class_names))
        largest = max((int(codes.max(initial=-1)) for codes in numbered.values()), default=-1)
        if names is not None and largest >= len(names):
            raise ValueError(
                f"labels go to {largest} and class_names has {len(names)} names: give one for each of 0..r-1"
            )
        return {side: numbered.get(side) for side in sides}, names
    if class_names is not None:
        raise ValueError("class_names are names of integers, but the labels are names: leave class_names out")
    if numbered:
        kinds = (f"{side}_labels are {'integers' if side in numbered else 'names'}" for side in arrays)
        raise ValueError(f"{' and '.join(kinds)}: give the same kind on both sides")
    by_side, names = _named(arrays)
    return {side: by_side.get(side) for side in sides}, names


def require_labelled(side: str, codes: IntArray, nodes: str = "every node") -> None:
    """Raise `ValueError` if all integer labels of these nodes of a side are missing."""
    if len(codes) and (codes == UNLABELLED).all():
        raise ValueError(f"{side}_labels are missing for {nodes}: leave them out")


def count_of_classes(labels: IntArray | None) -> str:
    """Text with the number of classes of a side, and of its unlabelled nodes."""
    if labels is None:
        return "unlabelled"
    missing = int(np.sum(labels == UNLABELLED))
    return f"{np.unique(labels[labels != UNLABELLED]).size} classes" + (f" and {missing} unlabelled" if missing else "")


def named_labels(labels: IntArray | None, class_names: Sequence[str] | None) -> Any:
    """Names of integer labels, `None` for missing ones; the labels themselves if classes have no names."""
    if labels is None or class_names is None:
        return labels
    return [None if label == UNLABELLED else class_names[label] for label in labels.tolist()]


def labels_without_torch(side: str, labels: Any) -> Any:
    """Labels, as an array if they are a tensor; `ValueError` for bfloat16, which cannot tell classes apart."""
    if is_tensor(labels) and str(labels.dtype) == "torch.bfloat16":
        raise ValueError(f"{side}_labels are bfloat16, which skips integers from 257 on: give integers")
    return without_torch(labels)


def _array(side: str, labels: Any) -> Array:
    """Labels as a numpy array, of objects for types of pandas."""
    array = np.asarray(labels_without_torch(side, labels))
    if array.dtype.kind == "U" and not isinstance(labels, np.ndarray):
        array = np.asarray(labels, dtype=object)  # numpy converts numbers and NaN among texts to text
    if array.ndim != 1:
        raise ValueError(f"{side}_labels has shape {array.shape}: give one class for each node")
    return array


def _integers(side: str, array: Array) -> IntArray | None:
    """Labels as integers if they are numbers, `UNLABELLED` for missing ones; `None` if they are names."""
    missing = _missing(array)
    present = array[~missing]
    if array.dtype == object:
        if not all(isinstance(label, int | float | np.number | np.bool_) for label in present):
            return None
        if not all(isinstance(label, int | np.integer | np.bool_) for label in present):
            present = present.astype(np.float64)
    elif array.dtype.kind not in "iubf":
        return None
    # Floats skip integers from 2^53 on (float64), so a float there may be the wrong class.
    floats = present.dtype.kind == "f"
    end = min(2**63, 2 ** (np.finfo(present.dtype).nmant + 1)) if floats else 2**63
    present = present.astype(np.int64) if present.dtype == np.bool_ else present
    bad = ~((present >= UNLABELLED) & (present < end))
    if floats:
        bad |= present != np.floor(present)
    if bad.any():
        node = int(np.flatnonzero(~missing)[int(np.argmax(bad))])
        raise ValueError(
            f"{side}_labels holds {bad.sum()} values that are not integers 0..r-1, the first {array[node]} at node "
            f"{node}: a class is an integer in 0..2^{end.bit_length() - 1} - 1, a name, or {UNLABELLED} for none"
        )
    codes = np.full(len(array), UNLABELLED, dtype=np.int64)
    codes[~missing] = present.astype(np.int64)
    return codes


def _missing(array: Array) -> BoolArray:
    if array.dtype != object:
        return np.asarray(array != array) if array.dtype.kind in "fc" else np.zeros(len(array), dtype=bool)
    import pandas as pd

    return np.asarray(pd.isna(array))


def _named(arrays: Mapping[str, Array]) -> tuple[dict[str, IntArray | None], tuple[str, ...]]:
    import pandas as pd

    values = np.concatenate([values.astype(object) for values in arrays.values()])
    try:
        codes, names = pd.factorize(values, sort=True)
    except TypeError:
        raise ValueError("labels have types that cannot be sorted: give integers or text") from None
    texts = tuple(map(str, names))
    if len(set(texts)) < len(texts):
        raise ValueError("labels of two types have the same text, such as 1 and '1': give one type")
    ends = np.cumsum([len(values) for values in arrays.values()])[:-1]
    parts = zip(arrays, np.split(codes.astype(np.int64), ends), strict=True)
    return dict(parts), texts

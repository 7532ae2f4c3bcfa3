"""Metrics of features on their positive pairs."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.linalg
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import Array, FloatArray, IntArray, without_torch
from pairbounds.infrastructure.checks import listed_rows
from pairbounds.theory.graph.labels import UNLABELLED, coded
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.metrics.class_moments import class_moments
from pairbounds.theory.quantities.metrics.hypersphere import alignment, average_confusion_rate, on_sphere, uniformity
from pairbounds.theory.quantities.probes import as_features

if TYPE_CHECKING:
    import pandas as pd

MOST_PAIRS = 50_000_000  # of rows that share a column: a gigabyte

Found = tuple[float, int, str]  # value, rows, note

DEFINITIONS = {  # of each metric, and its source
    "alignment": (
        "E ‖f(x) - f(x')‖² over positive pairs, of unit rows: in [0, 4], 0 if the views of a pair are alike",
        "Wang and Isola 2020, with the exponent 2",
    ),
    "uniformity": (
        "log E exp(-2 ‖f(x) - f(x')‖²) over independent rows, of unit rows: in [-8, 0], lower if spread",
        "Wang and Isola 2020",
    ),
    "rankme": (
        "exp of the entropy of the shares of the singular values, of the rows as they are: the dimensions in use",
        "Garrido et al. 2023 (RankMe), Roy and Vetterli 2007",
    ),
    "acr": ("share of views whose nearest other view, of unit rows, is of another sample", "Wang et al. 2022 (ACR)"),
    "class_collapse": (
        "variance within classes over the variance of all, of unit rows: in [0, 1], 0 if each class is one point",
        "Papyan, Han and Donoho 2020 (NC1), as a ratio of traces",
    ),
}


def metrics(features: Any, *, pairs: Any, labels: Any = None) -> "pd.DataFrame":
    """Alignment, uniformity, RankMe, average confusion rate (ACR) and class collapse of features, with definitions.

    Every row is divided by its norm first, except for RankMe: alignment is in [0, 4] and uniformity in [-8, 0].

    Parameters
    ----------
    features : (n, k), numpy or torch, a row for each view
    pairs : (m, 2) of int, or (n,), or PairGraph
        Row numbers of the positive pairs; or the sample of each row, ids of any kind, whose views are positive pairs;
        or a graph whose `left_ids` are row numbers, for its induced pairs. Rows without a pair are left out.
    labels : (n,), classes of the rows, of any kind, for class collapse

    Returns
    -------
    DataFrame, one row for each metric (its name is the index), with columns
        value (NaN if it has none), rows (number of rows or pairs in the mean), definition, source (paper), note (why
        there is no value).

    Raises
    ------
    HypothesisError : a row of norm 0
    ValueError : features or pairs of the wrong shape, or not finite; pairs with unknown rows; no pairs

    Notes
    -----
    Uniformity and ACR compare every row with every other, O(n² k): above about 20,000 rows, give a sample. All are
    population values: uniformity includes the pairs of a row with itself (`torch.pdist` in the authors' code leaves
    these out, a difference of O(1/n)).

    Examples
    --------
    >>> import numpy as np
    >>> from pairbounds.theory.quantities.metrics import metrics
    >>> views = np.array([[2.0, 0.0], [0.0, 3.0], [-1.0, 0.0], [0.0, -1.0]])
    >>> table = metrics(views, pairs=["a", "a", "b", "b"], labels=["x", "x", "y", "y"])
    >>> table["value"].round(3).to_dict()
    {'alignment': 2.0, 'uniformity': -1.35, 'rankme': 1.971, 'acr': 1.0, 'class_collapse': 0.5}
    """
    import pandas as pd

    matrix = np.asarray(without_torch(features))
    if matrix.ndim != 2:
        raise ValueError(f"features has shape {matrix.shape}: give a matrix (n, k), a row for each view")
    graph, samples = _positive_pairs(pairs, len(matrix))
    rows = graph.left_ids
    lost = rows[~np.isfinite(matrix[rows].astype(np.float64)).all(axis=1)].tolist()
    if lost:
        raise ValueError(f"features is not finite in {listed_rows(lost)}: leave out their pairs")
    sphere = on_sphere(matrix[rows], len(rows), "features", rows)
    rows_by_name: dict[str, Found] = {
        "alignment": (alignment(graph, sphere, sphere), graph.joint.nnz // 2, ""),
        "uniformity": (uniformity(graph, sphere), len(sphere), ""),
        "rankme": (rankme(matrix[rows]), len(sphere), ""),
        "acr": _confusion(sphere, samples),
    }
    if labels is not None:
        rows_by_name["class_collapse"] = _collapse(sphere, labels, len(matrix), rows)
    table = pd.DataFrame.from_dict(rows_by_name, "index", columns=["value", "rows", "note"])
    definitions, sources = zip(*(DEFINITIONS[name] for name in rows_by_name), strict=True)
    table.insert(2, "definition", definitions)
    table.insert(3, "source", sources)
    return table.rename_axis("metric")


def _positive_pairs(pairs: Any, n: int) -> tuple[PairGraph, Array | None]:
    """Symmetric graph of positive pairs of rows, and the samples of its rows if known."""
    rows = np.arange(n)
    samples: Array | None = None
    if isinstance(pairs, PairGraph):  # what a user gives: a graph, samples or pairs of rows
        rows = _existing_rows(pairs.left_ids, n)
        weights = _sharing(pairs.joint, pairs.right_marginal)
        if pairs.joint.nnz == pairs.n_left:  # one right node each
            samples = pairs.joint.indices
    else:
        array = np.asarray(without_torch(pairs))
        if array.ndim == 1 and len(array) == n:
            names, samples = np.unique(array, return_inverse=True)
            weights = _sharing(sp.csr_array((np.ones(n), (rows, samples))), np.ones(len(names)))
        elif array.ndim == 2 and array.shape[1] == 2 and np.issubdtype(array.dtype, np.integer):
            first, second = _existing_rows(array.astype(np.int64), n).T
            weights = sp.csr_array((np.ones(len(array)), (first, second)), shape=(n, n))
        else:
            raise ValueError(
                f"pairs has shape {array.shape} and holds {array.dtype}. Give the row numbers of each pair, (m, 2), or "
                f"the sample that each row is a view of, ({n},)."
            )
    if weights.nnz == 0:
        raise ValueError("pairs has no positive pair of two rows: give at least one")
    graph = PairGraph((weights + weights.T) / 2, left_ids=rows, right_ids=rows, drop_isolated=True)
    return graph, None if samples is None else samples[np.isin(rows, graph.left_ids)]


def _existing_rows(rows: Array, n: int) -> Array:
    if rows.dtype != np.int64 or not np.isin(rows, np.arange(n)).all():
        raise ValueError(f"pairs has rows that do not exist: give rows in 0..{n - 1}")
    return rows


def _sharing(joint: sp.csr_array, masses: FloatArray) -> sp.csr_array:
    """Weights of the pairs of two different rows that share a column, by the masses of the columns."""
    count = int(np.sum(np.bincount(joint.indices).astype(np.float64) ** 2))
    if count > MOST_PAIRS:
        raise ValueError(
            f"up to {count} pairs of rows share a right node or a sample, more than {MOST_PAIRS}: give pairs of rows"
        )
    pairs = sp.csr_array(sp.csr_array(joint / masses) @ joint.T)
    pairs.setdiag(0)
    pairs.eliminate_zeros()
    return pairs


def _confusion(sphere: FloatArray, samples: Array | None) -> Found:
    if samples is None or len(np.unique(samples)) < 2:
        note = "give pairs as the sample of each row, with two or more samples: confusion is between samples"
        return math.nan, 0, note
    return average_confusion_rate(sphere, samples), len(sphere), ""


def _collapse(sphere: FloatArray, labels: Any, n: int, rows: IntArray) -> Found:
    codes = coded({"row": labels}, None)[0]["row"]
    assert codes is not None
    if codes.shape != (n,):
        raise ValueError(f"labels has shape {codes.shape} for {n} rows: give one class for each")
    labelled = codes[rows] != UNLABELLED
    chosen, classes = sphere[labelled], codes[rows][labelled]
    if len(classes) == 0:
        return math.nan, 0, "no row with a pair has a label"
    even = np.full(len(chosen), 1 / len(chosen))
    within = class_moments(chosen, even, classes).variance
    total = class_moments(chosen, even, np.zeros_like(classes)).variance
    if total == 0:
        return math.nan, len(chosen), "all rows are one point"
    return within / total, len(chosen), ""


def rankme(f: Any) -> float:
    """Effective rank of an embedding f, (n, k), `exp H(s / Σ s)` with its singular values s, in [1, k].

    `ValueError`: features of the wrong shape, or not finite; an embedding that is 0.

    O(n k²). Source: Garrido et al. 2023 (RankMe; without the ε that they add to each share against `log 0`), after Roy
    and Vetterli 2007 (effective rank).
    """
    features = as_features(f, len(f), "f")
    values = scipy.linalg.svdvals(features)
    if not values[0] > 0:
        raise ValueError("f is 0: give an embedding that is not")
    shares = values[values > 0] / values.sum()
    return float(np.exp(-np.sum(shares * np.log(shares))))

"""The metrics of a user's features on their positive pairs."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from pairbounds.infrastructure.arrays import FloatArray, IntArray
from pairbounds.infrastructure.names import listed_rows
from pairbounds.theory.graph.labels import UNLABELLED, coded
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.metrics.class_moments import class_moments
from pairbounds.theory.quantities.metrics.confusion import average_confusion_rate
from pairbounds.theory.quantities.metrics.hypersphere import alignment, uniformity
from pairbounds.theory.quantities.metrics.rank import rankme
from pairbounds.theory.quantities.metrics.sphere import on_sphere

if TYPE_CHECKING:
    import pandas as pd

MOST_PAIRS = 50_000_000  # of rows that share something: a gigabyte
MOST_ROWS = 20_000  # beyond it what compares every row with every other is measured on a sample


@dataclass(frozen=True)
class Value:
    """A metric of a set of features.

    Attributes
    ----------
    value : NaN where it has none
    standard_error : of a value from a sample of the rows; 0 where all rows or pairs count
    rows : how many rows, or pairs, it is a mean of
    definition : in a formula or a sentence
    source : where it is from
    note : why it has no value
    """

    value: float
    standard_error: float
    rows: int
    definition: str
    source: str
    note: str = ""


def metrics(
    features: Any,
    *,
    pairs: Any,
    weights: Any = None,
    labels: Any = None,
    before: Any = None,
    t: float = 2.0,
    seed: int = 0,
) -> "pd.DataFrame":
    """Alignment, uniformity, RankMe, confusion (ACR, ARC) and class collapse of features, each with its definition.

    Every row is divided by its norm first, for all but RankMe: alignment is in [0, 4] and uniformity in [-4t, 0],
    whatever the scale of the features.

    Parameters
    ----------
    features : (n, k), numpy or torch
        A row for each view.
    pairs : (m, 2) of int, or (n,), or PairGraph
        The positive pairs as numbers of rows; or for each row the sample that it is a view of, ids of any kind, whose
        views are then each other's positives; or a graph whose `left_ids` are numbers of rows: two rows that share a
        right node, a caption say, drawn as the graph induces them. Rows without a pair are left out.
    weights : (m,), optional
        How often each pair of (m, 2) is drawn, up to a factor: 1 each by default. A graph has weights of its own.
    labels : (n,), optional
        Classes of the rows, of any kind: for class collapse.
    before : (n, k'), optional
        Features of the same views before training: for ARC.
    t : float
        Of uniformity; positive.
    seed : int
        Of the sample of rows where there are more than `MOST_ROWS` of them.

    Returns
    -------
    DataFrame, one row for each metric (its name is the index), with the columns of `Value`.

    Raises
    ------
    HypothesisError
        A row of norm 0.
    ValueError
        Features or pairs of the wrong shape, not finite; pairs of rows that are not there, or none.

    Notes
    -----
    Alignment is a mean over pairs, in blocks. Uniformity, ACR and ARC compare every row with every other, O(n² k), up
    to `MOST_ROWS` rows; beyond, a random sample of so many rows, and the standard error says what that costs. All are
    of the population of the rows given, not of batches: alignment and uniformity are those of
    `pairbounds.theory.quantities.metrics` on `pair_graph(pairs, n)`, on which a row meets itself in uniformity as
    often as it is drawn twice (`torch.pdist` in the authors' code leaves that out, a difference of O(1/n)).

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

    matrix = np.asarray(_on_cpu(features))
    first = None if before is None else np.asarray(_on_cpu(before))
    _require_arguments(matrix, first, t)
    given = _Pairs.of(pairs, len(matrix), weights)
    _require_finite(matrix, given.rows)
    found = _values(matrix, given, t, seed)
    if first is not None:
        found["arc"] = _relative_confusion(found["acr"], first, given, seed)
    if labels is not None:
        found["class_collapse"] = _collapse(_sphere(matrix, given), labels, len(matrix), given.rows)
    return pd.DataFrame([vars(value) for value in found.values()], index=pd.Index(found, name="metric"))


def _require_arguments(matrix: npt.NDArray[Any], before: npt.NDArray[Any] | None, t: float) -> None:
    if matrix.ndim != 2:
        raise ValueError(f"features has shape {matrix.shape}: give a matrix (n, k), a row for each view")
    if not 0 < t < math.inf:
        raise ValueError(f"t={t!r} is not positive and finite: it is the sharpness of the kernel of uniformity")
    if before is not None and len(before) != len(matrix):
        raise ValueError(f"before has {len(before)} rows and features {len(matrix)}: give both of the same views")


def _require_finite(matrix: npt.NDArray[Any], rows: IntArray) -> None:
    broken = rows[~np.isfinite(matrix[rows]).all(axis=1)] if matrix.dtype.kind == "f" else rows[:0]
    if broken.size:
        raise ValueError(f"features is not finite in {listed_rows(broken.tolist())}: leave out their pairs")


def _sphere(matrix: npt.NDArray[Any], pairs: "_Pairs", name: str = "features") -> FloatArray:
    return on_sphere(matrix[pairs.rows], len(pairs.rows), name, pairs.rows)


def _values(matrix: npt.NDArray[Any], pairs: "_Pairs", t: float, seed: int) -> dict[str, Value]:
    """The metrics that need features and pairs only."""
    sphere = _sphere(matrix, pairs)
    return {
        "alignment": _alignment(pairs.graph, sphere),
        "uniformity": _uniformity(pairs.graph, sphere, t, seed),
        "rankme": _rankme(matrix[pairs.rows]),
        "acr": _confusion(sphere, pairs, seed),
    }


def pair_graph(pairs: Any, n: int) -> PairGraph:
    """The graph of these positive pairs, (x, x') as often as (x', x), on the rows that have one.

    `alignment(graph, f, f)` on it is the mean of `‖f̂(x) - f̂(x')‖²` over the pairs, and `uniformity(graph, f)` that of
    rows drawn as often as they occur in pairs.

    Parameters
    ----------
    pairs : as in `metrics`
    n : int
        How many rows there are.
    """
    return _Pairs.of(pairs, n).graph


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Positive pairs of rows, and the samples that rows are views of, if that is how the pairs were given."""

    graph: PairGraph
    rows: IntArray
    samples: npt.NDArray[Any] | None

    @classmethod
    def of(cls, pairs: Any, n: int, weights: Any = None) -> "_Pairs":
        array = None if isinstance(pairs, PairGraph) else np.asarray(_on_cpu(pairs))
        if weights is not None and (array is None or array.ndim == 1):
            raise ValueError(
                "weights are of pairs that are given as (m, 2): a graph has its own, and samples have none"
            )
        if array is None:
            return cls._sharing(pairs, n)
        if array.ndim == 1 and len(array) == n:
            first, second = _within(array)
        elif array.ndim == 2 and array.shape[1] == 2 and np.issubdtype(array.dtype, np.integer):
            first, second = array.astype(np.int64).T
        else:
            raise ValueError(
                f"pairs has shape {array.shape} and holds {array.dtype}: give the numbers of the rows of each pair, "
                f"(m, 2), or the sample that each of the {n} rows is a view of, ({n},)"
            )
        if len(first) == 0:
            raise ValueError("no two rows are a positive pair")
        _require_rows(np.concatenate([first, second]), n)
        twice = None if weights is None else np.tile(np.asarray(_on_cpu(weights)), 2)
        both = PairGraph.from_pairs(
            np.concatenate([first, second]), np.concatenate([second, first]), twice, drop_isolated=twice is not None
        )
        rows = both.left_ids.astype(np.int64)
        return cls(both, rows, array[rows] if array.ndim == 1 else None)

    @classmethod
    def _sharing(cls, shared: PairGraph, n: int) -> "_Pairs":
        """Rows that share a right node, as `shared.induced()` has them, but no row with itself."""
        _require_rows(shared.left_ids, n)
        most = int(np.sum(np.bincount(shared.joint.indices).astype(np.float64) ** 2))
        if most > MOST_PAIRS:
            raise ValueError(
                f"up to {most} pairs of rows share a right node, more than {MOST_PAIRS}: name pairs of rows"
            )
        pairs = sp.csr_array(shared.joint * (1 / shared.right_marginal)[None, :]) @ shared.joint.T
        pairs.setdiag(0)
        pairs.eliminate_zeros()
        if pairs.nnz == 0:
            raise ValueError("no two rows are a positive pair")
        ids = shared.left_ids
        both = PairGraph((pairs + pairs.T) / 2, left_ids=ids, right_ids=ids, drop_isolated=True)
        samples = shared.joint.indices if shared.joint.nnz == shared.n_left else None  # one right node each
        return cls(both, both.left_ids, None if samples is None else samples[np.isin(ids, both.left_ids)])


def _on_cpu(values: Any) -> Any:
    return values.detach().cpu() if hasattr(values, "detach") else values


def _require_rows(rows: npt.NDArray[Any], n: int) -> None:
    if rows.dtype != np.int64 or rows.min() < 0 or rows.max() >= n:
        raise ValueError(f"pairs names rows that are not there: there are rows 0..{n - 1}")


def _within(samples: npt.NDArray[Any]) -> tuple[IntArray, IntArray]:
    """The pairs of two views of one sample."""
    _, own, counts = np.unique(samples, return_inverse=True, return_counts=True)
    order, starts = np.argsort(own, kind="stable"), np.concatenate([[0], np.cumsum(counts)[:-1]])
    parts = [np.empty((0, 2), dtype=np.int64)]
    for size in np.unique(counts[counts > 1]):
        views = order[starts[counts == size][:, None] + np.arange(size)]
        one, other = np.triu_indices(size, 1)
        parts.append(np.stack([views[:, one].ravel(), views[:, other].ravel()], axis=1))
    first, second = np.concatenate(parts).T
    return first, second


def _alignment(graph: PairGraph, sphere: FloatArray) -> Value:
    return Value(
        alignment(graph, sphere, sphere),
        0.0,
        graph.joint.nnz // 2,
        "E ‖f(x) - f(x')‖² over positive pairs, of unit rows: in [0, 4], 0 if the views of a pair are alike",
        "Wang and Isola 2020, with the exponent 2",
    )


def _uniformity(graph: PairGraph, sphere: FloatArray, t: float, seed: int) -> Value:
    about = (
        f"log E exp(-{t:g} ‖f(x) - f(x')‖²) over independent rows, of unit rows: in [{-4 * t:g}, 0], lower if spread",
        "Wang and Isola 2020",
    )
    if len(sphere) <= MOST_ROWS:
        return Value(uniformity(graph, sphere, t=t), 0.0, len(sphere), *about)
    # Independent pairs of rows: a mean of independent terms, whose error is known.
    rng, count = np.random.default_rng([seed, 0]), MOST_ROWS**2 // 400
    first, second = rng.choice(len(sphere), size=(2, count), p=graph.left_marginal)
    kernel = np.exp(-t * np.sum((sphere[first] - sphere[second]) ** 2, axis=1))
    mean = float(kernel.mean())
    return Value(math.log(mean), float(kernel.std(ddof=1)) / math.sqrt(count) / mean, count, *about)


def _rankme(features: npt.NDArray[Any]) -> Value:
    return Value(
        rankme(features),
        0.0,
        len(features),
        "exp of the entropy of the shares of the singular values, of the rows as they are: the dimensions in use",
        "Garrido et al. 2023 (RankMe), Roy and Vetterli 2007",
    )


CONFUSION = (
    "share of views whose nearest other view, of unit rows, is of another sample",
    "Wang et al. 2022 (ACR)",
)


def _confusion(sphere: FloatArray, pairs: _Pairs, seed: int) -> Value:
    if pairs.samples is None:
        return Value(math.nan, 0.0, 0, *CONFUSION, "give pairs as the sample of each row: confusion is between samples")
    samples, rows = pairs.samples, np.arange(len(sphere))
    if len(np.unique(samples)) < 2:
        return Value(math.nan, 0.0, 0, *CONFUSION, "there is one sample only")
    if len(sphere) > MOST_ROWS:
        names, own = np.unique(samples, return_inverse=True)
        share = MOST_ROWS / len(sphere)
        chosen = np.random.default_rng([seed, 1]).permutation(len(names))[: max(2, int(share * len(names)))]
        rows = np.flatnonzero(np.isin(own, chosen))
    rate = average_confusion_rate(sphere[rows], samples[rows])
    error = 0.0 if len(rows) == len(sphere) else math.sqrt(rate * (1 - rate) / len(rows))
    note = "" if len(rows) == len(sphere) else "among a sample of the samples: among all it is larger"
    return Value(rate, error, len(rows), *CONFUSION, note)


def _relative_confusion(after: Value, before: npt.NDArray[Any], pairs: _Pairs, seed: int) -> Value:
    about = ("(1 - ACR after) / (1 - ACR before): above 1 if training tells samples apart", "Wang et al. 2022 (ARC)")
    first = _confusion(_sphere(before, pairs, "before"), pairs, seed)
    if math.isnan(first.value) or first.value == 1:
        note = first.note or "every view is confused before training: the ratio to it has no value"
        return Value(math.nan, 0.0, 0, *about, note)
    return Value((1 - after.value) / (1 - first.value), 0.0, after.rows, *about, after.note)


def _collapse(sphere: FloatArray, labels: Any, n: int, kept: IntArray) -> Value:
    about = (
        "variance within classes over the variance of all, of unit rows: in [0, 1], 0 if each class is one point",
        "Papyan, Han and Donoho 2020 (NC1), as a ratio of traces",
    )
    codes = coded({"row": labels}, None)[0]["row"]
    assert codes is not None
    if codes.shape != (n,):
        raise ValueError(f"labels has shape {codes.shape} for {n} rows: give one class for each")
    labelled = codes[kept] != UNLABELLED
    chosen, classes = sphere[labelled], codes[kept][labelled]
    if len(classes) == 0:
        return Value(math.nan, 0.0, 0, *about, "no row with a pair has a label")
    even = np.full(len(chosen), 1 / len(chosen))
    within = class_moments(chosen, even, classes).variance
    total = class_moments(chosen, even, np.zeros_like(classes)).variance
    if total == 0:
        return Value(math.nan, 0.0, len(chosen), *about, "all rows are one point")
    return Value(within / total, 0.0, len(chosen), *about)

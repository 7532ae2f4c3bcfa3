"""Pair graphs from and to edge lists, networkx graphs and files: the parts, without the graph class."""

import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import networkx as nx
import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.sparse as sp

from theory.arrays import IntArray
from theory.tables import replacing

FORMAT = "pairbounds-graph-1"


class Side(Protocol):
    """What this module reads of one side of a graph."""

    labels: IntArray | None
    ids: npt.NDArray[Any]


def id_array(ids: Any) -> npt.NDArray[Any]:
    """Ids as a one-dimensional array: int64 where all are integers, else objects (tuples stay whole)."""
    index = ids if isinstance(ids, pd.Index) else pd.Index(ids, tupleize_cols=False)
    kind = np.int64 if pd.api.types.is_integer_dtype(index.dtype) else object
    return np.array(index.to_numpy(), dtype=kind)


def joint_from_pairs(
    left: Any, right: Any, weight: npt.ArrayLike | None
) -> tuple[sp.coo_array, npt.NDArray[Any], npt.NDArray[Any]]:
    """Weights, left ids and right ids of an edge list; duplicates are left for the sparse matrix to sum."""
    rows, left_ids = _numbered("left", left)
    columns, right_ids = _numbered("right", right)
    if len(rows) != len(columns):
        raise ValueError(f"left has {len(rows)} entries and right {len(columns)}: a pair has one of each")
    weights = np.ones(len(rows)) if weight is None else np.asarray(weight)
    if weights.shape != rows.shape:
        raise ValueError(f"weight has shape {weights.shape} for {len(rows)} pairs: give one weight for each")
    joint = sp.coo_array((weights, (rows, columns)), shape=(len(left_ids), len(right_ids)))
    return joint, left_ids, right_ids


def _numbered(side: str, ids: Any) -> tuple[IntArray, npt.NDArray[Any]]:
    index = pd.Index(ids, tupleize_cols=False)
    if len(index) == 0:
        raise ValueError(f"{side} is empty: a pair graph needs at least one pair")
    try:
        codes, distinct = index.factorize(sort=True)
    except TypeError:  # ids of mixed types have no order
        codes, distinct = index.factorize(sort=False)
    if (codes < 0).any():
        raise ValueError(f"{side} has {np.sum(codes < 0)} missing ids, the first at pair {np.argmax(codes < 0)}")
    return codes.astype(np.int64), id_array(distinct)


def labels_in_order(side: str, labels: Any, ids: npt.NDArray[Any]) -> npt.ArrayLike | None:
    """Labels in the order of the nodes, from a mapping id -> class or a sequence that has that order."""
    if not isinstance(labels, Mapping):
        return labels  # type: ignore[no-any-return]  # the graph validates what it is
    missing = [name for name in ids.tolist() if name not in labels]
    if missing:
        raise ValueError(f"{side}_labels has no class for {len(missing)} ids, the first {missing[0]!r}")
    return np.array([labels[name] for name in ids.tolist()])


def from_networkx(g: "nx.Graph[Any]") -> dict[str, Any]:
    """Constructor arguments from a bipartite graph."""
    sides: dict[int, list[Any]] = {0: [], 1: []}
    for node in g.nodes:
        side = g.nodes[node].get("bipartite")
        if side not in (0, 1):
            raise ValueError(f"node {node!r} has bipartite={side!r}: mark left nodes 0 and right nodes 1")
        sides[side].append(node)
    if not sides[0] or not sides[1]:
        raise ValueError("the graph has no node on one side: a pair graph needs left and right nodes")
    for start, end in g.edges():
        if g.nodes[start]["bipartite"] == g.nodes[end]["bipartite"]:
            raise ValueError(f"edge {start!r} - {end!r} joins two nodes of one side: pairs join left and right")
    joint = nx.bipartite.biadjacency_matrix(g, sides[0], sides[1], weight="weight")
    return {
        "joint": joint,
        "left_labels": _node_labels(g, "left", sides[0]),
        "right_labels": _node_labels(g, "right", sides[1]),
        "left_ids": [g.nodes[node].get("id", node) for node in sides[0]],
        "right_ids": [g.nodes[node].get("id", node) for node in sides[1]],
    }


def _node_labels(g: "nx.Graph[Any]", side: str, nodes: list[Any]) -> list[Any] | None:
    labels = [g.nodes[node].get("label") for node in nodes]
    unlabelled = sum(label is None for label in labels)
    if unlabelled == len(nodes):
        return None
    if unlabelled:
        raise ValueError(f"{unlabelled} of {len(nodes)} {side} nodes have no label: label all of them or none")
    return labels


def to_networkx(joint: sp.csr_array, left: Side, right: Side) -> "nx.Graph[Any]":
    """The graph with its weights; a side's name in each node keeps equal ids of the two sides apart."""
    g: nx.Graph[Any] = nx.Graph()
    names = {"left": left, "right": right}
    for number, (name, side) in enumerate(names.items()):
        for i, node in enumerate(side.ids.tolist()):
            label = {} if side.labels is None else {"label": int(side.labels[i])}
            g.add_node((name, node), bipartite=number, id=node, **label)
    pairs = joint.tocoo()
    left_ids, right_ids = left.ids.tolist(), right.ids.tolist()
    for i, j, weight in zip(*pairs.coords, pairs.data, strict=True):
        g.add_edge(("left", left_ids[i]), ("right", right_ids[j]), weight=float(weight))
    return g


def save_npz(path: str | os.PathLike[str], joint: sp.csr_array, left: Side, right: Side) -> None:
    """Write the parts to a temporary file, then rename it."""
    arrays: dict[str, npt.NDArray[Any]] = {
        "format": np.array(FORMAT),
        "data": joint.data,
        "indices": joint.indices,
        "indptr": joint.indptr,
        "shape": np.array(joint.shape),
    }
    for name, side in (("left", left), ("right", right)):
        arrays[f"{name}_ids"] = _storable_ids(name, side.ids)
        if side.labels is not None:
            arrays[f"{name}_labels"] = side.labels
    if Path(path).suffix != ".npz":
        raise ValueError(f"cannot write {path}: a graph's file name ends in .npz")
    with replacing(path) as temporary:
        np.savez_compressed(temporary, allow_pickle=False, **arrays)


def _storable_ids(side: str, ids: npt.NDArray[Any]) -> npt.NDArray[Any]:
    if ids.dtype == np.int64:
        return ids
    if all(isinstance(name, str) for name in ids):
        return ids.astype(np.str_)
    raise ValueError(f"{side}_ids cannot be saved: make them all integers or all strings")


def load_npz(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Constructor arguments from a file that `save_npz` wrote."""
    if not Path(path).is_file():
        raise FileNotFoundError(f"graph file {path} does not exist")
    try:
        with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        if str(arrays.get("format")) != FORMAT:
            raise ValueError
        parts = (arrays["data"], arrays["indices"], arrays["indptr"])
        joint = sp.csr_array(parts, shape=tuple(arrays["shape"]))
        joint.check_format(full_check=True)
    except (ValueError, KeyError, EOFError, OSError, AttributeError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path} is not a whole pair graph that PairGraph.save wrote: save it again") from error
    sides = {f"{side}_{what}": arrays.get(f"{side}_{what}") for side in ("left", "right") for what in ("labels", "ids")}
    return {"joint": joint, **sides}

"""Conversion of pair graphs from and to edge lists, networkx graphs and files."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike

from pairbounds.infrastructure.arrays import Array, IntArray, without_torch
from pairbounds.infrastructure.files import Output, replacing, require_output_path
from pairbounds.infrastructure.inputs import AnyPath, require_file
from pairbounds.theory.graph.labels import UNLABELLED, labels_without_torch
from pairbounds.theory.graph.pair_graph import PairGraph, real_weights

if TYPE_CHECKING:
    import networkx as nx

Graph = TypeVar("Graph", bound=PairGraph)

FORMAT = "pairbounds-graph-1"
GRAPH_SUFFIXES = (".npz",)


def id_array(ids: Any) -> Array:
    """Ids as a one-dimensional array: int64 if all are integers that fit, else objects, with tuples as single ids."""
    import pandas as pd

    index = _index(ids)
    fits = pd.api.types.is_integer_dtype(index.dtype) and index.dtype != np.uint64
    return np.array(index.to_numpy(), dtype=np.int64 if fits else object)


def _index(ids: Any) -> Any:
    import pandas as pd

    foreign = hasattr(ids, "tolist") and not isinstance(ids, np.ndarray | pd.Series | pd.Index)  # a tensor, say
    return pd.Index(ids.tolist() if foreign else ids, tupleize_cols=False)


def joint_from_pairs(left: Any, right: Any, weight: ArrayLike | None) -> tuple[sp.coo_array, "Numbered", "Numbered"]:
    """Weights and numbered nodes of an edge list, with duplicates."""
    rows, columns = Numbered.of("left", left), Numbered.of("right", right)
    if len(rows.codes) != len(columns.codes):
        raise ValueError(f"left has {len(rows.codes)} entries and right {len(columns.codes)}: a pair has one of each")
    weights = np.ones(len(rows.codes)) if weight is None else real_weights("weight", np.asarray(without_torch(weight)))
    if weights.shape != rows.codes.shape:
        raise ValueError(f"weight has shape {weights.shape} for {len(rows.codes)} pairs: give one weight for each")
    joint = sp.coo_array((weights, (rows.codes, columns.codes)), shape=(len(rows.ids), len(columns.ids)))
    return joint, rows, columns


@dataclass(frozen=True, eq=False)
class Numbered:
    """Numbered ends of pairs on one side: `ids[codes[e]]` is the end of the e-th pair."""

    side: str
    codes: IntArray
    ids: Array

    @classmethod
    def of(cls, side: str, ids: Any) -> "Numbered":
        """Number the distinct ids in sorted order, or in order of first appearance if they cannot be sorted."""
        index = _index(ids)
        if len(index) == 0:
            raise ValueError(f"{side} is empty: a pair graph needs at least one pair")
        try:
            codes, distinct = index.factorize(sort=True)
        except TypeError:
            codes, distinct = index.factorize(sort=False)
        if (codes < 0).any():
            raise ValueError(f"{side} has {np.sum(codes < 0)} missing ids, the first at pair {np.argmax(codes < 0)}")
        return cls(side, codes.astype(np.int64), id_array(distinct))

    def labels(self, labels: Any) -> ArrayLike | None:
        """Labels in the order of the nodes, from a mapping id -> class or from a class for each pair."""
        import pandas as pd

        if labels is None:
            return None
        by_row = isinstance(labels, pd.Series) and len(labels) == len(self.codes) and self.ids[0] not in labels.index
        if isinstance(labels, Mapping | pd.Series) and not by_row:
            missing = [name for name in self.ids.tolist() if name not in labels]
            if missing:
                raise ValueError(f"{self.side}_labels has no class for {len(missing)} ids, the first {missing[0]!r}")
            return np.array([labels[name] for name in self.ids.tolist()])
        classes = np.asarray(labels_without_torch(self.side, labels), dtype=object if by_row else None)
        if classes.shape != self.codes.shape:
            raise ValueError(
                f"{self.side}_labels has shape {classes.shape} for {len(self.codes)} pairs: give one class for each "
                "pair, or a mapping from id to class"
            )
        nodes = pd.DataFrame({"node": self.codes, "label": classes}).drop_duplicates()
        torn = nodes.index[nodes["node"].duplicated()]
        if len(torn):
            name = self.ids[self.codes[torn[0]]]
            raise ValueError(f"{self.side}_labels gives {name!r} two classes, the second at pair {torn[0]}")
        return np.asarray(nodes.sort_values("node")["label"])


def from_networkx(g: "nx.Graph[Any]") -> dict[str, Any]:
    """Constructor arguments from a bipartite graph."""
    import networkx as nx

    if g.is_directed():
        raise ValueError("the graph is directed: a pair has no direction, use g.to_undirected()")
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
        "left_labels": _node_labels(g, sides[0]),
        "right_labels": _node_labels(g, sides[1]),
        "left_ids": [g.nodes[node].get("id", node) for node in sides[0]],
        "right_ids": [g.nodes[node].get("id", node) for node in sides[1]],
    }


def _node_labels(g: "nx.Graph[Any]", nodes: list[Any]) -> list[Any] | None:
    labels = [g.nodes[node].get("label") for node in nodes]
    return None if all(label is None for label in labels) else labels


def to_networkx(graph: PairGraph) -> "nx.Graph[Any]":
    """Weighted networkx graph; each node has the name of its side, since both sides may have equal ids."""
    import networkx as nx

    g: nx.Graph[Any] = nx.Graph()
    sides = ("left", graph.left_ids, graph.left_labels), ("right", graph.right_ids, graph.right_labels)
    for number, (name, ids, labels) in enumerate(sides):
        g.add_nodes_from(((name, node), {"bipartite": number, "id": node}) for node in ids.tolist())
        for node, label in zip(ids.tolist(), [] if labels is None else labels.tolist(), strict=labels is not None):
            if label != UNLABELLED:
                g.nodes[name, node]["label"] = label if graph.class_names is None else graph.class_names[label]
    pairs, left_ids, right_ids = graph.joint.tocoo(), graph.left_ids.tolist(), graph.right_ids.tolist()
    for i, j, weight in zip(*pairs.coords, pairs.data, strict=True):
        g.add_edge(("left", left_ids[i]), ("right", right_ids[j]), weight=float(weight))
    return g


def save_npz(path: AnyPath, graph: PairGraph, beside: Mapping[str, Array]) -> None:
    """Write the graph, and arrays `beside` it under other names, to a temporary file, then rename it."""
    joint = graph.joint
    arrays: dict[str, Any] = {"format": FORMAT, "data": joint.data, "indices": joint.indices, "indptr": joint.indptr}
    arrays |= {"shape": joint.shape, "class_names": graph.class_names}
    for side, labels, ids in (
        ("left", graph.left_labels, graph.left_ids),
        ("right", graph.right_labels, graph.right_ids),
    ):
        if ids.dtype != np.int64 and not all(isinstance(name, str) for name in ids):
            raise ValueError(f"{side}_ids cannot be saved: make them all integers or all strings")
        arrays |= {f"{side}_labels": labels, f"{side}_ids": ids if ids.dtype == np.int64 else ids.astype(np.str_)}
    stored = {name: np.asarray(value) for name, value in arrays.items() if value is not None}
    with replacing(require_output_path(path, GRAPH_SUFFIXES)) as temporary:
        np.savez_compressed(temporary, allow_pickle=False, **stored, **beside)


def load_npz(path: AnyPath, graph_class: type[Graph]) -> Graph:
    """Read a graph that `save_npz` wrote, without the arrays beside it.

    `FileNotFoundError`: no such file. `ValueError`: not a complete pair graph.
    """
    source = require_file(path, "graph file")
    try:
        with source.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            if str(stored["format"]) != FORMAT:
                raise ValueError("another program wrote it")
            names = [*_MATRIX, *(name for name in _OPTIONAL if name in stored)]
            arrays = {name: stored[name] for name in names}
        shape = tuple(arrays.pop("shape").tolist())
        joint = sp.csr_array(tuple(arrays.pop(name) for name in _MATRIX[:-1]), shape=shape)
        joint.check_format(full_check=True)
        return graph_class(joint, **arrays)
    except Exception as error:  # a damaged archive may raise almost anything
        reason = " ".join(str(error).split()) or type(error).__name__
        message = f"{path} is not a complete file of PairGraph.save: save it again ({reason})"
        raise ValueError(message) from error


def is_graph(path: AnyPath) -> bool:
    """True if a file is marked as a pair graph; reads only the mark."""
    try:
        with require_file(path).open("rb") as file, np.load(file, allow_pickle=False) as stored:
            return str(stored["format"]) == FORMAT
    except Exception:  # as in `load_npz`
        return False


def graph_output(path: Path) -> Output:
    """Output of a command that is a saved pair graph, recognised by its mark."""
    return Output(path, is_graph)


_MATRIX = ("data", "indices", "indptr", "shape")
_OPTIONAL = ("left_labels", "right_labels", "left_ids", "right_ids", "class_names")

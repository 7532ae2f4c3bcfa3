"""Sharpest known graph of each bound."""

import json
from pathlib import Path

import numpy as np
import scipy.sparse as sp

from pairbounds.theory.attack.candidate import Sides
from pairbounds.theory.graph.pair_graph import PairGraph

FILE = Path(__file__).parent / "sharpest.json"  # written by `tests.bounds.sharpest.store`


def sharpest_graphs(path: Path = FILE) -> dict[str, Sides]:
    """Arguments of `score` by the names of bounds."""
    graphs: dict[str, Sides] = {}
    for name, stored in json.loads(path.read_text(encoding="utf-8")).items():
        joint = sp.coo_array((stored["weights"], (stored["rows"], stored["columns"])), shape=stored["shape"])
        graph = PairGraph(joint, stored.get("left_labels"), stored.get("right_labels"))
        features = (np.array(stored["f"]), np.array(stored["g"])) if "f" in stored else None
        graphs[name] = graph, stored["k"], features, stored.get("penalty")
    return graphs

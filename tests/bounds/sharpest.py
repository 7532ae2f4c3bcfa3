"""Store of the sharpest known graphs: `store(find_counterexample(NAME, ...))` adds a sharper one."""

import json
from pathlib import Path
from typing import Any

from pairbounds.infrastructure.files import replacing
from pairbounds.theory.attack.search import CounterexampleResult
from pairbounds.theory.attack.sharpest import FILE, sharpest_graphs
from pairbounds.theory.bounds.registry import named
from pairbounds.theory.bounds.scoring import score


def store(result: CounterexampleResult, path: Path = FILE) -> bool:
    """Store the graph of a search without a refutation if it is sharper than the stored one; return if it was."""
    sharpest = sharpest_graphs(path).get(result.bound)
    if result.refuted or (sharpest is not None and result.ratio <= score(named(result.bound), *sharpest).ratio):
        return False
    joint, graph = result.graph.joint.tocoo(), result.graph
    f, g = result.features or (None, None)
    parts: dict[str, Any] = {"rows": joint.coords[0], "columns": joint.coords[1], "weights": joint.data, "f": f, "g": g}
    parts |= {"left_labels": graph.left_labels, "right_labels": graph.right_labels}
    lists = {name: array.tolist() for name, array in parts.items() if array is not None}
    penalty = {} if result.penalty is None else {"penalty": result.penalty}
    graphs = json.loads(path.read_text(encoding="utf-8"))
    graphs[result.bound] = {"k": result.k, **penalty, "shape": list(joint.shape), **lists}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(graphs[name])}" for name in sorted(graphs))
    with replacing(path) as temporary:
        temporary.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
    return True

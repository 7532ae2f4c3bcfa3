"""The connected components of a graph: each is a singular value of 1, known without computing any."""

from pairbounds.theory.graph.pair_graph import PairGraph


def component_count(graph: PairGraph) -> int:
    """Number of components, each with nodes on both sides: the multiplicity of the singular value 1."""
    return int(graph.components[0].max()) + 1

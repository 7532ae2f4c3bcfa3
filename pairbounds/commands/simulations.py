"""The command `families`."""

from typing import Annotated

import typer

from pairbounds.infrastructure.commandline import print_table
from pairbounds.simulations.families import FAMILIES
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import induced_labelling_error
from pairbounds.theory.spectrum.triplets import spectrum


def families(
    seed: Annotated[int, typer.Option(help="Seed of those that are drawn at random.")] = 0,
) -> None:
    """List the graph families, each at its small default settings, and what is known of them."""
    chosen = {name: family() for name, family in FAMILIES.items()}
    columns = [("family", "left"), ("a model of", "left"), ("nodes", "right"), ("α_T", "right")]
    columns += [("σ_2 σ_3 σ_4", "left"), ("known", "left")]
    rows = [(name, one.models, *_summary(one.graph(seed)), one.known) for name, one in chosen.items()]
    print_table("Graph families", columns, rows)


def _summary(graph: PairGraph) -> tuple[str, str, str]:
    values = spectrum(graph, min(4, graph.n_left, graph.n_right)).singular_values[1:]
    leading = " ".join(f"{value:.2f}" for value in values)
    return f"{graph.n_left} x {graph.n_right}", f"{induced_labelling_error(graph):.3f}", leading

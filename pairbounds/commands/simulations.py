"""The command `families`."""

from pathlib import Path
from typing import Annotated

import typer

from pairbounds.infrastructure import ownership
from pairbounds.infrastructure.commandline import echo, print_table
from pairbounds.infrastructure.options import Force
from pairbounds.simulations.families import FAMILIES
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import induced_labelling_error
from pairbounds.theory.spectrum.triplets import spectrum


def families(
    draw: Annotated[Path | None, typer.Option(metavar="DIR", help="Also draw them all, into DIR/families.png.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of those that are drawn at random.")] = 0,
    force: Force = False,
) -> None:
    """List the graph families, each at its small default settings, and what is known of them."""
    if draw is not None:
        ownership.claim([ownership.picture(draw / "families.png")], force=force)
    chosen = {name: family() for name, family in FAMILIES.items()}
    columns = [("family", "left"), ("a model of", "left"), ("nodes", "right"), ("α_T", "right")]
    columns += [("σ_2 σ_3 σ_4", "left"), ("known", "left")]
    rows = [(name, one.models, *_summary(one.graph(seed)), one.known) for name, one in chosen.items()]
    print_table("Graph families", columns, rows)
    if draw is not None:
        from pairbounds.simulations.families.drawing import draw_families  # matplotlib, for this command alone

        draw.mkdir(parents=True, exist_ok=True)
        draw_families(chosen, draw / "families.png", seed)
        echo(f"{draw / 'families.png'}: {len(chosen)} families")


def _summary(graph: PairGraph) -> tuple[str, str, str]:
    values = spectrum(graph, min(4, graph.n_left, graph.n_right)).singular_values[1:]
    leading = " ".join(f"{value:.2f}" for value in values)
    return f"{graph.n_left} x {graph.n_right}", f"{induced_labelling_error(graph):.3f}", leading

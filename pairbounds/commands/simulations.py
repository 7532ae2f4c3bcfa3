"""`python -m pairbounds`: make the pair graphs of a world, run the studies behind the figures."""

from pathlib import Path
from typing import Annotated

import typer

from pairbounds.commands.study import register
from pairbounds.infrastructure import ownership
from pairbounds.infrastructure.commandline import print_table, run, say
from pairbounds.infrastructure.options import Force
from pairbounds.simulations.families import FAMILIES
from pairbounds.simulations.world import LatentWorld
from pairbounds.theory.graph.formats import graph_output, require_graph_path
from pairbounds.theory.graph.pair_graph import PairGraph
from pairbounds.theory.quantities.consistency import induced_labelling_error
from pairbounds.theory.spectrum.triplets import spectrum

app = typer.Typer(
    help="Simulated worlds: pair graphs, trained encoders and the studies behind the figures.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

GraphFile = Annotated[Path, typer.Option("--out", metavar="GRAPH.npz", help="Where the graph is saved.")]
Seed = Annotated[int, typer.Option(help="Seed of the world.")]


@app.command()
def caption_graph(
    out: GraphFile,
    noise: Annotated[float, typer.Option(help="Probability that a caption names the wrong class.")] = 0.0,
    detail: Annotated[float, typer.Option(help="Probability that a caption names the style too.")] = 0.0,
    seed: Seed = 0,
    force: Force = False,
) -> None:
    """Save the caption graph of a latent world: images x captions."""
    ownership.claim([graph_output(require_graph_path(out))], force=force)
    graph = LatentWorld(seed=seed).caption_graph(noise, detail)
    graph.save(out)
    say(f"{out}: {graph}")


@app.command()
def augmentation_graph(
    out: GraphFile,
    strength: Annotated[float, typer.Option(help="How far views move: 0 not at all, 10 almost anywhere.")] = 1.0,
    seed: Seed = 0,
    force: Force = False,
) -> None:
    """Save the augmentation graph of a latent world: views x natural images."""
    ownership.claim([graph_output(require_graph_path(out))], force=force)
    graph = LatentWorld(seed=seed).augmentation_graph(strength)
    graph.save(out)
    say(f"{out}: {graph}")


@app.command()
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
        say(f"{draw / 'families.png'}: {len(chosen)} families")


def _summary(graph: PairGraph) -> tuple[str, str, str]:
    values = spectrum(graph, min(4, graph.n_left, graph.n_right)).singular_values[1:]
    leading = " ".join(f"{value:.2f}" for value in values)
    return f"{graph.n_left} x {graph.n_right}", f"{induced_labelling_error(graph):.3f}", leading


register(app)

if __name__ == "__main__":
    run(app)

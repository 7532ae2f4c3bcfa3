"""The command `families`."""

from typing import Annotated

import typer

from pairbounds.infrastructure.commandline import echo, print_table
from pairbounds.infrastructure.options import Json
from pairbounds.infrastructure.plain import as_line
from pairbounds.simulations.families import FAMILIES
from pairbounds.theory.quantities.consistency import induced_labelling_error
from pairbounds.theory.spectrum.triplets import spectrum


def families(
    seed: Annotated[int, typer.Option(help="Seed of those that are drawn at random.")] = 0,
    as_records: Json = False,
) -> None:
    """List the graph families, each at its small default settings, and what is known of them."""
    rows, facts = [], []
    for name, family in FAMILIES.items():
        graph = family().graph(seed)
        error, nodes = induced_labelling_error(graph), f"{graph.n_left} x {graph.n_right}"
        values = spectrum(graph, min(4, *graph.joint.shape)).singular_values[1:].tolist()
        about = {"family": name, "models": family.models, "nodes": nodes}
        facts.append({**about, "alpha_T": error, "singular_values_from_2": values, "known": family.known})
        rows.append((*about.values(), f"{error:.3f}", " ".join(f"{value:.2f}" for value in values), family.known))
    if as_records:
        echo(as_line(facts))
        return
    columns = [("family", "left"), ("a model of", "left"), ("nodes", "right"), ("α_T", "right")]
    columns += [("σ_2 σ_3 σ_4", "left"), ("known", "left")]
    print_table("Graph families", columns, rows)

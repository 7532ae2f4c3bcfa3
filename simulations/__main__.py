"""`python -m simulations`: make the pair graphs of a world, run the studies behind the figures."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

import typer

from simulations.families import FAMILIES
from simulations.studies import STUDIES
from simulations.sweeps import Cores, DaskCluster, SweepConfiguration, run_sweep
from simulations.sweeps.experiment import NAMES, find_experiment
from simulations.sweeps.sweep import outputs
from simulations.world import LatentWorld
from theory import PairGraph, induced_labelling_error, spectrum
from theory.graph_formats import require_graph_path
from theory.infrastructure import ownership
from theory.infrastructure.commandline import CHECK_FAILED, one_line, print_table, run, say
from theory.infrastructure.folders import held
from theory.infrastructure.foreign import require_seconds
from theory.infrastructure.options import Force
from theory.infrastructure.tables import require_table_path, write_table

app = typer.Typer(
    help="Simulated worlds: pair graphs, trained encoders and the studies behind the figures.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

A_DAY = 86_400.0  # seconds

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
    ownership.claim([ownership.graph(require_graph_path(out))], force=force)
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
    ownership.claim([ownership.graph(require_graph_path(out))], force=force)
    graph = LatentWorld(seed=seed).augmentation_graph(strength)
    graph.save(out)
    say(f"{out}: {graph}")


@app.command()
def study(
    name: Annotated[str, typer.Argument(help=f"One of: {', '.join(STUDIES)}.")],
    out: Annotated[Path, typer.Option(metavar="TABLE", help="Where the table goes: .parquet or .csv.")],
    seeds: Annotated[int | None, typer.Option(help="How many seeds; by default as published.")] = None,
    jobs: Annotated[int, typer.Option(help="Worker processes; -1 for one on each core.")] = 1,
    force: Force = False,
) -> None:
    """Measure the table of a study, with a JSON sidecar that says how."""
    if name not in STUDIES:
        raise ValueError(f"study {name!r} is none of {', '.join(STUDIES)}")
    ownership.claim(ownership.table(require_table_path(out)), force=force)
    chosen = STUDIES[name]
    with held(out.parent, out.name):
        table = chosen.run(seeds, jobs)
        configuration = {"study": name, "seeds": int(table["seed"].nunique()), **chosen.settings}
        write_table(table, out, configuration)
    say(f"{out}: {len(table)} rows over {configuration['seeds']} seeds")


@app.command()
def studies() -> None:
    """List the studies and what each asks."""
    rows = [(chosen.name, chosen.question, str(chosen.seeds)) for chosen in STUDIES.values()]
    print_table("Studies", [("study", "left"), ("question", "left"), ("seeds", "right")], rows)


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
        from simulations.families.drawing import draw_families  # matplotlib, for this command alone

        draw.mkdir(parents=True, exist_ok=True)
        draw_families(chosen, draw / "families.png", seed)
        say(f"{draw / 'families.png'}: {len(chosen)} families")


def _summary(graph: PairGraph) -> tuple[str, str, str]:
    values = spectrum(graph, min(4, graph.n_left, graph.n_right)).singular_values[1:]
    leading = " ".join(f"{value:.2f}" for value in values)
    return f"{graph.n_left} x {graph.n_right}", f"{induced_labelling_error(graph):.3f}", leading


@app.command()
def sweep(
    file: Annotated[Path, typer.Argument(metavar="CONFIG.toml", help="Experiment, settings, grids and seeds.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the cells, the table and the failures.")],
    seeds: Annotated[int | None, typer.Option(help="How many seeds; by default as in CONFIG.toml.")] = None,
    jobs: Annotated[int | None, typer.Option(help="Worker processes here; -1 for one on each core.")] = None,
    dask: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Scheduler of a Dask cluster to run on.")] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Measure all failed cells again.")] = False,
    time_limit: Annotated[float, typer.Option(help="Seconds that a cell may take.")] = A_DAY,
    force: Force = False,
) -> None:
    """Measure an experiment over grids of settings and seeds, into DIR/table.parquet with a JSON sidecar.

    Interrupted, it goes on where it was when the same command is given again; cells that failed for want of memory or
    of a file are measured again then. At most 1,000,000 cells; the experiment may take 60 s to load. Exits with 1 if
    cells failed: they are in DIR/failures.json. Example: python -m simulations sweep examples/phase.toml --out
    build/sweeps/phase --jobs 2
    """
    if dask is not None and jobs is not None:
        raise ValueError("--jobs and --dask exclude each other: a cluster has the workers that it has")
    ownership.claim(outputs(out), [file], force=force)
    configuration = SweepConfiguration.read(file, seeds)
    workers = Cores(1 if jobs is None else jobs) if dask is None else DaskCluster(dask)
    seconds = require_seconds(time_limit)
    result = run_sweep(configuration, out, workers, retry_failed=retry_failed, seconds=seconds)
    say(f"{result.table}: {result.rows} rows, {len(result.failures)} of {result.cells} cells failed")
    if result.failures:
        say(one_line(f"first failure: {_told(result.failures[0])}"), err=True)
        raise typer.Exit(CHECK_FAILED)


def _told(failure: Mapping[str, Any]) -> str:
    """One failed cell, in a line."""
    settings = ", ".join(f"{name}={value}" for name, value in failure["settings"].items())
    return f"{failure['error']} ({failure['where']}), in the cell with {settings}, seed={failure['seed']}"


@app.command()
def experiments() -> None:
    """List the experiments, what each asks, and the settings it has."""
    rows = []
    for name in NAMES:
        found = find_experiment(name)
        settings = ", ".join(f"{field.name}={field.default}" for field in fields(found.settings))
        rows.append((name, found.question, settings))
    print_table("Experiments", [("experiment", "left"), ("question", "left"), ("settings", "left")], rows)


if __name__ == "__main__":
    run(app)

"""`python -m tests.benchmarks [NAME...]`: time ours against its peers, in one table."""

from pathlib import Path
from typing import Annotated

import pandas as pd
import torch
import typer
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from pairbounds.infrastructure.commandline import echo, print_table, run
from pairbounds.infrastructure.tables import require_table_path, write_table
from tests.benchmarks import BENCHMARKS, page
from tests.benchmarks.duel import SIZES, measure

THREADS = 1  # threads that wait for one another would be measured too

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def bench(
    names: Annotated[list[str] | None, typer.Argument(help=f"Of {', '.join(BENCHMARKS)}; all by default.")] = None,
    size: Annotated[
        list[str] | None, typer.Option(help=f"Of {', '.join(SIZES)}; may be given again; S and M by default.")
    ] = None,
    repeats: Annotated[int, typer.Option(min=1, help="Timed runs of each side; medians are shown.")] = 3,
    seed: Annotated[int, typer.Option(help="Seed of the graphs and of the starts.")] = 0,
    out: Annotated[Path | None, typer.Option(metavar="TABLE", help="Write the table here too.")] = None,
) -> None:
    """Time ours against a peer on the same input, on one thread, runs of the two in turn.

    Each benchmark is run at those of the sizes that it is meant for. A ratio above 1 says that ours is faster.
    """
    names, size = names or list(BENCHMARKS), size or ["S", "M"]
    for what, given, known in (("benchmark", names, BENCHMARKS), ("size", size, SIZES)):
        for name in given:
            if name not in known:
                raise ValueError(f"{what} {name!r} is none of {', '.join(known)}")
    if out is not None:
        require_table_path(out)
    torch.set_num_threads(THREADS)
    with threadpool_limits(THREADS):
        plan = [
            (name, label, duel)
            for name in names
            for label in size
            if label in BENCHMARKS[name].SIZES
            for duel in BENCHMARKS[name].duels(SIZES[label], seed)
        ]
        if not plan:
            raise ValueError(f"no benchmark of {', '.join(names)} is meant for size {' or '.join(size)}")
        table = pd.DataFrame(
            {"benchmark": name, "size": label, **measure(duel, repeats)}
            for name, label, duel in tqdm(plan, unit="duel", leave=False, disable=None)
        )
    for name, rows in table.groupby("benchmark", sort=False):
        print_table(f"{name}: median of {repeats} interleaved runs, one thread, seconds of CPU", *page.shown(rows))
        echo(*filter(None, rows["note"].unique()))
    if table["at_least"].any():
        echo("≥: the peer was stopped before it got there; its time and the ratio are lower bounds")
    if out is not None:
        write_table(table, out, {"sizes": size, "repeats": repeats, "seed": seed, "threads": THREADS})


if __name__ == "__main__":
    run(app)

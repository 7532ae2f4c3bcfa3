"""`python -m tests.benchmarks [NAME...]`: time ours against its peers, in one table."""

import json
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import torch
import typer
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from pairbounds.infrastructure.commandline import echo, print_table, run
from pairbounds.infrastructure.tables import replacing, surroundings
from tests.benchmarks import BENCHMARKS, page
from tests.benchmarks.duel import SIZES, measure

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def bench(
    names: Annotated[list[str] | None, typer.Argument(help=f"Of {', '.join(BENCHMARKS)}; all by default.")] = None,
    size: Annotated[list[str] | None, typer.Option(help=f"Of {', '.join(SIZES)}; S and M by default.")] = None,
    repeats: Annotated[int, typer.Option(min=1, help="Timed runs of each side; medians are shown.")] = 3,
    seed: Annotated[int, typer.Option(help="Seed of the graphs and of the starts.")] = 0,
    out: Annotated[Path | None, typer.Option(metavar="FILE.json", help="Keep the record here too; see below.")] = None,
) -> None:
    """Time ours against its peers on the same input, on one thread, all of them once a round.

    Each benchmark is run at those of the sizes that it is meant for. A ratio above 1 says that ours is faster. Rows
    of a record stay where they are of the same settings, versions and hardware, and were not run again.
    """
    torch.set_num_threads(1)  # threads that wait for one another would be measured too
    with threadpool_limits(1):
        chosen = names or [*BENCHMARKS]
        for name in chosen:  # what they import and compile is not timed
            for duel in BENCHMARKS[name].duels(SIZES["XS"], seed):
                _ = [*measure(duel, 1)]
        plan = [
            (name, label, duel)
            for name in chosen
            for label in size or ("S", "M")
            if label in BENCHMARKS[name].SIZES
            for duel in BENCHMARKS[name].duels(SIZES[label], seed)
        ]
        rows = [
            {"benchmark": name, "size": label, **row}
            for name, label, duel in tqdm(plan, unit="duel", leave=False, disable=None)
            for row in measure(duel, repeats)
        ]
    for name, group in groupby(rows, lambda row: row["benchmark"]):
        own = [*group]
        columns, texts = page.table(own)
        print_table(f"{name}: seconds of CPU", [(column, "left") for column in columns], texts)
        echo(*dict.fromkeys(row["note"] for row in own if row["note"]))
    if out is not None:
        about = {"configuration": {"repeats": repeats, "threads": 1, "seed": seed}, **surroundings()}
        rows = [*_others(out, about, rows), *({**row, "commit": about["commit"]} for row in rows)]
        rows.sort(key=lambda row: [*BENCHMARKS].index(row["benchmark"]))
        with replacing(out) as temporary:
            text = json.dumps({**about, "duels": rows}, indent=1, ensure_ascii=False)
            temporary.write_text(text + "\n", encoding="utf-8")


def _others(record: Path, about: dict[str, Any], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of a record of the same surroundings that are of other benchmarks or sizes; of any commit."""
    if not record.exists():
        return []
    known = json.loads(record.read_text(encoding="utf-8"))
    alike = known["versions"].items() <= about["versions"].items()
    if not alike or any(known[name] != about[name] for name in ("configuration", "hardware")):
        return []
    run = {(row["benchmark"], row["size"]) for row in rows}
    return [
        row for row in known["duels"] if row["benchmark"] in BENCHMARKS and (row["benchmark"], row["size"]) not in run
    ]


if __name__ == "__main__":
    run(app)

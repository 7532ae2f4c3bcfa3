"""Commands small enough to be killed often, and what they read."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pairbounds.sweeps import SweepConfiguration, run_sweep
from tests.real_data.test_audit import random_table
from tests.real_data.tiny import picture

ROOT = Path(__file__).parents[2]
TINY = str(ROOT / "tests/theory/sweeps/tiny.py")


@dataclass(frozen=True)
class Command:
    """A command line of `pairbounds`, but for the folder that it writes into.

    Attributes
    ----------
    earlier : another of the same kind, whose result lies in the folder before
    out : the option that names the folder
    cached : whether it is told to keep features in the folder too
    """

    earlier: Sequence[str]
    words: Sequence[str]
    cached: bool = False

    def line(self, inputs: Path, out: Path, *, earlier: bool = False) -> list[str]:
        words = [word.format(inputs=inputs) for word in (self.earlier if earlier else self.words)]
        cache = ["--set", f"cache={out / 'cache'}"] if self.cached else []
        return [sys.executable, "-m", "pairbounds", *words, "--out", str(out), *cache]


SETTINGS = ["dataset=table", "root={inputs}/pictures.csv", "size=32", "batch=8", "warmup=0", "views=2"]
TRAINING = "--seeds 1 --jobs 2 " + " ".join(f"--set {one}" for one in SETTINGS)

COMMANDS: Mapping[str, Command] = {
    "sweep": Command(
        ["sweep", "{inputs}/earlier.toml", "--plugin", TINY],
        ["sweep", "{inputs}/sweep.toml", "--plugin", TINY, "--jobs", "2"],
    ),
    "audit": Command(
        ["audit", "{inputs}/pairs.parquet", "--k", "2"],
        ["audit", "{inputs}/pairs.parquet", "--labels", "{inputs}/labels.parquet", "--k", "8"],
    ),
    "resample": Command(
        f"study resampled_training {TRAINING} --set rules=none --set epochs=1".split(),
        f"study resampled_training {TRAINING} --set rules=add_new_positive --set epochs=2".split(),
        cached=True,
    ),
    "pretrain": Command(
        f'study pretraining {TRAINING} --set objectives=["clip"] --set epochs=1'.split(),
        f'study pretraining {TRAINING} --set objectives=["clip"] --set epochs=2'.split(),
        cached=True,
    ),
    "figures": Command(
        ["draw", "phase", "--tables", "{inputs}/tables/earlier"],
        ["draw", "phase", "--tables", "{inputs}/tables/now"],
    ),
}


def write_inputs(folder: Path, names: Sequence[str] = tuple(COMMANDS)) -> None:
    """Write the inputs of the commands of these names."""
    if "sweep" in names:
        for name, points in {"earlier": 2, "sweep": 12}.items():
            grid = f"grid = [{{x = {list(range(points))}}}]\nsettings = {{pause = 0.1}}\n"
            (folder / f"{name}.toml").write_text(f'study = "tiny"\nseeds = 1\n{grid}')
    if "audit" in names:
        pairs, labels = random_table(np.random.default_rng(1), 2_000, 150, 60, 5)
        pairs.to_parquet(folder / "pairs.parquet", row_group_size=450)
        labels.to_parquet(folder / "labels.parquet")
    if {"resample", "pretrain"} & {*names}:
        _write_pictures(folder)
    if "figures" in names:
        for name, steps in {"earlier": 30, "now": 50}.items():
            grid = [{"noise": [0.0, 0.4]}, {"strength": [0.6, 1.0, 4.0]}]
            phase = SweepConfiguration("phase", 2, grid, {"steps": steps})
            table = run_sweep(phase, folder / f"phase-{name}").tables["phase"]
            (folder / "tables" / name).mkdir(parents=True)
            table.rename(folder / "tables" / name / "phase.parquet")


def _write_pictures(folder: Path) -> None:
    names = [f"pictures/{number}.png" for number in range(36)]
    for number, name in enumerate(names):
        picture(folder / name, seed=number)
    kinds = [f"kind {number % 3}" for number in range(36)]
    captions = [f"{kind}, number {number // 2}" for number, kind in enumerate(kinds)]
    pd.DataFrame({"image": names, "caption": captions, "label": kinds}).to_csv(folder / "pictures.csv", index=False)


def run(line: Sequence[str]) -> None:
    """Run a command to its end, undisturbed."""
    subprocess.run(line, cwd=ROOT, check=True, capture_output=True)

"""No default command uses the network: all run with sockets that raise, except local ones."""

import os
import subprocess
import sys

import pandas as pd
import pytest

from tests.no_network.sitecustomize import REFUSAL
from tests.real_data.colours import coloured
from tests.rooms import ROOT

SWEEP = 'study = "training"\nseeds = 1\n[settings]\nsteps = 10\n[[grid]]\nnoise = [0.1]\n'
SMALL = "--set dataset=table --set root=pictures/table.csv --set size=24 --set cache=cache --set device=cpu"
DRAWN = f"{SMALL} --set total_images=48 --set draws=1 --set views=2 --out tables"
TRAINED = f"{SMALL} --seeds 1 --set epochs=1 --set warmup=0 --set batch=16 --set views=2 --out trained"
COMMANDS = [
    "attack probe-mse --evaluations 20 --out worst.npz",
    "check worst.npz --k 1 --out checked.csv",
    "graph latent_captions --set noise=0.1 --out captions.npz",
    "graph emoji --out emoji.npz",
    "study bound_holds --seeds 1 --jobs 1 --out bound_holds.parquet",
    "sweep sweep.toml --out swept",
    "audit pairs.parquet --labels labels.parquet --k 2 --out audited",
    "draw tightness_map --tables . --out drawn",
]
LONG = [f"study pairings {DRAWN} --set strengths=[1]", f"study resampled_training {TRAINED} --set rules=none"]


@pytest.fixture
def folder(tmp_path):
    """A folder with the input files of the commands."""
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    dataset = coloured(pictures)
    images = zip(dataset.files, dataset.captions, dataset.labels, strict=True)
    rows = [(file.name, caption, dataset.label_names[label]) for file, texts, label in images for caption in texts]
    pd.DataFrame(rows, columns=["image", "caption", "label"]).to_csv(pictures / "table.csv", index=False)
    (tmp_path / "sweep.toml").write_text(SWEEP)
    pairs = {"image": [1, 1, 2, 2, 3, 3], "caption": ["a", "b", "a", "b", "b", "c"]}
    pd.DataFrame(pairs).to_parquet(tmp_path / "pairs.parquet")
    pd.DataFrame({"image": [1, 2, 3], "label": ["x", "x", "y"]}).to_parquet(tmp_path / "labels.parquet")
    return tmp_path


def without_network(*arguments, cwd):
    """Run Python and its children with the guard, and without variables that keep libraries offline."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "TRANSFORMERS_"))}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT / "tests" / "no_network"), str(ROOT)])
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def assert_all_done(commands, folder):
    (folder / "commands.txt").write_text("\n".join(commands))
    done = without_network("-m", "tests.no_network.commands", "commands.txt", cwd=folder)
    assert done.returncode == 0, done.stderr
    failed = [line for line in done.stdout.splitlines() if not line.startswith("0 ")]
    assert not failed, done.stderr
    assert len(done.stdout.splitlines()) == len(commands)
    assert REFUSAL not in done.stderr


def test_the_guard_stops_child_processes(tmp_path):
    attempt = "import urllib.request; urllib.request.urlopen('http://example.org')"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {attempt!r}])"
    assert REFUSAL in without_network("-c", child, cwd=tmp_path).stderr


def test_default_commands_ask_no_network(folder):
    assert_all_done(COMMANDS, folder)


@pytest.mark.slow
def test_long_commands_ask_no_network_and_run_twice(folder):
    assert_all_done([*LONG, *LONG], folder)

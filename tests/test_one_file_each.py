"""A figure, a study, a graph family and a data set are one file each, found by its name."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FAMILY = """
from dataclasses import dataclass
import numpy as np
from simulations.families.family import Family
from theory import PairGraph


@dataclass(frozen=True)
class NewFamily(Family):
    \"\"\"Every image has a caption of its own.\"\"\"

    models = "images with nothing in common"
    n_images: int = 4

    def draw(self, rng, /):
        return PairGraph(np.eye(self.n_images), range(self.n_images))
"""
STUDY = """
from dataclasses import dataclass
import pandas as pd
import simulations.families.zipf_captions
from theory.sweeps import Study


@dataclass(frozen=True)
class Settings:
    factor: int = 1


def measure(settings, seed):
    return pd.DataFrame({"x": [seed * settings.factor]})


STUDY = Study("Is it found?", Settings, measure)
"""
FIGURE = """
from figures.figure import Figure

FIGURE = Figure("New", ("new_study",), lambda tables: None)
"""
DATASET = """
from pathlib import Path
from real_data.datasets.dataset import ImageTextDataset

USUAL_SIZE = 12


def new_set(root: Path, size: int | None = None) -> ImageTextDataset:
    return f"of {root} at {size}"
"""
FOUND = """
from figures.__main__ import FIGURES
from simulations.families import FAMILIES
from theory.sweeps import find_study
from real_data.options import Dataset
from real_data.settings import ImageSettings, images_of
try:
    ImageSettings("new_set")
except ValueError as error:
    print(error)
print(images_of("new_set", "here", None, None, None, "cache"), "new_set" in list(Dataset))
print("new_figure" in FIGURES, find_study("new_study").name == "new_study", "new_family" in FAMILIES)
"""


@pytest.fixture
def copy(tmp_path):
    """The tree, as it stands, with a new study of a family and a figure of it."""
    for name in ("theory", "simulations", "real_data", "figures", "examples", "results"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Makefile", "pairbounds.py", "pyproject.toml"):
        shutil.copy2(ROOT / name, tmp_path)
    (tmp_path / "simulations/studies/new_study.py").write_text(STUDY)
    (tmp_path / "figures/new_figure.py").write_text(FIGURE)
    (tmp_path / "real_data/datasets/new_set.py").write_text(DATASET)
    (tmp_path / "simulations/families/new_family.py").write_text(FAMILY)
    return tmp_path


def planned(copy, *arguments, target="figures"):
    """What `make figures` would run, or Make for another target."""
    done = subprocess.run(
        ["make", "-n", target, f"PYTHON3={sys.executable}", *arguments], cwd=copy, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return [line for line in done.stdout.splitlines() if " -m " in line]


def test_they_are_found_by_their_names(copy):
    done = subprocess.run([sys.executable, "-c", FOUND], cwd=copy, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "data set new_set needs --root: where is it?",
        "of here at 12 True",
        "True True True",
    ]
    everything = planned(copy)
    assert sum("new_study --out" in line for line in everything) == 1
    (drawn,) = (line for line in everything if "figures draw" in line)  # one process draws all that are due
    assert {"new_figure", "phase", "which_loss"} < {*drawn.split()}


def test_a_figure_that_is_asked_for_by_its_file_is_drawn_alone(copy):
    (drawn,) = (line for line in planned(copy, target="build/figures/new_figure.png") if "figures draw" in line)
    assert "figures draw new_figure --tables build/tables" in drawn


def test_a_family_that_is_touched_is_measured_anew_where_it_is_imported(copy):
    # All times lie in the past: Make makes the rules anew for as long as a source is newer than it can make them.
    old = time.time() - 1_000
    for path in copy.rglob("*"):
        os.utime(path, (old, old))
    later = old + 10
    rules = subprocess.run(
        [sys.executable, "figures/prerequisites.py"], cwd=copy, capture_output=True, text=True, check=True
    ).stdout
    targets = {word for line in rules.splitlines() for word in line.replace(":", " ").split() if word.startswith("$(")}
    targets |= {f"$(TABLES)/pairings_{name}.parquet" for name in ("difference", "confusion")}
    for target in [*targets, ".venv/installed"]:
        path = copy / target.replace("$(TABLES)", "build/tables").replace("$(FIGURES)", "build/figures")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, (later, later) if "tables" in target.lower() else (later + 10, later + 10))
    assert planned(copy) == []
    os.utime(copy / "simulations/families/zipf_captions.py", (later + 20, later + 20))
    assert [line.split(" -m ")[1].split(" --")[0] for line in planned(copy)] == [
        "pairbounds study",
        "figures draw new_figure",
    ]
    os.utime(copy / "simulations/__main__.py", (later + 30, later + 30))
    assert len(planned(copy)) == 2

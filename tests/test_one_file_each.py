"""A figure, a study and a graph family are one file each: found by its name, and measured anew where it is imported."""

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
import pandas as pd
import simulations.families.zipf_captions
from simulations.studies.study import Study

STUDY = Study("new_study", "Is it found?", {}, lambda seed: pd.DataFrame({"x": [seed]}), 1)
"""
FIGURE = """
from figures.figure import Figure

FIGURE = Figure("new_figure", "New", ("new_study",), lambda tables: None)
"""
FOUND = """
from figures.__main__ import FIGURES
from simulations.families import FAMILIES
from simulations.studies import STUDIES
print("new_figure" in FIGURES, "new_study" in STUDIES, "new_family" in FAMILIES)
"""


@pytest.fixture
def copy(tmp_path):
    """The tree, as it stands, with a new study of a family and a figure of it."""
    for name in ("theory", "simulations", "real_data", "figures", "examples", "results"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy2(ROOT / name, tmp_path)
    (tmp_path / "simulations/studies/new_study.py").write_text(STUDY)
    (tmp_path / "figures/new_figure.py").write_text(FIGURE)
    (tmp_path / "simulations/families/new_family.py").write_text(FAMILY)
    return tmp_path


def planned(copy, *arguments):
    """What `make figures` would run."""
    done = subprocess.run(
        ["make", "-n", "figures", f"PYTHON3={sys.executable}", *arguments], cwd=copy, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return [line for line in done.stdout.splitlines() if " -m " in line]


def test_they_are_found_by_their_names(copy):
    done = subprocess.run([sys.executable, "-c", FOUND], cwd=copy, capture_output=True, text=True, check=True)
    assert done.stdout == "True True True\n"
    everything = planned(copy)
    assert sum("study new_study" in line for line in everything) == 1
    assert sum("draw new_figure" in line for line in everything) == 1


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
        "simulations study new_study",
        "figures draw new_figure",
    ]
    os.utime(copy / "simulations/__main__.py", (later + 30, later + 30))
    assert len(planned(copy)) == 2

"""One new file suffices to add a figure, study, graph family or data set."""

import os
import shutil
import subprocess
import sys

import pandas as pd
import pytest

from tests.rooms import LINKED, ROOT

FAMILY = """
from dataclasses import dataclass
import numpy as np
from pairbounds.simulations.families.family import Family
from pairbounds import PairGraph


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
import pairbounds.simulations.families.zipf_captions
from pairbounds.sweeps import Study


@dataclass(frozen=True)
class Settings:
    factor: int = 1


def measure(settings, seed):
    return pd.DataFrame({"x": [seed * settings.factor]})


STUDY = Study("Is it found?", Settings, measure)
"""
FIGURE = """
from pairbounds.figures.figure import Figure

FIGURE = Figure("New", ("new_study",), lambda tables: None)
"""
DATASET = """
from pathlib import Path
import numpy as np
from PIL import Image
from pairbounds.real_data.datasets.dataset import ImageTextDataset

def new_set(root: Path, size: int | None = None) -> ImageTextDataset:
    numbers = range(20)
    files = [root / f"{number}.png" for number in numbers]
    for number, file in enumerate(files):
        Image.new("RGB", (size, size), (12 * number, 0, 90 * (number % 2))).save(file)
    ids, captions = tuple(map(str, numbers)), tuple((f"number {number}",) for number in numbers)
    labels, names = np.arange(20) % 2, ("even", "odd")
    return ImageTextDataset("new_set", ids, tuple(files), ids, captions, labels, names, size)
"""
NEW = {
    "simulations/studies/new_study.py": STUDY,
    "simulations/families/new_family.py": FAMILY,
    "real_data/datasets/new_set.py": DATASET,
    "figures/new_figure.py": FIGURE,
}
TRAIN = """
from pathlib import Path
from pairbounds.__main__ import app
from pairbounds.real_data.training import evaluation
evaluation.EPOCHS = 10
Path("pictures").mkdir()
line = (
    "study resampled_training --seeds 1 --out tables --set rules=none --set only=['untrained','supervised'] "
    "--set dataset=new_set --set root=pictures --set epochs=2 --set warmup=0 --set batch=6 --set views=2 "
    "--set cache=cache"
)
app(line.split(), standalone_mode=False)
"""
FIND = """
from pairbounds.commands.figures import FIGURES
from pairbounds.simulations.families import FAMILIES
from pairbounds.sweeps import find_study
from pairbounds.sweeps.graphs import graph_sources
try:
    find_study("resampled_training").settings(dataset="new_set")
except ValueError as error:
    print(error)
print({"new_set", "new_family"} < {*graph_sources()})
print("new_figure" in FIGURES)
print(find_study("new_study").name == "new_study", "new_family" in FAMILIES)
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """Copy of the tree with one new file of each kind."""
    tmp_path = tmp_path_factory.mktemp("copy")
    for name in ("pairbounds", *LINKED, "docs", "examples", "results"):
        shutil.copytree(ROOT / name, tmp_path / name, symlinks=True)
    shutil.copy2(ROOT / "pyproject.toml", tmp_path)
    for path, content in NEW.items():
        (tmp_path / path).write_text(content)
    with (tmp_path / "real_data/image_settings.py").open("a") as kinds:
        kinds.write('\nKINDS["new_set"] = 12\nWITH_ROOT.append("new_set")\n')
    return tmp_path


@pytest.fixture(scope="module")
def output(copy):
    """Output of one process of the tree."""
    wide = {**os.environ, "COLUMNS": "200"}
    command = [sys.executable, "-c", FIND + TRAIN]
    done = subprocess.run(command, cwd=copy, env=wide, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_new_files_are_found_and_a_network_is_trained_with_them(copy, output):
    assert output.splitlines()[:4] == [
        "data set new_set needs a root: give its folder or file",
        "True",
        "True",
        "True True",
    ]
    table = pd.read_parquet(copy / "tables/resampled_training.parquet")
    assert sorted(table["kind"]) == ["supervised", "untrained"]
    assert table["labels"].unique().tolist() == ["label"]
    assert table.loc[table["kind"] == "supervised", "steps"].tolist() == [4]

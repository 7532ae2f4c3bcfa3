"""The paper's experiments on a small folder and a CLIP checkpoint, from pictures to tables, as a user gives them."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import open_clip
import pandas as pd
import pytest
import torch
from PIL import Image

from pairbounds.__main__ import app
from pairbounds.real_data.training.exported import ENCODER
from tests.real_data import tiny

pytestmark = pytest.mark.slow
CLASSES, PICTURES = 10, 30
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """10 classes of 30 photographs each, twice; a checkpoint of CLIP with random weights."""
    folder, rng = tmp_path_factory.mktemp("experiment"), np.random.default_rng(0)
    for part in ("train", "val"):
        for number in range(CLASSES):
            (folder / part / f"class{number}").mkdir(parents=True)
            colour = np.random.default_rng(number).integers(40, 216, 3)
            for index in range(PICTURES):
                pixels = (colour + rng.normal(0, 30, (48, 64, 3))).clip(0, 255).astype(np.uint8)
                Image.fromarray(pixels).save(folder / part / f"class{number}" / f"{index}.JPEG")
    tiny.register_clip(folder)
    torch.manual_seed(0)
    model = open_clip.create_model("tiny-clip", pretrained_text=False)
    torch.save(model.state_dict(), folder / "clip.pt")
    return folder


@pytest.fixture
def clip(place):
    return tiny.sets(model="tiny-clip", pretrained=place / "clip.pt", cache=place / "cache", device="cpu")


def test_the_papers_recipe_says_what_it_takes_and_runs_in_small(call, place, clip):
    roots = tiny.sets(root=place / "train", val_root=place / "val")
    whole = ["study", "resampled_training", "--preset", "paper", *roots, *clip, "--seeds", "1"]
    whole += ["--out", place / "resampled"]
    code, out, err = call(app, *whole, *tiny.sets(batch=64), "--dry-run")
    assert code == 0, err
    pictures = 100 * (285 // 64) * 64 * (2 * 15 + 1)  # 5% of 300 choose; supervised once, and 15 with two views
    assert out.splitlines()[-1] == f"17 encoders, {pictures:,} views, for how long is not known"
    assert "batch                64                   given" in out
    small = tiny.sets(backbone="resnet10t", size=32, epochs=2, warmup=1, batch=16, published_too="true")
    judged = tiny.sets(only=["untrained", "simclr", "add_new_positive"])
    code, out, err = call(app, *whole, *small, *judged)
    assert code == 0, err
    assert "learning_rate        0.6                  not stated: ours" in err
    table = pd.read_parquet(place / "resampled" / "resampled_training.parquet")
    assert len(table) == 2 + 3 + 1
    trained = table[table["kind"] == "simclr"]
    assert trained["steps"].tolist() == [2 * (285 // 16)] * 5
    assert (trained["optimizer"] == "lars").all()
    assert trained["head_norm"].all()
    assert (trained["head_width"] == 128).all()
    assert trained["loss"].nunique() == 5
    assert table[["test", "knn_test"]].ge(0).all(axis=None)
    assert len(list((place / "resampled").glob(f"*/{ENCODER}"))) == 5
    assert table["test"].max() > 2 / CLASSES  # colours tell the classes


def test_two_processes_of_torchrun_train_each_encoder_together(call, place):
    """A network without batch normalisation, as of one process; killed or not, the second sitting trains no more."""
    command = ["study", "resampled_training", "--seeds", "1", *tiny.sets(
        dataset="imagefolder", root=place / "train", val_root=place / "val", backbone="open_clip/tiny-clip", size=32,
        epochs=2, warmup=0, batch=32, optimizer="sgd", learning_rate=0.05, views=0, rules="add_new_positive",
        guides=["labels"], device="cpu", cache=place / "cache",
    )]  # fmt: skip
    code, _, err = call(app, *command, "--out", place / "one")
    assert code == 0, err
    tables = []
    for _ in range(2):
        done = torchrun(place, *command, "--out", str(place / "two"))
        assert done.returncode == 0, done.stderr
        tables.append((place / "two" / "resampled_training.parquet").read_bytes())
    assert tables[0] == tables[1]
    one, two = (pd.read_parquet(place / name / "resampled_training.parquet") for name in ("one", "two"))
    assert one["kind"].tolist() == ["untrained", "supervised", "simclr", "simclr"]
    pd.testing.assert_frame_equal(
        one[["kind", "rule", "loss", "steps"]], two[["kind", "rule", "loss", "steps"]], rtol=1e-4
    )
    assert torchrun(place, *command, "--jobs", "2", "--out", str(place / "three")).returncode != 0


def torchrun(place, *command):
    """Of the command, by two processes that know the tiny CLIP."""
    (place / "command.py").write_text(
        "import sys\nfrom pathlib import Path\nfrom tempfile import mkdtemp\nfrom pairbounds.__main__ import app\n"
        "from tests.real_data import tiny\ntiny.register_clip(Path(mkdtemp(dir=Path(__file__).parent)))\n"
        "app(sys.argv[1:])\n"
    )
    start = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": "", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [*start, place / "command.py", *command], env=environment, capture_output=True, text=True, check=False
    )

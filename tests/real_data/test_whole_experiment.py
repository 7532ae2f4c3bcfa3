"""The paper's experiments on a small folder and a CLIP checkpoint, from pictures to tables, as a user gives them."""

import numpy as np
import open_clip
import pandas as pd
import pytest
import torch
from PIL import Image

from pairbounds.__main__ import app
from pairbounds.real_data.training.networks import ENCODER
from tests.real_data import tiny

pytestmark = pytest.mark.slow
CLASSES, PICTURES = 10, 30


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

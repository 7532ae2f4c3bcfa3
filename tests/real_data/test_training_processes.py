"""An encoder trained by two processes is the one that a single process trains, on the same views."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from pairbounds.real_data.datasets.dataset import ImageTextDataset
from pairbounds.real_data.training.distributed import processes
from pairbounds.real_data.training.guides import oracle_guide, seen_guide
from pairbounds.real_data.training.networks import Backbone, WordBag
from pairbounds.real_data.training.objectives import Objective
from pairbounds.real_data.training.objectives.clip import ImageText
from pairbounds.real_data.training.objectives.simclr import TwoViews
from pairbounds.real_data.training.objectives.supervised import Supervised
from pairbounds.real_data.training.recipe import Recipe
from pairbounds.real_data.training.trainer import CHECKPOINT, LOG, train_encoder
from pairbounds.real_data.training.views import ViewPool
from tests.real_data import tiny
from tests.real_data.colours import coloured

PROCESSES, SIDE, RULE = 2, 32, "add_new_positive+drop_false_negative"
# No layer of it normalises over a batch; of one epoch of SGD the weights say what the gradients were.
RECIPE = Recipe("open_clip/tiny-clip", epochs=1, batch=16, optimizer="sgd", learning_rate=0.05, warmup=0)


def objective(kind: str, data: ImageTextDataset, width: int) -> Objective:
    if kind == "clip":
        return ImageText(width, data.captions, WordBag({text for texts in data.captions for text in texts}))
    if kind == "supervised":
        return Supervised(width, data.labels)
    return TwoViews(width, 0.1, RULE, oracle_guide(data.labels) if kind == "oracle" else seen_guide)


def source(data: ImageTextDataset) -> ViewPool:
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (len(data), 3, 3, SIDE, SIDE), dtype=np.uint8)
    return ViewPool(pictures, rng.standard_normal((len(data), 3, 5)).astype(np.float32))


KINDS = ("seen", "oracle", "clip", "supervised")


def train_all(place: Path, device: str, name: str) -> None:
    """Each kind of training in a folder of its own, with checkpoint and log."""
    torch.set_num_threads(1)
    inputs = place / f"read-by-{os.environ.get('RANK', 'one')}"  # which each process writes, and no other reads
    inputs.mkdir()
    tiny.register_clip(inputs)
    data = replace(coloured(inputs), size=SIDE)
    for kind in KINDS:
        views = source(data)
        train_encoder(
            views, np.arange(112), lambda width, kind=kind: objective(kind, data, width), RECIPE, 3,
            folder=place / name / kind, device=device,
        )  # fmt: skip


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    """By one process, and by two of torchrun's."""
    place = tmp_path_factory.mktemp("trained")
    train_all(place, "cpu", "one")
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(PROCESSES)]
    done = subprocess.run(
        [*command, "-m", "tests.real_data.test_training_processes", place],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return place


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_two_processes_have_the_losses_and_the_weights_of_one(trained, kind):
    logs = [pd.read_csv(trained / name / kind / LOG) for name in ("one", "two")]
    pd.testing.assert_frame_equal(*logs, rtol=1e-4)
    states = [torch.load(trained / name / kind / CHECKPOINT, weights_only=True) for name in ("one", "two")]
    tiny.register_clip(trained)
    with torch.random.fork_rng():
        torch.manual_seed(3)
        start = Backbone(RECIPE.backbone).state_dict()
    for name, begun in start.items():
        one, two = (state["backbone"][name] for state in states)
        moved = (one - begun).abs().max()
        assert (one - two).abs().max() <= 1e-2 * moved + 1e-7
    weights = [name for name, begun in start.items() if not torch.equal(begun, states[0]["backbone"][name])]
    assert len(weights) > 10
    for name, one in states[0]["objective"].items():
        torch.testing.assert_close(states[1]["objective"][name], one, rtol=1e-3, atol=1e-5)


@pytest.mark.gpu
def test_batch_normalisation_takes_the_moments_of_the_whole_batch_on_gpus(tmp_path):
    """On one GPU alone, where a group of one process has the layers that several would have."""
    script = (
        "from pairbounds.real_data.training.distributed import processes, spread\n"
        "import torch\n"
        "from pairbounds.real_data.training.networks import SmallResNet\n"
        "with processes() as device:\n"
        "    network = spread(SmallResNet().to(device), torch.device(device))\n"
        "    kinds = {type(layer).__name__ for layer in network.modules()}\n"
        "    assert 'SyncBatchNorm' in kinds and 'BatchNorm2d' not in kinds, kinds\n"
        "    network(torch.randn(8, 3, 64, 64, device=device)).sum().backward()\n"
    )
    (tmp_path / "one.py").write_text(script)
    count = str(torch.cuda.device_count())
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", count, "one.py"]
    path = str(Path(__file__).parents[2])
    subprocess.run(command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": path}, check=True)


if __name__ == "__main__":
    with processes() as own:
        train_all(Path(sys.argv[1]), own, "two")
